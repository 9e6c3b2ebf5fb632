"""Several real media workers: each has its own rooms, and one that is killed takes no others along."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from inspect_server.media import messages, worker_client
from inspect_server.media.client import WorkersUp, new_request_id
from inspect_server.media.footage.timeline import TOLERATED_S
from tests.support.media_server import MediaServer, ended_at
from tests.support.rtc_peer import PublishingPeer, use_loopback

TIMEOUT_S = 30


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MediaServer]:
    use_loopback(monkeypatch)
    server = MediaServer(tmp_path, workers=2)
    await server.client.start()
    yield server
    await server.client.stop()


@pytest.fixture
async def phones() -> AsyncIterator[list[PublishingPeer]]:
    peers = [PublishingPeer() for _ in range(3)]
    yield peers
    for peer in peers:
        await peer.close()


async def test_a_killed_worker_takes_only_its_rooms_and_they_go_to_the_living_one(
    server: MediaServer, phones: list[PublishingPeer]
) -> None:
    await server.publish(phones[0], "a0", room="a")
    await server.publish(phones[1], "b0", room="b")
    safe_until = await server.until_more_is_safe("a")
    killed, other = await server.until_recorder_of("a"), await server.until_recorder_of("b")
    assert killed != other

    os.kill(killed, signal.SIGKILL)
    await server.until_rooms_lost()
    assert server.rooms_lost == [{"a"}]
    assert server.client.workers_up == WorkersUp(configured=2, up=1)
    await server.publish(phones[2], "a1", room="a", epoch=1)
    await server.until(messages.ConnectionChanged, state="live", connection_id="a1")
    assert await server.until_recorder_of("a", epoch=1) == other

    # Its successor brings in what it left, and clears the spool once that is acknowledged.
    await server.until(messages.WorkerReady, 3)
    async with asyncio.timeout(TIMEOUT_S):
        while server.recorder_of("a", epoch=0) is not None:
            await server.heard()
    stored = {e.sequence: e for e in await server.until(messages.SegmentStored, track_id="a-track", epoch=0)}
    assert set(stored) == set(range(len(stored)))
    # A file goes by RTP time, which may be this far from the time of capture.
    assert ended_at(stored[len(stored) - 1]) >= safe_until - timedelta(seconds=TOLERATED_S)
    b = [e for e in server.events if isinstance(e, messages.ConnectionChanged) and e.room_id == "b"]
    assert [e.state for e in b] == ["connected", "live"]


async def test_a_worker_that_stands_still_is_taken_for_dead(
    server: MediaServer, phones: list[PublishingPeer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_client, "PING_INTERVAL_S", 0.5)
    await server.publish(phones[0], "a0", room="a")
    os.kill(await server.until_recorder_of("a"), signal.SIGSTOP)
    await server.until_rooms_lost()
    assert server.rooms_lost == [{"a"}]
    await server.until(messages.WorkerReady, 3)
    assert server.client.workers_up == WorkersUp(configured=2, up=2)


async def test_new_rooms_go_where_there_is_least_to_do(server: MediaServer, phones: list[PublishingPeer]) -> None:
    for number, phone in enumerate(phones[:2]):
        await server.publish(phone, f"p{number}", room=f"room{number}")
        await server.until(messages.ConnectionChanged, state="live", connection_id=f"p{number}")
    busy = await server.until_recorder_of("room0")
    await server.client.request(messages.CloseRoom(request_id=new_request_id(), room_id="room0"))
    await server.publish(phones[2], "p2", room="room2")
    assert await server.until_recorder_of("room2") == busy
