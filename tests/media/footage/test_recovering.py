"""What a worker leaves that dies while others live, and damage that waits for a person."""

import asyncio
import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from inspect_server.media.footage import recovering, recovery
from inspect_server.media.footage.spool import Spool
from tests.media.footage.stage import IDENTITY, Epoch, decode, h264, opus, times, together
from tests.media.footage.worker_stage import Stage, emptied

REPOSITORY = Path(__file__).parents[3]
SIBLING = """
import sys, time
from pathlib import Path
from inspect_server.media.footage.spool import Spool
from tests.media.footage.stage import IDENTITY, Epoch, h264, opus, together

spool = Spool.open(Path(sys.argv[1]), "worker-sibling")
Epoch(spool.create_epoch(IDENTITY)).feed(together(h264(7.5), opus(7.5)))
print("recorded", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovering, "LOOK_AROUND_S", 0.05)


async def test_a_living_worker_takes_over_what_a_killed_one_leaves_and_nothing_of_a_living_one(stage: Stage) -> None:
    async with stage.footage("worker-living"):
        sibling = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SIBLING, str(stage.spool_dir), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert sibling.stdout is not None
            async with asyncio.timeout(30):
                assert await sibling.stdout.readline() == b"recorded\n"
            await asyncio.sleep(10 * recovering.LOOK_AROUND_S)
            assert stage.server.segments == []
            assert (stage.spool_dir / "worker-sibling" / "lock").exists()
        finally:
            os.kill(sibling.pid, signal.SIGKILL)
            await sibling.wait()
        await stage.server.until(lambda: len(stage.server.segments) == 3)
        await emptied(stage)

    assert [(fact.sequence, fact.recovered) for fact in stage.server.segments] == [(0, False), (1, False), (2, True)]
    assert len(times(decode(stage.kept()), "video")) == 210
    assert not list(stage.spool_dir.iterdir())


async def test_damage_is_told_by_who_starts_later_too_until_the_quarantine_is_empty(stage: Stage) -> None:
    quarantined = stage.spool_dir / "quarantine" / "strange"
    quarantined.mkdir(parents=True)
    async with stage.footage():
        await stage.server.until(lambda: stage.server.alarms("spool_damaged") == [True])
        quarantined.rmdir()
        await stage.server.until(lambda: stage.server.alarms("spool_damaged") == [True, False])


async def test_what_the_disk_does_not_let_recover_is_told_until_it_does(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool.open(stage.spool_dir, "worker-dead")
    Epoch(spool.create_epoch(IDENTITY)).feed(together(h264(7.5), opus(7.5)))
    spool._lock.release()
    refusals = [OSError(errno.EIO, os.strerror(errno.EIO))] * 3

    def recovered(spool: Spool, folder: Path) -> recovery.RecoveredEpoch:
        if refusals:
            raise refusals.pop()
        return recovery.recover_epoch(spool, folder)

    monkeypatch.setattr(recovering, "recover_epoch", recovered)
    async with stage.footage("worker-next"):
        await stage.server.until(lambda: stage.server.alarms("spool_damaged") == [True, False])
        await stage.server.until(lambda: len(stage.server.segments) == 3)
    assert not refusals
