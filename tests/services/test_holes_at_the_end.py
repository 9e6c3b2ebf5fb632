"""Footage that never came back: one answer on the timeline and in the case, with the right reason."""

from dataclasses import replace

from inspect_server.domain.footage import GapReason
from inspect_server.domain.inspections import Participant
from inspect_server.services import calling, cases, inspecting, replaying
from tests.services.office import Office
from tests.storage.records import NOW, at


async def a_call_of_two(office: Office) -> tuple[str, Participant, Participant]:
    """Inspection, enterprise and inspector, each with 12 s of footage from now on; the clock stands at their end."""
    inspection_id = await office.open_inspection()
    enterprise = await office.seat(inspection_id)
    ticket = await calling.ticket_for_staff(office.context, office.inspector, inspection_id)
    inspector = await office.enter(ticket.token)
    for participant in (enterprise, inspector):
        await office.store_footage(await office.begin_epoch(participant.id), 12)
    office.clock.advance(seconds=12)
    return inspection_id, enterprise, inspector


async def gaps(office: Office, inspection_id: str) -> dict[str, list[tuple[float, float, GapReason]]]:
    """Start and end in seconds, and reason, by participant; the case must count as many."""
    replay = await replaying.show_footage(office.context, office.reviewer, inspection_id)
    shown = {
        track.participant.id: [
            ((gap.started_at - NOW).total_seconds(), (gap.ended_at - NOW).total_seconds(), gap.reason)
            for gap in track.gaps
        ]
        for track in replay.tracks
    }
    file = await cases.show_case(office.context, office.reviewer, replay.parts[0].case.id)
    assert [held.gap_count for held in file.inspections] == [sum(len(told) for told in shown.values())]
    return shown


async def test_a_restart_that_one_survived_explains_why_the_other_is_missing(office: Office) -> None:
    inspection_id, enterprise, inspector = await a_call_of_two(office)
    office.clock.advance(seconds=8)
    again = await office.begin_epoch(inspector.id, GapReason.RESTART)
    await office.store_footage(again, 20)
    office.clock.advance(seconds=20)
    assert await gaps(office, inspection_id) == {
        enterprise.id: [(12, 40, GapReason.RESTART)],
        inspector.id: [(12, 20, GapReason.RESTART)],
    }
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    office.clock.advance(hours=1)
    assert (await gaps(office, inspection_id))[enterprise.id] == [(12, 40, GapReason.RESTART)]


async def test_a_restart_of_later_does_not_explain_what_was_lost_before(office: Office) -> None:
    inspection_id, enterprise, inspector = await a_call_of_two(office)
    await office.store_footage(await office.begin_epoch(inspector.id), 12)
    office.clock.advance(seconds=20)
    await office.store_footage(await office.begin_epoch(inspector.id, GapReason.RESTART), 4)
    office.clock.advance(seconds=4)
    assert await gaps(office, inspection_id) == {
        enterprise.id: [(12, 36, GapReason.NETWORK)],
        inspector.id: [(24, 32, GapReason.RESTART)],
    }


async def test_an_attempt_to_come_back_that_brought_nothing_says_why(office: Office) -> None:
    inspection_id, enterprise, inspector = await a_call_of_two(office)
    await office.begin_epoch(enterprise.id, GapReason.BACKGROUND)
    await office.store_footage(await office.begin_epoch(inspector.id), 20)
    office.clock.advance(seconds=20)
    assert await gaps(office, inspection_id) == {enterprise.id: [(12, 32, GapReason.BACKGROUND)], inspector.id: []}


async def test_footage_that_waits_in_the_spool_is_no_hole(office: Office) -> None:
    inspection_id, enterprise, inspector = await a_call_of_two(office)
    office.clock.advance(seconds=60)
    assert {key: len(told) for key, told in (await gaps(office, inspection_id)).items()} == {
        enterprise.id: 1,
        inspector.id: 1,
    }
    replay = await replaying.show_footage(office.context, office.reviewer, inspection_id)
    waiting = next(track.track.id for track in replay.tracks if track.participant.id == enterprise.id)
    held_up = replace(
        office,
        context=replace(office.context, track_uploads_pending=lambda *which: which == (inspection_id, waiting)),
    )
    assert {key: len(told) for key, told in (await gaps(held_up, inspection_id)).items()} == {
        enterprise.id: 0,
        inspector.id: 1,
    }


async def test_while_the_last_segments_come_in_nobody_is_said_to_be_missing(office: Office) -> None:
    inspection_id, enterprise, inspector = await a_call_of_two(office)
    for _ in range(10):
        assert await gaps(office, inspection_id) == {enterprise.id: [], inspector.id: []}
        office.clock.advance(seconds=1)
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    assert office.clock() == at(22)
    # It may still come: the end was a moment ago. Later it is known not to have.
    assert await gaps(office, inspection_id) == {enterprise.id: [], inspector.id: []}
    office.clock.advance(seconds=8)
    missing = [(12, 22, GapReason.NETWORK)]
    assert await gaps(office, inspection_id) == {enterprise.id: missing, inspector.id: missing}
