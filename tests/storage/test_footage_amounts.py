"""Extents and totals, as the database counts them and as the domain defines them."""

import itertools
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_server.domain.footage import Gap, GapReason, Segment, SegmentKind, Track
from inspect_server.domain.inspections import InspectionState
from inspect_server.domain.timeline import epoch_extents
from storage import footage, footage_amounts, inspections, participants
from storage.engine import Database
from storage.footage_amounts import EpochFootage, FootageTotals
from tests.storage.records import a_participant, a_segment, a_track, at, new_id, set_scene

# Of one epoch: for each segment its kind, its distance from the one before, its duration (both in ms).
EPOCHS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(SegmentKind),
            st.floats(0, 10_000),
            st.floats(0, 6_000),
        ),
        max_size=5,
    ),
    max_size=4,
)


@given(epochs=EPOCHS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_database_counts_what_the_domain_defines(
    database: Database, epochs: list[list[tuple[SegmentKind, float, float]]]
) -> None:
    told: list[Segment] = []
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        track = await a_track(tx, scene)
        now = at(0)
        for number, planned in enumerate(epochs):
            await footage.begin_epoch(tx, track.id, began_at=now, preceded_by=GapReason.NETWORK)
            for sequence, (kind, distance_ms, duration_ms) in enumerate(planned):
                now += timedelta(milliseconds=distance_ms)
                told.append(a_segment(track.id, number, sequence, kind=kind, started_at=now, duration_ms=duration_ms))
        for segment in reversed(told):
            await footage.add_segment(tx, segment)
        stored = await footage_amounts.epochs_of_track(tx, track.id)
        totals = (await footage_amounts.totals(tx, [scene.inspection.id], now=at(0)))[scene.inspection.id]
    assert [each.extent for each in stored if each.extent] == epoch_extents(told)
    assert [each.segment_count for each in stored] == [len(planned) for planned in epochs]
    assert abs(totals.footage_ms - sum(segment.duration_ms for segment in told)) < 1e-6
    assert totals.byte_length == sum(segment.byte_length for segment in told)


async def test_an_epoch_says_what_it_holds(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        track = await a_track(tx, scene)
        await footage.begin_epoch(tx, track.id, began_at=at(0), preceded_by=None)
        await footage.begin_epoch(tx, track.id, began_at=at(20), preceded_by=GapReason.LEFT)
        await footage.add_segment(tx, a_segment(track.id, 0, 0, kind=SegmentKind.INIT, byte_length=700))
        await footage.add_segment(tx, a_segment(track.id, 0, 1, started_at=at(1)))
        await footage.add_segment(tx, a_segment(track.id, 0, 2, started_at=at(5), duration_ms=2500))
        stored = await footage_amounts.epochs_of_inspection(tx, scene.inspection.id)
    assert stored == [
        EpochFootage(
            track_id=track.id,
            epoch=0,
            began_at=at(0),
            preceded_by=None,
            started_at=at(1),
            ended_at=at(7.5),
            footage_ms=6500,
            byte_length=2_000_700,
            segment_count=3,
            has_video=True,
            has_audio=True,
        ),
        EpochFootage(
            track_id=track.id,
            epoch=1,
            began_at=at(20),
            preceded_by=GapReason.LEFT,
            started_at=None,
            ended_at=None,
            footage_ms=0,
            byte_length=0,
            segment_count=0,
            has_video=False,
            has_audio=False,
        ),
    ]


async def test_totals_take_the_longest_track_and_count_gaps_of_all(database: Database) -> None:
    async with database.transaction() as tx:
        scene, without = await set_scene(tx), await set_scene(tx)
        phone = await a_track(tx, scene)
        inspector, _ = await participants.join_once(tx, a_participant(scene.inspection, user=scene.inspector))
        laptop = await footage.track_once(tx, Track(new_id(), scene.inspection.id, inspector.id, "camera", at(0)))
        for track, epoch in itertools.product((phone, laptop), (0, 1)):
            await footage.begin_epoch(tx, track.id, began_at=at(epoch * 10), preceded_by=GapReason.NETWORK)
        # The phone has 4 s, a hole of 6 s between its epochs, then 4 s with a declared gap behind them.
        await footage.add_segment(tx, a_segment(phone.id, 0, 0, started_at=at(0)))
        await footage.add_segment(tx, a_segment(phone.id, 1, 0, started_at=at(10)))
        await footage.add_gap(tx, Gap(phone.id, 1, 0, at(14), at(16), GapReason.MUTED))
        # The laptop's second epoch opened beside its first: no hole.
        await footage.add_segment(tx, a_segment(laptop.id, 0, 0, started_at=at(0)))
        await footage.add_segment(tx, a_segment(laptop.id, 1, 0, started_at=at(3)))
        await footage.add_segment(tx, a_segment(laptop.id, 1, 1, started_at=at(7), duration_ms=1000))
        totals = await footage_amounts.totals(tx, [scene.inspection.id, without.inspection.id], now=at(16))
    assert totals == {
        scene.inspection.id: FootageTotals(footage_ms=9000, byte_length=5_000_000, gap_count=2),
        without.inspection.id: FootageTotals(footage_ms=0, byte_length=0, gap_count=0),
    }


async def test_the_hole_behind_the_last_sample_counts_unless_more_is_awaited(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        track = await a_track(tx, scene)
        await footage.begin_epoch(tx, track.id, began_at=at(0), preceded_by=None)
        await footage.add_segment(tx, a_segment(track.id, 0, 0, started_at=at(0)))

        async def gap_count(now_s: float, *, is_awaited: bool = False) -> int:
            key = scene.inspection.id
            of_track = (key, track.id)
            found = await footage_amounts.totals(
                tx, [key], now=at(now_s), is_awaited=lambda *which: is_awaited and which == of_track
            )
            return found[key].gap_count

        assert await gap_count(10) == 0
        assert await gap_count(20) == 1
        assert await gap_count(20, is_awaited=True) == 0
        # The inspection ends one second after the last sample: nothing is missing then, however late one looks.
        ended = replace(scene.inspection, state=InspectionState.ENDED, ended_at=at(5))
        await inspections.update_inspection(tx, ended)
        assert await gap_count(1000) == 0
        await inspections.update_inspection(tx, replace(ended, ended_at=at(60)))
        assert await gap_count(1000) == 1
        # Who left right after the last sample misses nothing of what came later.
        [participant] = await participants.participants_of(tx, scene.inspection.id)
        await participants.update_participant(tx, replace(participant, left_at=at(5)))
        assert await gap_count(1000) == 0
