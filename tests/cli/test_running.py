"""What the server says of itself while it runs."""

import asyncio
import os
import select
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inspect_server.cli.check import findings
from inspect_server.cli.running import media_workers_up
from inspect_server.media.client import WorkersUp
from inspect_server.settings import Settings, load_settings
from tests.support.processes import end_with_parent, free_port

REPOSITORY = Path(__file__).parents[2]
START_S = 40
STOP_S = 20
DIES_WITHIN_S = 1.0
"""A process that does not ignore a signal is gone long before."""


async def test_nobody_answers_where_no_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert await media_workers_up(load_settings(overrides={"http_port": free_port()})) is None


@pytest.fixture
async def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Process, Settings]]:
    """A server with two media workers, in a process group of its own; stopped at the end if it still runs."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings(overrides={"http_port": free_port(), "https": False, "media_workers": 2})
    options = ["--demo", "--http-port", str(settings.http_port), "--media-workers", "2"]
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "inspect_server", "serve", *options],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "INSPECT_HTTPS": "false"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_S):
            while b"neighbour" not in (line := await process.stdout.readline()):
                assert line, "the server ended"
        yield process, settings
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_S):
                await process.wait()


async def test_check_counts_the_media_workers_of_the_running_server(running: tuple[Process, Settings]) -> None:
    _, settings = running
    assert await media_workers_up(settings) == WorkersUp(configured=2, up=2)
    said = [str(finding) async for finding in findings(settings)]
    assert any("media workers: 2 / 2" in line for line in said), said


async def test_signals_to_the_whole_group_leave_the_end_of_the_workers_to_the_server(
    running: tuple[Process, Settings],
) -> None:
    process, _ = running
    workers = [os.pidfd_open(pid) for pid in children(process.pid)]
    assert len(workers) == 2
    # The server cannot say goodbye to its calls yet: so long its workers live, whatever the group was told.
    process.send_signal(signal.SIGSTOP)
    for told in (signal.SIGINT, signal.SIGTERM):
        os.killpg(process.pid, told)
    assert await asyncio.to_thread(select.select, workers, [], [], DIES_WITHIN_S) == ([], [], [])
    process.send_signal(signal.SIGCONT)
    async with asyncio.timeout(STOP_S):
        assert await process.wait() == 0
    assert await asyncio.to_thread(select.select, workers, [], [], 0) == (workers, [], [])
    for worker in workers:
        os.close(worker)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
