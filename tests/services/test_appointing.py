"""Appointments through the services: what happens at the door moves them on, and the clock does the rest."""

from datetime import timedelta

import pytest

from inspect_server.domain.appointments import Appointment, AppointmentState
from inspect_server.domain.errors import AppointmentHeld, BadRequest, NotAllowed
from inspect_server.domain.inspections import InspectionKind
from inspect_server.services import admitting, appointing, arrivals, calling, inspecting, moments
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.context import Guest
from inspect_server.services.inspecting import Plan
from tests.services.office import ADDRESS, Office


async def planned(office: Office, *, in_minutes: float = 60, by: str = "inspector") -> str:
    plan = Plan(office.clock() + timedelta(minutes=in_minutes), 20)
    opened = await inspecting.open_inspection(
        office.context, office.people[by], await office.open_case(by), InspectionKind.INITIAL, plan=plan
    )
    return opened.inspection.id


async def appointment(office: Office, inspection_id: str) -> Appointment:
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert file.appointment is not None
    return file.appointment


async def at_the_door(office: Office, inspection_id: str) -> tuple[str, str]:
    """Participant and token of a guest who waits."""
    _, token = await office.invite(inspection_id)
    await office.accept(token)
    guest = await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    return guest.id, token


async def test_nobody_came_and_both_sides_learn_it_once(office: Office) -> None:
    inspection_id = await planned(office)
    office.clock.advance(minutes=89)
    await appointing.note_missed(office.context)
    assert (await appointment(office, inspection_id)).state is AppointmentState.PLANNED
    office.clock.advance(minutes=1)
    for _ in range(2):
        await appointing.note_missed(office.context)
    assert (await appointment(office, inspection_id)).state is AppointmentState.MISSED
    assert office.announced.count(InspectionChanged(inspection_id, Topic.APPOINTMENT)) == 1
    noted = await moments.show_moments(office.context, office.inspector, inspection_id)
    assert [(each.kind, each.actor) for each in noted] == [("appointment.missed", "system")]


async def test_a_missed_call_can_still_be_held(office: Office) -> None:
    inspection_id = await planned(office)
    office.clock.advance(hours=3)
    await appointing.note_missed(office.context)
    guest_id, _ = await at_the_door(office, inspection_id)
    assert (await appointment(office, inspection_id)).state is AppointmentState.WAITING
    await admitting.admit(office.context, office.inspector, inspection_id, guest_id)
    assert (await appointment(office, inspection_id)).state is AppointmentState.HELD
    with pytest.raises(AppointmentHeld):
        await appointing.appoint(
            office.context, office.inspector, inspection_id, Plan(office.clock() + timedelta(hours=1), 20)
        )


async def test_who_waits_keeps_it_open_and_who_goes_does_not(office: Office) -> None:
    inspection_id = await planned(office)
    first, _ = await at_the_door(office, inspection_id)
    second, _ = await at_the_door(office, inspection_id)
    office.clock.advance(hours=3)
    await admitting.stop_waiting(office.context, first)
    await appointing.note_missed(office.context)
    assert (await appointment(office, inspection_id)).state is AppointmentState.WAITING
    await admitting.stop_waiting(office.context, second)
    await appointing.note_missed(office.context)
    assert (await appointment(office, inspection_id)).state is AppointmentState.MISSED


async def test_another_time_is_agreed_on_by_the_office_only(office: Office) -> None:
    inspection_id = await planned(office)
    later = Plan(office.clock() + timedelta(days=1), 45)
    file = await appointing.appoint(office.context, office.colleague, inspection_id, later)
    assert file.appointment is not None
    assert (file.appointment.starts_at, file.appointment.planned_minutes) == (later.starts_at, 45)
    assert file.appointment.missed_from == later.starts_at + timedelta(minutes=30)
    with pytest.raises(NotAllowed):
        await appointing.appoint(office.context, office.reviewer, inspection_id, later)
    with pytest.raises(BadRequest):
        await appointing.appoint(
            office.context, office.inspector, inspection_id, Plan(office.clock() - timedelta(hours=1), 20)
        )


async def test_the_line_is_made_of_the_officers_other_calls(office: Office) -> None:
    running, own = await office.open_inspection(), await office.open_inspection()
    await office.open_inspection("colleague")
    await office.seat(running)
    office.clock.advance(minutes=5)
    earlier = await office.open_inspection()
    await at_the_door(office, earlier)
    office.clock.advance(minutes=1)
    _, token = await at_the_door(office, own)
    wait = await arrivals.show_wait(office.context, Guest(token, ADDRESS))
    assert (wait.admitted, wait.place.position) == (False, 3)
    assert wait.place.wait == timedelta(minutes=14 + 20)
    await inspecting.end_inspection(office.context, office.inspector, running)
    wait = await arrivals.show_wait(office.context, Guest(token, ADDRESS))
    assert (wait.place.position, wait.place.wait) == (2, timedelta(minutes=20))


async def test_who_comes_early_is_told_the_time(office: Office) -> None:
    inspection_id = await planned(office, in_minutes=10)
    _, token = await at_the_door(office, inspection_id)
    wait = await arrivals.show_wait(office.context, Guest(token, ADDRESS))
    assert (wait.place.position, wait.place.wait) == (1, timedelta(minutes=10))
    assert wait.appointment is not None
    assert wait.appointment.state is AppointmentState.WAITING
