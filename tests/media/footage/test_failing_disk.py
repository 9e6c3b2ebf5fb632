"""A disk that reports errors while the call runs: what was synced before stays good, the hole is a gap, and no more."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inspect_server.domain.footage import GapReason
from tests.media.footage.stage import decode, h264, opus, seconds, times, together
from tests.media.footage.stage import micros as utc_us
from tests.media.footage.worker_stage import Stage, begin, emptied, write


class Disk:
    """Fails with EIO where and when it is told to; no file system for tests does that."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails_from: float = float("inf")

    def wrap(self, call: Callable[..., object]) -> Callable[..., object]:
        def tried(*args: object) -> object:
            self.calls += 1
            if self.calls >= self.fails_from:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return call(*args)

        return tried


@pytest.fixture(
    params=[("fdatasync",), ("fsync",), ("pwrite",), ("fdatasync", "ftruncate", "fsync", "unlink")], ids="+".join
)
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """One kind of call fails, or with it those that would take back what was begun."""
    disk = Disk()
    for name in request.param:
        monkeypatch.setattr(os, name, disk.wrap(getattr(os, name)))
    yield disk
    disk.fails_from = float("inf")


@pytest.mark.parametrize("call", [1, 2, 5, 8])
async def test_an_input_output_error_is_a_gap_and_what_was_synced_is_stored_whole(
    stage: Stage, disk: Disk, call: int
) -> None:
    video = h264(16, keyframe_every=30)
    units = together(video, opus(16))
    async with stage.footage() as footage:
        footage._writer._room_to_resume_bytes = 65536
        recorder = begin(footage)
        disk.fails_from = disk.calls + call
        write(recorder, [u for u in units if seconds(u.captured_at_us) < 9])
        await footage.flush_room("inspection-1")
        failed = disk.calls >= disk.fails_from
        disk.fails_from = float("inf")
        if failed:
            await stage.server.until(lambda: stage.server.alarms("not_recording")[-1:] in ([], [False]))
        write(recorder, [u for u in units if seconds(u.captured_at_us) >= 9])
        recorder.close(GapReason.LEFT)
        await footage.flush_room("inspection-1")
        await emptied(stage)

    assert stage.server.alarms("spool_full") == []
    assert stage.server.alarms("spool_damaged") == []
    facts = stage.server.segments
    assert [fact.sequence for fact in facts] == list(range(len(facts)))
    assert [fact.previous_sha256 for fact in facts[1:]] == [fact.sha256 for fact in facts[:-1]]
    frames = times(decode(stage.kept()), "video")
    gaps = [(utc_us(gap.started_at), utc_us(gap.ended_at)) for gap in stage.server.gaps]
    missing = [u for u in video if not any(abs(at - u.captured_at_us) <= 5_000 for at in frames)]
    assert all(any(start <= u.captured_at_us < end for start, end in gaps) for u in missing)
    assert len(frames) == len(video) - len(missing)


async def test_free_space_that_cannot_be_read_counts_as_little(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unreadable(path: Path) -> os.statvfs_result:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "statvfs", unreadable)
    async with stage.footage() as footage:
        footage._min_free_bytes = 1
        await stage.server.until(lambda: stage.server.alarms("spool_low") == [True])
