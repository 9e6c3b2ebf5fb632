"""What the server says of itself while it runs."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from inspect_server.cli.check import findings
from inspect_server.cli.running import media_workers_up
from inspect_server.media.client import WorkersUp
from inspect_server.settings import load_settings
from tests.support.processes import end_with_parent, free_port

REPOSITORY = Path(__file__).parents[2]
START_S = 40
STOP_S = 20


async def test_nobody_answers_where_no_server_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert await media_workers_up(load_settings(overrides={"http_port": free_port()})) is None


async def test_check_counts_the_media_workers_of_the_running_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(overrides={"http_port": free_port(), "https": False, "media_workers": 2})
    options = ["--demo", "--http-port", str(settings.http_port), "--media-workers", "2"]
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "inspect_server", "serve", *options],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "INSPECT_HTTPS": "false"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_S):
            while b"neighbour" not in (line := await process.stdout.readline()):
                assert line, "the server ended"
        assert await media_workers_up(settings) == WorkersUp(configured=2, up=2)
        said = [str(finding) async for finding in findings(settings)]
        assert any("media workers: 2 / 2" in line for line in said), said
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_S):
                await process.wait()
