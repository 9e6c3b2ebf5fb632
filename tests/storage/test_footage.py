"""The footage index: facts come at least once and are kept exactly once."""

import asyncio
from dataclasses import replace

import pytest

from inspect_server.domain.footage import Epoch, Gap, GapReason, Segment, SegmentKind, Track
from inspect_server.domain.timekeeping import ClockReading
from storage import footage
from storage.engine import Database
from tests.storage.records import Scene, a_segment, a_track, at, digest, new_id, seat, set_scene


@pytest.fixture
async def scene(database: Database) -> Scene:
    async with database.transaction() as tx:
        return await set_scene(tx)


@pytest.fixture
async def track(database: Database, scene: Scene) -> Track:
    """A track with one epoch."""
    async with database.transaction() as tx:
        made = await a_track(tx, scene)
        await footage.begin_epoch(tx, made.id, began_at=at(0), preceded_by=None)
    return made


def a_gap(track: Track, number: int = 0, *, seconds: float = 10) -> Gap:
    return Gap(track.id, 0, number, at(seconds), at(seconds + 4), GapReason.NETWORK)


async def test_a_participants_source_has_one_track_whoever_asks_first(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        participant = await seat(tx, scene)

    async def ask(source: str) -> Track:
        async with database.transaction() as tx:
            return await footage.track_once(tx, Track(new_id(), scene.inspection.id, participant.id, source, at(0)))

    cameras = set(await asyncio.gather(*(ask("camera") for _ in range(5))))
    assert len(cameras) == 1
    screen = await ask("screen")
    async with database.reading() as tx:
        assert set(await footage.tracks_of(tx, scene.inspection.id)) == {*cameras, screen}
        assert await footage.track(tx, screen.id) == screen
        assert await footage.track(tx, "none") is None


async def test_epochs_that_begin_at_once_get_numbers_without_hole_or_double(database: Database, scene: Scene) -> None:
    async with database.transaction() as tx:
        track = await a_track(tx, scene)

    async def begin() -> Epoch:
        async with database.transaction() as tx:
            return await footage.begin_epoch(tx, track.id, began_at=at(1), preceded_by=GapReason.NETWORK)

    begun = await asyncio.gather(*(begin() for _ in range(8)))
    assert sorted(epoch.number for epoch in begun) == list(range(8))
    async with database.reading() as tx:
        epochs = await footage.epochs_of(tx, track.id)
        assert await footage.newest_epoch(tx, track.id) == epochs[-1]
    assert epochs == sorted(begun, key=lambda epoch: epoch.number)
    assert [epoch.preceded_by for epoch in epochs] == [None, *[GapReason.NETWORK] * 7]


async def test_an_epoch_keeps_how_far_the_clock_was_off(database: Database, track: Track) -> None:
    readings = [ClockReading(-12.25, "ntp.example"), None]
    for clock in readings:
        async with database.transaction() as tx:
            await footage.begin_epoch(tx, track.id, began_at=at(0), preceded_by=None, clock=clock)
    async with database.reading() as tx:
        assert [epoch.clock for epoch in await footage.epochs_of(tx, track.id)][-2:] == readings


async def test_a_track_that_does_not_exist_has_no_epochs(database: Database) -> None:
    async with database.transaction() as tx:
        assert await footage.newest_epoch(tx, "none") is None
        with pytest.raises(footage.UnknownEpoch):
            await footage.begin_epoch(tx, "none", began_at=at(0), preceded_by=None)


async def test_a_segment_told_again_is_kept_once(database: Database, track: Track) -> None:
    segment = a_segment(track.id, 0, 0)
    added = []
    for _ in range(3):
        async with database.transaction() as tx:
            added.append(await footage.add_segment(tx, segment))
    assert added == [True, False, False]
    async with database.reading() as tx:
        assert await footage.segments_of(tx, track.id) == [segment]
        assert await footage.find_segment(tx, track.id, 0, 0) == segment
        assert await footage.find_segment(tx, track.id, 0, 1) is None


async def test_a_segment_told_by_many_at_once_is_new_to_one(database: Database, track: Track) -> None:
    async def tell() -> bool:
        async with database.transaction() as tx:
            return await footage.add_segment(tx, a_segment(track.id, 0, 0))

    assert sorted(await asyncio.gather(*(tell() for _ in range(5)))) == [False] * 4 + [True]


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": digest("forged")},
        {"started_at": at(0.000001)},
        {"duration_ms": 4000.0000000001},
        {"object_key": "footage/elsewhere.mp4"},
        {"has_audio": False},
        {"kind": SegmentKind.INIT},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_another_segment_under_the_same_number_is_refused(
    database: Database, track: Track, change: dict[str, object]
) -> None:
    segment = a_segment(track.id, 0, 0)
    async with database.transaction() as tx:
        await footage.add_segment(tx, segment)
    with pytest.raises(footage.FootageConflict) as refused:
        async with database.transaction() as tx:
            await footage.add_segment(tx, replace(segment, **change))  # type: ignore[arg-type] # any field
    assert refused.value.params == {"track_id": track.id, "epoch": 0, "sequence": 0}
    async with database.reading() as tx:
        assert await footage.segments_of(tx, track.id) == [segment]


async def test_a_segment_of_an_epoch_that_never_began_is_refused(database: Database, track: Track) -> None:
    for segment in (a_segment(track.id, 1, 0), a_segment("none", 0, 0)):
        with pytest.raises(footage.UnknownEpoch):
            async with database.transaction() as tx:
                await footage.add_segment(tx, segment)


async def test_segments_come_in_playback_order_whatever_order_they_were_told_in(
    database: Database, track: Track
) -> None:
    in_order: list[Segment] = []
    async with database.transaction() as tx:
        for epoch in range(3):
            if epoch:
                await footage.begin_epoch(tx, track.id, began_at=at(epoch * 100), preceded_by=GapReason.RESTART)
            kinds = [SegmentKind.INIT, SegmentKind.MEDIA, SegmentKind.MEDIA]
            in_order += [a_segment(track.id, epoch, number, kind=kind) for number, kind in enumerate(kinds)]
        for segment in sorted(in_order, key=lambda segment: segment.sha256):
            await footage.add_segment(tx, segment)
        assert await footage.segments_of(tx, track.id) == in_order
        pages: list[Segment] = []
        while page := await footage.segments_of(
            tx, track.id, after=(pages[-1].epoch, pages[-1].sequence) if pages else None, limit=2
        ):
            assert len(page) <= 2
            pages += page
        assert pages == in_order
        assert await footage.segments_of(tx, track.id, after=(0, 2)) == in_order[3:]


async def test_gaps_are_kept_once_by_time_and_for_the_whole_inspection(
    database: Database, scene: Scene, track: Track
) -> None:
    later, earlier = a_gap(track, 0, seconds=50), a_gap(track, 1, seconds=10)
    async with database.transaction() as tx:
        assert await footage.add_gap(tx, later)
        assert await footage.add_gap(tx, earlier)
        assert not await footage.add_gap(tx, later)
        assert await footage.gaps_of_track(tx, track.id) == [earlier, later]
        assert await footage.gaps_of(tx, scene.inspection.id) == [earlier, later]
        assert await footage.gaps_of(tx, (await set_scene(tx)).inspection.id) == []


async def test_another_gap_under_the_same_number_is_refused(database: Database, track: Track) -> None:
    gap = a_gap(track)
    async with database.transaction() as tx:
        await footage.add_gap(tx, gap)
    with pytest.raises(footage.FootageConflict):
        async with database.transaction() as tx:
            await footage.add_gap(tx, replace(gap, reason=GapReason.DISK))
    with pytest.raises(footage.UnknownEpoch):
        async with database.transaction() as tx:
            await footage.add_gap(tx, replace(gap, epoch=7))
    async with database.reading() as tx:
        assert await footage.gaps_of_track(tx, track.id) == [gap]
