"""The course of an inspection through the services: opened, entered, ended; and what each leaves behind."""

import pytest

from inspect_server.domain.cases import CaseStatus
from inspect_server.domain.errors import Conflict, InspectionEnded, NotAllowed, NotFound, TicketInvalid
from inspect_server.domain.inspections import InspectionKind, InspectionState, ParticipantRole
from inspect_server.services import announcements, calling, cases, inspecting
from tests.services.office import Office


async def status_of(office: Office, inspection_id: str) -> CaseStatus:
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    return (await cases.show_case(office.context, office.inspector, file.parts[0].case.id)).case.status


async def test_opening_shows_the_case_the_checklist_and_who_leads(office: Office) -> None:
    case_id = await office.open_case()
    file = await inspecting.open_inspection(office.context, office.inspector, case_id, InspectionKind.REINSPECTION)
    assert file.inspection.kind is InspectionKind.REINSPECTION
    assert file.inspection.inspector_id == office.inspector.user.id
    assert file.inspector_name == office.inspector.user.display_name
    assert [part.case.id for part in file.parts] == [case_id]
    assert file.parts[0].permit_item.checklist == office.permit_item.checklist
    assert await inspecting.show_inspection(office.context, office.reviewer, file.inspection.id) == file


async def test_a_case_is_in_one_open_inspection_at_a_time(office: Office) -> None:
    case_id = await office.open_case()
    first = await inspecting.open_inspection(office.context, office.inspector, case_id, InspectionKind.INITIAL)
    with pytest.raises(Conflict) as refused:
        await inspecting.open_inspection(office.context, office.colleague, case_id, InspectionKind.INITIAL)
    assert refused.value.params == {"inspection_id": first.inspection.id}
    await inspecting.end_inspection(office.context, office.inspector, first.inspection.id)
    await inspecting.open_inspection(office.context, office.colleague, case_id, InspectionKind.REINSPECTION)


async def test_the_first_to_enter_starts_the_clock(office: Office) -> None:
    inspection_id = await office.open_inspection()
    office.clock.advance(minutes=5)
    started_at = office.clock()
    await office.seat(inspection_id)
    office.clock.advance(minutes=1)
    await office.seat(inspection_id)
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert file.inspection.started_at == started_at


async def test_ending_is_for_good_and_everybody_has_left(office: Office) -> None:
    inspection_id = await office.open_inspection()
    participant = await office.seat(inspection_id)
    office.clock.advance(minutes=9)
    file = await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    assert (file.inspection.state, file.inspection.ended_at) == (InspectionState.ENDED, office.clock())
    assert {seated.id: seated.left_at for seated in file.participants} == {participant.id: office.clock()}
    assert office.announced[-1] == announcements.InspectionEnded(inspection_id)
    with pytest.raises(InspectionEnded):
        await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    with pytest.raises(InspectionEnded):
        await calling.ticket_for_staff(office.context, office.inspector, inspection_id)
    with pytest.raises(InspectionEnded):
        await office.begin_epoch(participant.id)


async def test_a_case_counts_as_inspected_once_somebody_was_in_a_call_on_it(office: Office) -> None:
    inspection_id = await office.open_inspection()
    assert await status_of(office, inspection_id) is CaseStatus.INSPECTING
    ended = await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    assert await status_of(office, inspection_id) is CaseStatus.OPEN
    case_id = ended.parts[0].case.id
    second = await inspecting.open_inspection(office.context, office.inspector, case_id, InspectionKind.INITIAL)
    await office.seat(second.inspection.id)
    await inspecting.end_inspection(office.context, office.inspector, second.inspection.id)
    assert await status_of(office, second.inspection.id) is CaseStatus.INSPECTED
    third = await inspecting.open_inspection(office.context, office.inspector, case_id, InspectionKind.REINSPECTION)
    await inspecting.end_inspection(office.context, office.inspector, third.inspection.id)
    assert await status_of(office, third.inspection.id) is CaseStatus.INSPECTED


@pytest.mark.parametrize(("by", "error"), [("colleague", NotAllowed), ("reviewer", NotAllowed), ("stranger", NotFound)])
async def test_only_who_leads_or_administers_ends(office: Office, by: str, error: type[Exception]) -> None:
    inspection_id = await office.open_inspection()
    with pytest.raises(error):
        await inspecting.end_inspection(office.context, office.people[by], inspection_id)
    assert office.announced == []
    await inspecting.end_inspection(office.context, office.administrator, inspection_id)


async def test_a_second_officer_may_sit_in_and_keeps_one_seat(office: Office) -> None:
    inspection_id = await office.open_inspection()
    tickets = [await calling.ticket_for_staff(office.context, office.colleague, inspection_id) for _ in range(2)]
    seats = [await office.enter(ticket.token) for ticket in tickets]
    assert seats[0].id == seats[1].id
    assert seats[0].role is ParticipantRole.INSPECTOR


@pytest.mark.parametrize(
    ("by", "error"), [("reviewer", NotAllowed), ("administrator", NotAllowed), ("stranger", NotFound)]
)
async def test_nobody_else_of_an_office_gets_a_ticket(office: Office, by: str, error: type[Exception]) -> None:
    inspection_id = await office.open_inspection()
    with pytest.raises(error):
        await calling.ticket_for_staff(office.context, office.people[by], inspection_id)
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert file.participants == []


async def test_a_ticket_serves_once_and_for_one_minute(office: Office) -> None:
    inspection_id = await office.open_inspection()
    used = await calling.ticket_for_staff(office.context, office.inspector, inspection_id)
    await office.enter(used.token)
    with pytest.raises(TicketInvalid):
        await office.enter(used.token)
    late = await calling.ticket_for_staff(office.context, office.inspector, inspection_id)
    office.clock.advance(minutes=1)
    with pytest.raises(TicketInvalid):
        await office.enter(late.token)
    await calling.forget_old_tickets(office.context)


async def test_a_ticket_from_before_the_end_opens_nothing_after_it(office: Office) -> None:
    inspection_id = await office.open_inspection()
    ticket = await calling.ticket_for_staff(office.context, office.inspector, inspection_id)
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    with pytest.raises(InspectionEnded):
        await office.enter(ticket.token)


async def test_coming_and_going_is_kept_and_audited(office: Office) -> None:
    inspection_id = await office.open_inspection()
    participant = await office.seat(inspection_id)
    office.clock.advance(minutes=3)
    await calling.leave(office.context, participant.id)
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    assert [seated.left_at for seated in file.participants] == [office.clock()]
    led, came = f"user:{office.inspector.user.id}", f"participant:{participant.id}"
    assert set(await office.audited(f"inspection:{inspection_id}")) == {
        (led, "inspection.opened"),
        (led, "invitation.made"),
        (came, "invitation.accepted"),
        (led, "participant.admitted"),
        (came, "inspection.joined"),
        (came, "inspection.left"),
    }
