"""From the spool to the object store and the server: outages, slow ways, and what no store will ever take."""

import asyncio
import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspect_server.domain.errors import NotFound, StorageUnavailable
from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit
from inspect_server.media.footage.delivery import UPLOADS_AT_ONCE
from inspect_server.media.footage.service import Footage
from storage import objects_s3
from storage.objects_folder import FolderObjectStore
from storage.objects_s3 import S3ObjectStore
from tests.media.footage.stage import decode, delayed, h264, opus, times, together
from tests.media.footage.worker_stage import Stage, begin, emptied, gone, write
from tests.support.seaweedfs import S3Access
from tests.support.tcp_way import TcpWay

STRETCH_S = 5


def long_call(stretches: int) -> Iterator[AccessUnit]:
    """Five seconds of call again and again, each at its own time."""
    stretch = together(h264(STRETCH_S), opus(STRETCH_S))
    return itertools.chain.from_iterable(delayed(stretch, STRETCH_S * number) for number in range(stretches))


def hurry(footage: Footage) -> None:
    """The same pauses, a tenth as long."""
    footage.delivery._first_pause_s /= 10
    footage.delivery._longest_pause_s /= 10
    footage.delivery._delayed_after_s = 0.2


async def record(footage: Footage, stretches: int, track_id: str = "track-1") -> None:
    """A call, as quickly as the writer can."""
    recorder = begin(footage, track_id=track_id)
    for number, unit in enumerate(long_call(stretches)):
        recorder.write(unit)
        if number % 1000 == 999:
            await footage.flush_room("inspection-1")
    recorder.close(GapReason.LEFT)
    await footage.flush_room("inspection-1")


class Watched(FolderObjectStore):
    """A real folder that is away until it is said to be back, and notes how many are at it at a time."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.is_away = True
        self.refused: list[int] = []  # how many were there at each attempt
        self.all_together = asyncio.Event()
        self._here = self._stored = 0

    async def put(self, key: str, path: Path, *, sha256: str) -> None:
        self._here += 1
        try:
            if self.is_away:
                self.refused.append(self._here)
                await asyncio.sleep(0.1)  # longer than the pauses of the others
                raise StorageUnavailable("away")
            if self._here == UPLOADS_AT_ONCE:
                self.all_together.set()
            if self._stored:
                await self.all_together.wait()
            await super().put(key, path, sha256=sha256)
            self._stored += 1
        finally:
            self._here -= 1


async def test_while_the_store_is_away_one_upload_is_tried_at_a_time_and_then_all_at_once(stage: Stage) -> None:
    stage.store = store = Watched(stage.objects)
    async with stage.footage() as footage:
        footage.delivery._longest_pause_s = 0.05
        await record(footage, 6)
        async with asyncio.timeout(10):
            while len(store.refused) < 3 * UPLOADS_AT_ONCE:  # noqa: ASYNC110 - the store alone knows
                await asyncio.sleep(0.01)
        store.is_away = False
        await emptied(stage)
    await store.close()

    assert set(store.refused[2 * UPLOADS_AT_ONCE :]) == {1}
    assert store.all_together.is_set()


@pytest.mark.parametrize("how", ["refused", "silent"])
async def test_minutes_without_s3_lose_nothing_and_all_is_uploaded_soon_after(
    stage: Stage, s3_access: S3Access, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people for two and a half minutes each, written while the service is away, and uploaded within seconds."""
    monkeypatch.setattr(objects_s3, "READ_S", 1.0)
    way = TcpWay(s3_access.endpoint_url)
    await way.open()
    stage.store = store = s3_store(s3_access, way)
    async with stage.footage() as footage:
        hurry(footage)
        if how == "refused":
            await way.close()
        else:
            way.fall_silent()
        await asyncio.gather(*(record(footage, 30, track_id) for track_id in ("track-1", "track-2")))
        await stage.server.until(lambda: stage.server.alarms("upload_delayed") == [True])
        assert stage.server.segments == []
        kept = list(stage.spool_dir.rglob("*.mp4"))
        if how == "refused":
            await way.open()
        else:
            way.speak()
        await emptied(stage)
        await stage.server.until(lambda: stage.server.alarms("upload_delayed") == [True, False])
        for track_id in ("track-1", "track-2"):
            facts = [fact for fact in stage.server.segments if fact.track_id == track_id]
            assert [fact.sequence for fact in facts] == list(range(len(facts)))
            assert [fact.previous_sha256 for fact in facts[1:]] == [fact.sha256 for fact in facts[:-1]]
            assert sum(fact.duration_ms for fact in facts) == pytest.approx(150_000, abs=50)
            for fact in facts:
                assert hashlib.sha256(await store.get_range(fact.object_key)).hexdigest() == fact.sha256
        assert len(stage.server.segments) == len(kept)
    await store.close()
    await way.close()


async def test_a_slow_way_to_s3_raises_the_alarm_until_it_has_caught_up(stage: Stage, s3_access: S3Access) -> None:
    """Every upload works, but more comes than goes."""
    way = TcpWay(s3_access.endpoint_url, to_server_bps=400_000)
    await way.open()
    stage.store = store = s3_store(s3_access, way)
    async with stage.footage() as footage:
        hurry(footage)
        await record(footage, 4)
        await stage.server.until(lambda: stage.server.alarms("upload_delayed") == [True])
        way.to_server_bps = 0
        await emptied(stage)
        await stage.server.until(lambda: not stage.server.alarms("upload_delayed")[-1])
    await store.close()
    await way.close()

    assert stage.server.alarms("upload_delayed") == [True, False]  # not with every upload that works


