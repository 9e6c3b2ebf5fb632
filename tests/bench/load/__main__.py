"""The generator's process: ``python -m tests.bench.load PLAN``, where PLAN is JSON. Started by ``media_plane``.

Prints one JSON object a line: ``up`` when all are connected, ``begin`` and ``end`` of the measured window with what was
counted, so that whoever measures the server knows when to look.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiortc import RTCCertificate

from tests.bench.load.camera import Camera
from tests.bench.load.clip import Clip, make_clip
from tests.bench.load.session import Access
from tests.bench.load.wall import Wall

TICK_S = 0.001
SETTLE_S = 4.0


@dataclass(frozen=True)
class Plan:
    """``rooms``: the WHIP and the WHEP access of each."""

    seconds: float
    rooms: list[tuple[Access, Access]]


def read_plan(text: str) -> Plan:
    raw = json.loads(text)
    return Plan(raw["seconds"], [(Access(**room["whip"]), Access(**room["whep"])) for room in raw["rooms"]])


def say(event: str, **figures: Any) -> None:
    print(json.dumps({"event": event, **figures}), flush=True)


async def send_all(cameras: list[Camera]) -> None:
    """One timer for all of them."""
    while True:
        now = time.monotonic()
        for camera in cameras:
            camera.send_due(now)
        await asyncio.sleep(TICK_S)


async def run(plan: Plan, clip: Clip) -> None:
    certificate = RTCCertificate.generateCertificate()
    cameras: list[Camera] = []
    walls: list[Wall] = []
    async with aiohttp.ClientSession() as client:
        for index, (whip, whep) in enumerate(plan.rooms):
            camera = Camera(clip, certificate)
            await camera.connect(client, whip)
            camera.start(time.monotonic() + 0.01 + index * 0.0041)
            wall = Wall(camera, certificate)
            await wall.connect(client, whep)
            cameras.append(camera)
            walls.append(wall)
        sending = asyncio.create_task(send_all(cameras))
        try:
            await asyncio.sleep(SETTLE_S)
            gc.collect()
            gc.freeze()
            await measure(plan.seconds, cameras, walls)
        finally:
            sending.cancel()
        for camera, wall in zip(cameras, walls, strict=True):
            await wall.close()
            await camera.close()


async def measure(seconds: float, cameras: list[Camera], walls: list[Wall]) -> None:
    def counted() -> tuple[int, ...]:
        return (
            sum(camera.packets for camera in cameras),
            sum(camera.frames for camera in cameras),
            sum(camera.asked_again for camera in cameras),
            sum(wall.received for wall in walls),
            sum(wall.expected for wall in walls),
            sum(wall.frames for wall in walls),
        )

    for wall in walls:
        wall.delays_s.clear()
    before, began_at, own_cpu = counted(), time.monotonic(), time.process_time()
    say("begin")
    await asyncio.sleep(seconds)
    elapsed = time.monotonic() - began_at
    say("end")
    sent, frames_sent, asked_again, received, expected, frames = (
        now - then for now, then in zip(counted(), before, strict=True)
    )
    delays = sorted(delay for wall in walls for delay in wall.delays_s)
    say(
        "counted",
        seconds=elapsed,
        packets_sent=sent,
        packets_lost=expected - received,
        asked_again=asked_again,
        frames_sent=frames_sent,
        frames_received=frames,
        delay_p50_ms=1000 * delays[len(delays) // 2],
        delay_p99_ms=1000 * delays[len(delays) * 99 // 100],
        own_cpu_ms_per_stream_s=1000 * (time.process_time() - own_cpu) / elapsed / len(cameras),
    )


if __name__ == "__main__":
    asyncio.run(run(read_plan(sys.argv[1]), make_clip()))
