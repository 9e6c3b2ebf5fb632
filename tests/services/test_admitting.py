"""The door of a call through the services: nobody is recorded before the inspector says yes."""

import pytest

from inspect_server.domain.errors import InspectionEnded, NotAdmitted, NotAllowed, NotFound
from inspect_server.domain.inspections import Participant
from inspect_server.services import admitting, arrivals, calling, inspecting, moments
from inspect_server.services.announcements import InspectionChanged, ParticipantAdmitted, Topic
from tests.services.office import Office


async def at_the_door(office: Office, inspection_id: str) -> Participant:
    _, token = await office.invite(inspection_id)
    await office.accept(token)
    return await office.enter((await calling.ticket_for_invited(office.context, token)).token)


async def kinds(office: Office, inspection_id: str) -> list[str]:
    return [each.kind for each in await moments.show_moments(office.context, office.inspector, inspection_id)]


async def test_who_waits_is_neither_recorded_nor_counted_as_having_come(office: Office) -> None:
    inspection_id = await office.open_inspection()
    guest = await at_the_door(office, inspection_id)
    assert (guest.waiting_since, guest.first_joined_at) == (office.clock(), None)
    with pytest.raises(NotAdmitted):
        await office.begin_epoch(guest.id)
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert file.inspection.started_at is None
    assert office.announced[-1] == InspectionChanged(inspection_id, Topic.ARRIVALS)


async def test_the_inspector_lets_in_once_and_everybody_is_told(office: Office) -> None:
    inspection_id = await office.open_inspection()
    guest = await at_the_door(office, inspection_id)
    office.clock.advance(minutes=2)
    office.announced.clear()
    for _ in range(2):
        await admitting.admit(office.context, office.colleague, inspection_id, guest.id)
    (told,) = [each for each in office.announced if isinstance(each, ParticipantAdmitted)]
    assert (told.participant.admitted_at, told.participant.first_joined_at) == (office.clock(), office.clock())
    assert told.inspection.started_at == office.clock()
    await office.begin_epoch(guest.id)
    assert await kinds(office, inspection_id) == ["participant.waiting", "participant.admitted"]
    audited = await office.audited(f"inspection:{inspection_id}")
    assert audited.count((f"user:{office.colleague.user.id}", "participant.admitted")) == 1


async def test_who_was_let_in_while_away_walks_in_later(office: Office) -> None:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    await office.admit(await office.accept(token))
    entered = await office.enter((await calling.ticket_for_invited(office.context, token)).token)
    assert (entered.waiting_since, entered.first_joined_at) == (None, office.clock())


async def test_only_the_office_opens_the_door_and_only_its_own(office: Office) -> None:
    inspection_id, other = await office.open_inspection(), await office.open_inspection("colleague")
    guest = await at_the_door(office, inspection_id)
    for actor, place, error in (
        (office.stranger, inspection_id, NotFound),
        (office.reviewer, inspection_id, NotAllowed),
        (office.inspector, other, NotFound),
    ):
        with pytest.raises(error):
            await admitting.admit(office.context, actor, place, guest.id)
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    with pytest.raises(InspectionEnded):
        await admitting.admit(office.context, office.inspector, inspection_id, guest.id)


async def test_the_longest_waiting_guest_comes_first(office: Office) -> None:
    inspection_id = await office.open_inspection()
    first = await at_the_door(office, inspection_id)
    office.clock.advance(minutes=1)
    second = await at_the_door(office, inspection_id)
    third = await office.seat(inspection_id)

    async def order() -> list[str]:
        found = await arrivals.show_arrivals(office.context, office.reviewer, inspection_id)
        return [each.participant.id for each in found.guests]

    assert await order() == [first.id, second.id, third.id]
    await admitting.stop_waiting(office.context, first.id)
    assert (await order())[0] == second.id
    await admitting.nobody_waits(office.context)
    found = await arrivals.show_arrivals(office.context, office.reviewer, inspection_id)
    assert [each.participant.waiting_since for each in found.guests] == [None, None, None]
