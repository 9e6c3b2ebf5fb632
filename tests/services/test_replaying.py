"""Looking at footage: what the timeline shows, who may look, and that every look is audited once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inspect_server.domain.errors import FootageUnavailable, InspectError, NotAllowed, NotFound
from inspect_server.domain.footage import Gap, GapReason
from inspect_server.domain.timeline import DERIVED, Extent
from inspect_server.services import calling, cases, inspecting, keeping_footage, replaying
from storage.footage import FootageConflict, UnknownEpoch
from tests.services.office import Office
from tests.storage.records import NOW, at

PAUSE = timedelta(seconds=20)


async def a_recorded_call(office: Office, *, seconds: int = 12) -> tuple[str, str]:
    """Inspection and track of an enterprise whose footage is stored; the clock stands at its end."""
    inspection_id = await office.open_inspection()
    participant = await office.seat(inspection_id)
    epoch = await office.begin_epoch(participant.id)
    await office.store_footage(epoch, seconds)
    office.clock.advance(seconds=seconds)
    return inspection_id, epoch.track_id


async def test_the_timeline_shows_whose_footage_there_is_and_when(office: Office) -> None:
    inspection_id, track_id = await a_recorded_call(office)
    replay = await replaying.show_footage(office.context, office.reviewer, inspection_id)
    (track,) = replay.tracks
    assert (track.track.id, track.participant.display_name) == (track_id, "王强")
    assert track.extents == [Extent(NOW, at(12))]
    assert track.gaps == []
    assert (track.has_video, track.has_audio) == (True, True)
    assert replay.enterprise.name == "老街面馆"
    assert replay.now == office.clock()


async def test_holes_are_shown_with_their_reasons(office: Office) -> None:
    inspection_id, track_id = await a_recorded_call(office)
    declared = Gap(track_id, 0, 0, at(5), at(6), GapReason.BACKGROUND)
    await keeping_footage.keep_gap(office.context, declared)
    (before,) = (await replaying.show_footage(office.context, office.reviewer, inspection_id)).tracks
    office.clock.advance(seconds=30)
    again = await office.begin_epoch(before.participant.id, GapReason.NETWORK)
    await office.store_footage(again, 8)
    office.clock.advance(seconds=8)
    (track,) = (await replaying.show_footage(office.context, office.reviewer, inspection_id)).tracks
    assert track.extents == [Extent(NOW, at(12)), Extent(at(42), at(50))]
    assert [(gap.started_at, gap.ended_at, gap.reason) for gap in track.gaps] == [
        (at(5), at(6), GapReason.BACKGROUND),
        (at(12), at(42), GapReason.NETWORK),
    ]


async def test_an_epoch_knows_why_the_one_before_ended(office: Office) -> None:
    inspection_id = await office.open_inspection()
    participant = await office.seat(inspection_id)
    first = await office.begin_epoch(participant.id)
    assert (first.number, first.preceded_by) == (0, None)
    known = await office.begin_epoch(participant.id, GapReason.PUBLISHER_STOPPED)
    assert (known.track_id, known.number, known.preceded_by) == (first.track_id, 1, GapReason.PUBLISHER_STOPPED)
    assert (await office.begin_epoch(participant.id)).preceded_by is GapReason.NETWORK
    office.clock.advance(seconds=5)
    restarted_at = office.clock()
    after_restart = await calling.begin_publishing(
        office.context, participant.id, known_end=None, server_started_at=restarted_at
    )
    assert after_restart.preceded_by is GapReason.RESTART
    office.clock.advance(seconds=5)
    await calling.leave(office.context, participant.id)
    assert (await office.begin_epoch(participant.id)).preceded_by is GapReason.LEFT


async def test_a_track_is_complete_some_time_after_the_end_and_not_while_uploads_are_pending(office: Office) -> None:
    inspection_id, track_id = await a_recorded_call(office)

    async def is_complete(*, pending: bool = False) -> bool:
        context = replace(office.context, uploads_pending=lambda _: pending)
        return (await replaying.recording(context, office.reviewer, track_id)).is_complete

    assert not await is_complete()
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    assert not await is_complete()
    office.clock.advance(seconds=20)
    assert not await is_complete(pending=True)
    assert await is_complete()


async def test_a_segment_comes_byte_for_byte(office: Office) -> None:
    _, track_id = await a_recorded_call(office)
    found = await replaying.show_segment(office.context, office.inspector, track_id, 0, 2)
    assert found.url is None
    data = f"{track_id}/0/2/".encode() * 50
    assert await replaying.read_segment(office.context, found.segment, 0, found.segment.byte_length) == data
    assert await replaying.read_segment(office.context, found.segment, 5, 3) == data[5:8]
    for epoch, sequence in ((0, 4), (1, 0), (2**31 - 1, 0)):
        with pytest.raises(NotFound):
            await replaying.show_segment(office.context, office.inspector, track_id, epoch, sequence)


async def test_bytes_that_the_store_lacks_are_unavailable_not_unknown(office: Office) -> None:
    _, track_id = await a_recorded_call(office)
    recording = await replaying.recording(office.context, office.inspector, track_id)
    lost = replace(recording.segments[-1], sequence=9, object_key=f"footage/i/{track_id}/lost.mp4")
    await keeping_footage.keep_segment(office.context, lost)
    found = await replaying.show_segment(office.context, office.inspector, track_id, 0, 9)
    with pytest.raises(FootageUnavailable):
        await replaying.read_segment(office.context, found.segment, 0, found.segment.byte_length)


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("inspector", None),
        ("colleague", None),
        ("reviewer", None),
        ("administrator", NotAllowed),
        ("stranger", NotFound),
    ],
)
async def test_who_may_look(office: Office, by: str, error: type[InspectError] | None) -> None:
    inspection_id, track_id = await a_recorded_call(office, seconds=4)
    actor = office.people[by]
    if error is None:
        await replaying.show_footage(office.context, actor, inspection_id)
        await replaying.recording(office.context, actor, track_id)
        await replaying.show_segment(office.context, actor, track_id, 0, 0)
        return
    before = await office.count_audited()
    with pytest.raises(error):
        await replaying.show_footage(office.context, actor, inspection_id)
    with pytest.raises(error):
        await replaying.recording(office.context, actor, track_id)
    with pytest.raises(error):
        await replaying.show_segment(office.context, actor, track_id, 0, 0)
    assert await office.count_audited() == before


async def looks(office: Office, subject: str) -> list[str]:
    return [actor for actor, action in await office.audited(subject) if action == "footage.viewed"]


async def test_every_look_is_audited_once(office: Office) -> None:
    inspection_id, track_id = await a_recorded_call(office)
    reviewer, inspector = (f"user:{office.people[name].user.id}" for name in ("reviewer", "inspector"))
    for _ in range(12):
        await replaying.show_footage(office.context, office.reviewer, inspection_id)
        await replaying.recording(office.context, office.reviewer, track_id)
        await replaying.show_segment(office.context, office.reviewer, track_id, 0, 1)
        office.clock.advance(minutes=9)
    assert await looks(office, f"inspection:{inspection_id}") == [reviewer]
    assert await looks(office, f"track:{track_id}") == [reviewer]
    await replaying.recording(office.context, office.inspector, track_id)
    assert sorted(await looks(office, f"track:{track_id}")) == sorted([reviewer, inspector])
    office.clock.advance(minutes=10)
    await replaying.recording(office.context, office.inspector, track_id)
    assert (await looks(office, f"track:{track_id}")).count(inspector) == 2


async def test_a_segment_alone_is_a_look_too(office: Office) -> None:
    _, track_id = await a_recorded_call(office)
    await replaying.show_segment(office.context, office.reviewer, track_id, 0, 1)
    assert await looks(office, f"track:{track_id}") == [f"user:{office.reviewer.user.id}"]


async def test_repeating_a_fact_changes_nothing_and_another_one_is_refused(office: Office) -> None:
    inspection_id, track_id = await a_recorded_call(office)
    recording = await replaying.recording(office.context, office.reviewer, track_id)
    for segment in reversed(recording.segments):
        await keeping_footage.keep_segment(office.context, segment)
    with pytest.raises(FootageConflict):
        await keeping_footage.keep_segment(office.context, replace(recording.segments[1], sha256="0" * 64))
    with pytest.raises(UnknownEpoch):
        await keeping_footage.keep_segment(office.context, replace(recording.segments[1], epoch=7))
    assert (await replaying.recording(office.context, office.reviewer, track_id)).segments == recording.segments
    await keeping_footage.note_refused_fact(office.context, "segment/x/7/1", track_id, "unknown_epoch")
    assert ("system", "footage.refused") in await office.audited(f"track:{track_id}")
    assert await looks(office, f"inspection:{inspection_id}") == []


async def gaps_shown(office: Office, inspection_id: str, **pending: bool) -> list[tuple[object, object, GapReason]]:
    """The gaps of the only track; the case counts as many as the timeline shows."""
    context = replace(office.context, track_uploads_pending=lambda *_: pending.get("pending", False))
    replay = await replaying.show_footage(context, office.reviewer, inspection_id)
    (track,) = replay.tracks
    file = await cases.show_case(context, office.reviewer, replay.parts[0].case.id)
    assert [held.gap_count for held in file.inspections] == [len(track.gaps)]
    return [(gap.started_at, gap.ended_at, gap.reason) for gap in track.gaps]


async def test_footage_that_stopped_and_has_not_come_back_is_a_hole_up_to_now(office: Office) -> None:
    inspection_id, _ = await a_recorded_call(office)
    assert await gaps_shown(office, inspection_id) == []
    office.clock.advance(minutes=1)
    assert await gaps_shown(office, inspection_id) == [(at(12), office.clock(), GapReason.NETWORK)]
    assert await gaps_shown(office, inspection_id, pending=True) == []


async def test_the_hole_at_the_end_reaches_up_to_leaving_or_to_the_end_of_the_inspection(office: Office) -> None:
    inspection_id, _ = await a_recorded_call(office)
    office.clock.advance(minutes=1)
    ended_at = office.clock()
    await inspecting.end_inspection(office.context, office.inspector, inspection_id)
    office.clock.advance(hours=5)
    assert await gaps_shown(office, inspection_id) == [(at(12), ended_at, GapReason.NETWORK)]


async def test_who_leaves_leaves_no_hole(office: Office) -> None:
    inspection_id, _ = await a_recorded_call(office)
    replay = await replaying.show_footage(office.context, office.reviewer, inspection_id)
    await calling.leave(office.context, replay.tracks[0].participant.id)
    office.clock.advance(minutes=30)
    assert await gaps_shown(office, inspection_id) == []


async def lost_segment(office: Office) -> tuple[str, str]:
    """Inspection and track of a call of 12 s, whose second segment the object store never took."""
    inspection_id = await office.open_inspection()
    epoch = await office.begin_epoch((await office.seat(inspection_id)).id)
    await office.store_footage(epoch, 12, lost={2})
    office.clock.advance(seconds=12)
    return inspection_id, epoch.track_id


async def told_gaps(office: Office, inspection_id: str) -> list[Gap]:
    """As the timeline shows them; the case must count as many."""
    replay = await replaying.show_footage(office.context, office.reviewer, inspection_id)
    file = await cases.show_case(office.context, office.reviewer, replay.parts[0].case.id)
    (track,) = replay.tracks
    assert [held.gap_count for held in file.inspections] == [len(track.gaps)]
    return track.gaps


async def test_a_segment_that_never_came_is_a_gap_once_those_behind_it_are_there_for_long(office: Office) -> None:
    inspection_id, track_id = await lost_segment(office)
    assert await told_gaps(office, inspection_id) == []  # it may still come
    office.clock.advance(seconds=4)
    assert await told_gaps(office, inspection_id) == [Gap(track_id, 0, DERIVED, at(4), at(8), GapReason.DAMAGED)]


async def test_footage_that_a_declared_gap_explains_is_not_lost_as_well(office: Office) -> None:
    inspection_id, track_id = await lost_segment(office)
    declared = Gap(track_id, 0, 0, at(4), at(7), GapReason.DISK)
    await keeping_footage.keep_gap(office.context, declared)
    office.clock.advance(seconds=4)
    assert await told_gaps(office, inspection_id) == [
        declared,
        Gap(track_id, 0, DERIVED, at(7), at(8), GapReason.DAMAGED),
    ]


async def test_what_a_second_connection_recorded_as_well_is_not_lost(office: Office) -> None:
    inspection_id, _ = await lost_segment(office)
    (track,) = (await replaying.show_footage(office.context, office.reviewer, inspection_id)).tracks
    await office.store_footage(await office.begin_epoch(track.participant.id), 12, started_at=at(3))
    office.clock.advance(seconds=4)
    assert await told_gaps(office, inspection_id) == []


async def test_the_beginning_of_a_track_can_be_lost_too(office: Office) -> None:
    inspection_id = await office.open_inspection()
    epoch = await office.begin_epoch((await office.seat(inspection_id)).id)
    await office.store_footage(epoch, 12, lost={0, 1})
    office.clock.advance(seconds=20)
    assert (await told_gaps(office, inspection_id))[0] == Gap(
        epoch.track_id, 0, DERIVED, at(0), at(4), GapReason.DAMAGED
    )


async def test_the_end_of_a_recovered_segment_takes_no_number_and_is_missed_all_the_same(office: Office) -> None:
    inspection_id, track_id = await a_recorded_call(office)
    recording = await replaying.recording(office.context, office.reviewer, track_id)
    again = await office.begin_epoch((await replays_of(office, inspection_id)).participant.id)
    short = [
        replace(segment, epoch=again.number, recovered=segment.sequence == 1, started_at=segment.started_at + PAUSE)
        for segment in recording.segments
    ]
    short[1] = replace(short[1], duration_ms=1500.0)
    for segment in short:
        await keeping_footage.keep_segment(office.context, segment)
    office.clock.advance(seconds=60)
    assert Gap(track_id, 1, DERIVED, at(21.5), at(24), GapReason.DAMAGED) in await told_gaps(office, inspection_id)


async def replays_of(office: Office, inspection_id: str) -> replaying.TrackReplay:
    (track,) = (await replaying.show_footage(office.context, office.reviewer, inspection_id)).tracks
    return track