def s3_store(access: S3Access, way: TcpWay) -> S3ObjectStore:
    reached = objects_s3.S3Access(way.endpoint_url, access.region, access.access_key_id, access.secret_access_key)
    return S3ObjectStore(access.bucket, "footage", reached)


async def test_a_store_whose_place_is_missing_for_a_while_is_tried_again(stage: Stage) -> None:
    """A proxy in front of the service answers 404 while there is nothing behind it."""

    class NotThere(FolderObjectStore):
        async def put(self, key: str, path: Path, *, sha256: str) -> None:
            if not is_there.is_set():
                refused.set()
                raise NotFound("no such object")
            await super().put(key, path, sha256=sha256)

    is_there, refused = asyncio.Event(), asyncio.Event()
    stage.store = store = NotThere(stage.objects)
    async with stage.footage() as footage:
        hurry(footage)
        await record(footage, 1)
        await asyncio.wait_for(refused.wait(), 10)
        is_there.set()
        await emptied(stage)
    await store.close()

    assert stage.server.alarms("spool_damaged") == []


@pytest.mark.parametrize("flaw", ["unreadable", "other bytes"])
async def test_a_file_that_the_disk_spoiled_does_not_hold_up_the_others(stage: Stage, flaw: str) -> None:
    """While the store was away; its errors do not tell that the file is at fault."""
    stage.folder_store.failures = float("inf")
    async with stage.footage() as footage:
        hurry(footage)
        await record(footage, 3)
        (spoiled,) = stage.spool_dir.rglob("000001.mp4")
        if flaw == "unreadable":
            spoiled.unlink()
            spoiled.symlink_to(spoiled)  # opening it fails, as it does where the disk reports an error
        else:
            spoiled.write_bytes(spoiled.read_bytes()[:-1])
        await stage.server.until(lambda: stage.server.alarms("spool_damaged") == [True])
        stage.folder_store.failures = 0
        await stage.server.until(lambda: [fact.sequence for fact in stage.server.segments] == [0, 2, 3, 4])
        await stage.server.until(lambda: stage.server.pending_segments == 0)  # nobody waits for the spoiled one

    assert spoiled.is_symlink() or spoiled.exists()


async def test_an_outage_of_the_store_fills_the_spool_and_then_everything_catches_up(stage: Stage) -> None:
    stage.folder_store.failures = float("inf")
    async with stage.footage() as footage:
        hurry(footage)
        recorder = begin(footage)
        write(recorder, together(h264(9), opus(9)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: stage.server.alarms("upload_delayed") == [True])
        assert stage.server.segments == []
        assert sum(name.endswith(".mp4") for name in stage.spooled()) == 4

        stage.folder_store.failures = 0
        await stage.server.until(lambda: stage.server.alarms("upload_delayed") == [True, False])
        await stage.server.until(lambda: len(stage.server.segments) == 4)
        await emptied(stage)

    assert [fact.sequence for fact in stage.server.segments] == [0, 1, 2, 3]
    assert len(times(decode(stage.kept()), "video")) == 270


async def test_a_store_that_does_not_answer_raises_the_alarm_before_the_attempt_has_failed(stage: Stage) -> None:
    class Silent(FolderObjectStore):
        async def put(self, key: str, path: Path, *, sha256: str) -> None:
            await answers.wait()
            await super().put(key, path, sha256=sha256)

    answers = asyncio.Event()
    async with stage.footage() as footage:
        footage.delivery._delayed_after_s = 0.1
        footage.delivery._store = Silent(stage.objects)
        recorder = begin(footage)
        write(recorder, together(h264(1), opus(1)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: stage.server.alarms("upload_delayed") == [True])
        answers.set()
        await stage.server.until(lambda: stage.server.alarms("upload_delayed") == [True, False])
        await emptied(stage)


async def test_a_segment_that_the_store_will_never_take_is_kept_and_does_not_hold_up_the_others(stage: Stage) -> None:
    obstacle = stage.objects / "footage/inspection-1/track-1/000000/000001.mp4"
    obstacle.parent.mkdir(parents=True)
    obstacle.write_bytes(b"something else")
    async with stage.footage() as footage:
        recorder = begin(footage)
        write(recorder, together(h264(9), opus(9)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.segments) == 3)
        await gone(stage, "000003.mp4")

    assert [fact.sequence for fact in stage.server.segments] == [0, 2, 3]
    assert stage.server.alarms("spool_damaged") == [True]
    assert "000001.mp4" in stage.spooled()


async def test_facts_of_an_epoch_are_told_in_order_whatever_upload_is_first(stage: Stage) -> None:
    class SlowFirst(FolderObjectStore):
        async def put(self, key: str, path: Path, *, sha256: str) -> None:
            if key.endswith("000000.mp4"):
                await later.wait()
            await super().put(key, path, sha256=sha256)
            if key.endswith("000002.mp4"):
                later.set()

    later = asyncio.Event()
    async with stage.footage() as footage:
        footage.delivery._store = SlowFirst(stage.objects)
        recorder = begin(footage)
        write(recorder, together(h264(9), opus(9)))
        recorder.close(GapReason.LEFT)
        await stage.server.until(lambda: len(stage.server.segments) == 4)

    assert [fact.sequence for fact in stage.server.segments] == [0, 1, 2, 3]
