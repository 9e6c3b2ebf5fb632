"""Trying the connection with a real media worker: what is sent comes back, and nothing of it is kept."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from av import VideoFrame

from inspect_server.api.rehearsals import MAX_AT_ONCE, Rehearsals
from inspect_server.domain.errors import BadSdp, NotFound, RehearsalsBusy
from inspect_server.media import messages
from tests.media.live_room import TIMEOUT_S, Wall
from tests.support.media_server import MediaServer
from tests.support.rtc_peer import PublishingPeer, use_loopback


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MediaServer]:
    use_loopback(monkeypatch)
    server = MediaServer(tmp_path)
    await server.client.start()
    yield server
    await server.client.stop()


@pytest.fixture
async def phone() -> AsyncIterator[PublishingPeer]:
    peer = PublishingPeer()
    yield peer
    await peer.close()


@pytest.fixture
async def back() -> AsyncIterator[Wall]:
    wall = Wall()
    yield wall
    await wall.connection.close()


def kept_in(folder: Path) -> list[Path]:
    """Files with anything in them."""
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 0]


async def test_what_is_sent_comes_back_and_nothing_is_kept(
    server: MediaServer, phone: PublishingPeer, back: Wall, tmp_path: Path
) -> None:
    rehearsals = Rehearsals(server.client)
    await phone.accept(await rehearsals.send("guest", await phone.offer()))
    offer = await back.offer()
    await back.accept(await rehearsals.receive("guest", offer))
    async with asyncio.timeout(TIMEOUT_S):
        frame = await back.picture.recv()
    assert isinstance(frame, VideoFrame)
    assert (frame.width, frame.height) == (640, 480)
    await rehearsals.end("guest")
    assert not [e for e in server.events if isinstance(e, messages.SegmentStored | messages.FootageProgress)]
    assert kept_in(tmp_path) == []
    with pytest.raises(NotFound):
        await rehearsals.receive("guest", offer)


async def test_a_rehearsal_ends_by_itself(server: MediaServer, phone: PublishingPeer) -> None:
    rehearsals = Rehearsals(server.client, lasts_s=0.5)
    await phone.accept(await rehearsals.send("guest", await phone.offer()))
    (closed,) = await server.until(messages.ConnectionChanged, state="closed")
    assert closed.room_id.startswith("rehearsal/guest/")


async def test_only_so_many_try_at_once_and_a_bad_offer_takes_no_place(
    server: MediaServer, phone: PublishingPeer
) -> None:
    rehearsals = Rehearsals(server.client)
    with pytest.raises(BadSdp):
        await rehearsals.send("guest", "no sdp")
    offer = await phone.offer()
    for number in range(MAX_AT_ONCE):
        await rehearsals.send(f"guest {number}", offer)
    with pytest.raises(RehearsalsBusy):
        await rehearsals.send("one too many", offer)
    # Trying again takes no further place.
    await rehearsals.send("guest 0", offer)
    for number in range(MAX_AT_ONCE):
        await rehearsals.end(f"guest {number}")
