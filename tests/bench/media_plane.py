"""What one recorded and forwarded camera costs: ``make bench``, or ``python -m tests.bench.media_plane --help``.

Starts the product as it is delivered, and beside it the generator (``tests.bench.load``): N cameras, 720p30 H264 of
1.5 Mbit/s with Opus, each recorded and each watched by one video wall. Everything is on loopback and ends by itself.
Both share the machine: above the number of cores that the generator leaves free, figures say little.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_server.media.datapath import COMPILED
from tests.e2e.deployments import Deployment, on_folder
from tests.e2e.staff import Staff
from tests.e2e.waiting import until
from tests.support.archive import chain_faults, decode

CAMERAS = (1, 4, 8, 16, 32)
SETTINGS = {"INSPECT_SPOOL_MIN_FREE_MB": "16", "INSPECT_LOG_LEVEL": "warning"}
DECODED_AT_MOST = 2
"""Recordings of a run whose every picture is decoded; of all others chain and hashes are checked."""


@dataclass(frozen=True)
class Result:
    """One run. CPU is the scheduler's account of all server processes, in ms for each second of each stream."""

    cameras: int
    cpu_ms: float
    peak_rss_mb: float
    delay_p50_ms: float
    delay_p99_ms: float
    packets_lost: int
    packets_sent: int
    recordings: int
    faults: list[str]
    generator_cpu_ms: float

    def line(self) -> str:
        """A row of the table."""
        checked = f"{self.recordings} whole" if not self.faults else f"FAULTY: {self.faults[0]}"
        return (
            f"| {self.cameras:7} | {self.cpu_ms:6.1f} | {self.peak_rss_mb:6.0f} | {self.delay_p50_ms:4.1f} / "
            f"{self.delay_p99_ms:4.1f} | {self.packets_lost} of {self.packets_sent} | {checked} | "
            f"{self.generator_cpu_ms:4.1f} |"
        )


HEAD = (
    "| cameras | CPU ms per stream-second | peak RSS MB | added latency ms, p50 / p99 | packets lost | recordings | "
    "generator's CPU ms |\n|---|---|---|---|---|---|---|"
)


async def measure(cameras: int, seconds: float) -> Result:
    """One run on a fresh installation."""
    with tempfile.TemporaryDirectory(prefix="inspect-bench-") as folder:
        deployment = on_folder(Path(folder), SETTINGS)
        await asyncio.to_thread(deployment.product.start)
        try:
            async with Staff.signed_in(deployment.product.url) as staff:
                return await _measure(deployment, staff, cameras, seconds)
        finally:
            await asyncio.to_thread(deployment.product.stop)


async def _measure(deployment: Deployment, staff: Staff, cameras: int, seconds: float) -> Result:
    product = deployment.product
    inspections = [await staff.start_inspection(await staff.open_case(f"负载 {n + 1}")) for n in range(cameras)]
    rooms = [await _accesses(staff, product.url, inspection) for inspection in inspections]
    plan = json.dumps({"seconds": seconds, "rooms": rooms})
    generator = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load", plan, stdout=asyncio.subprocess.PIPE
    )
    assert generator.stdout is not None
    cpu_at: dict[str, tuple[float, float]] = {}
    counted: dict[str, Any] = {}
    try:
        async with asyncio.timeout(seconds + 120):
            async for line in generator.stdout:
                news = json.loads(line)
                cpu_at[news["event"]] = (time.monotonic(), product.cpu_seconds())
                if news["event"] == "counted":
                    counted = news
            if await generator.wait():
                raise RuntimeError("the generator failed")
    finally:
        if generator.returncode is None:
            generator.kill()
            await generator.wait()
    (began_at, cpu_before), (ended_at, cpu_after) = cpu_at["begin"], cpu_at["end"]
    rss_mb = _peak_rss_mb(product.process.pid if product.process else 0)
    for inspection in inspections:
        await staff.end(inspection)
    faults = await _faults(deployment, inspections, seconds)
    return Result(
        cameras=cameras,
        cpu_ms=1000 * (cpu_after - cpu_before) / (ended_at - began_at) / cameras,
        peak_rss_mb=rss_mb,
        delay_p50_ms=counted["delay_p50_ms"],
        delay_p99_ms=counted["delay_p99_ms"],
        packets_lost=counted["packets_lost"],
        packets_sent=counted["packets_sent"],
        recordings=len(inspections),
        faults=faults,
        generator_cpu_ms=counted["own_cpu_ms_per_stream_s"],
    )


async def _accesses(staff: Staff, url: str, inspection: str) -> dict[str, dict[str, str]]:
    rooms = {}
    for name, role in (("whip", "device"), ("whep", "screen")):
        access = await staff.post(f"/api/inspections/{inspection}/accesses", {"role": role, "name": name})
        rooms[name] = {"url": url + access["url"][access["url"].index("/api/") :], "token": access["token"]}
    return rooms


async def _faults(deployment: Deployment, inspections: Sequence[str], seconds: float) -> list[str]:
    """What is wrong with the recordings; empty if nothing is."""

    async def nothing_left() -> bool:
        return not deployment.spooled()

    await until(nothing_left, within_s=60, what="the spool to be empty")
    faults: list[str] = []
    for number, inspection in enumerate(inspections):
        (track,) = await deployment.tracks(inspection)
        faults += chain_faults(track.segments)
        faults += [f"{inspection}: a gap of {gap.reason}" for gap in track.gaps]
        recorded_s = sum(segment.duration_ms for segment in track.segments if segment.kind == "media") / 1000
        if recorded_s < seconds:
            faults.append(f"{inspection}: only {recorded_s:.1f} s recorded")
        if number < DECODED_AT_MOST:
            faults += await asyncio.to_thread(lambda segments: decode(segments).faults, track.segments)
    return faults


def _peak_rss_mb(group: int) -> float:
    """Sum over the processes of the group; memory that they share counts for each."""
    total_kb = 0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            if os.getpgid(int(entry.name)) == group:
                fields = dict(line.split(":", 1) for line in (entry / "status").read_text().splitlines() if ":" in line)
                total_kb += int(fields["VmHWM"].split()[0])
    return total_kb / 1024


async def main(cameras: Sequence[int], seconds: float) -> None:
    print(f"{seconds:.0f} s each; data path: {'compiled' if COMPILED else 'portable'}\n{HEAD}", flush=True)
    for count in cameras:
        print((await measure(count, seconds)).line(), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, nargs="+", default=CAMERAS, help="how many at once, one run each")
    parser.add_argument("--seconds", type=float, default=20, help="length of the measured window")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asyncio.run(main(chosen.cameras, chosen.seconds))
