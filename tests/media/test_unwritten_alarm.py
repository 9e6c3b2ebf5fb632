"""A published track of which nothing is written raises the alarm, by itself and only then: a room with real footage."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiortc import RTCCertificate
from aiortc.mediastreams import VideoStreamTrack
from av.frame import Frame

from inspect_server.domain.footage import GapReason
from inspect_server.media import messages
from inspect_server.media.footage import unwritten
from inspect_server.media.footage.facts import Alarm, FootageProgress
from inspect_server.media.footage.service import Footage
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.room import Room, RoomContext
from inspect_server.media.sight.watching import Sight
from inspect_server.media.udp import UdpSockets
from storage.objects_folder import FolderObjectStore
from tests.support.rtc_peer import PublishingPeer, use_loopback

TIMEOUT_S = 30
UNWRITTEN_S = 4.0
"""Less than in the product; but a busy machine writes a picture that has come a second or two later."""


class Camera(VideoStreamTrack):
    """Can be covered: then it gives no picture at all, and nobody is told."""

    def __init__(self) -> None:
        super().__init__()
        self.uncovered = asyncio.Event()
        self.uncovered.set()

    async def recv(self) -> Frame:
        await self.uncovered.wait()
        return await super().recv()


class World:
    def __init__(self, footage: Footage, events: list[messages.AnyEvent], news: asyncio.Event) -> None:
        self.events = events
        self._news = news
        self.room = Room(
            "room",
            RoomContext(
                certificate=RTCCertificate.generateCertificate(),
                sockets=UdpSockets(IceAddresses(["127.0.0.1"])),
                open_recorder=footage.open_recorder,
                sight=Sight(),
                emit=events.append,
            ),
        )

    async def publish(self, peer: PublishingPeer, *, camera_gap: GapReason | None = None) -> None:
        reply = await self.room.publish(
            messages.Publish(
                request_id="1",
                room_id="room",
                participant_id="phone",
                connection_id="p0",
                track_id="track",
                epoch=0,
                offer_sdp=await peer.offer(),
                camera_gap=camera_gap,
            )
        )
        await peer.accept(reply.answer_sdp)

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while not reached():
                self._news.clear()
                await self._news.wait()

    async def sound_goes_on_for(self, seconds: float) -> None:
        start = self.safe_until()
        assert start is not None
        until = start + timedelta(seconds=seconds)
        await self.until(lambda: (self.safe_until() or start) >= until)

    def safe_until(self) -> datetime | None:
        told = [event.safe_until for event in self.events if isinstance(event, FootageProgress)]
        return told[-1] if told else None

    def camera_is(self, gap: GapReason | None) -> None:
        self.room.set_media_state(
            messages.SetMediaState(
                request_id="2", room_id="room", participant_id="phone", camera_gap=gap, microphone_gap=None
            )
        )

    @property
    def alarms(self) -> list[tuple[str, bool]]:
        return [(event.code, event.active) for event in self.events if isinstance(event, Alarm)]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_loopback(monkeypatch)
    monkeypatch.setattr(unwritten, "UNWRITTEN_S", UNWRITTEN_S)
    events: list[messages.AnyEvent] = []
    news = asyncio.Event()

    def emit(event: messages.AnyEvent) -> None:
        events.append(event)
        news.set()

    (tmp_path / "objects").mkdir()
    store = FolderObjectStore(tmp_path / "objects")
    footage = await Footage.open(tmp_path / "spool", "worker", store=store, emit=emit, min_free_bytes=0)
    task = asyncio.create_task(footage.run())
    world = World(footage, events, news)
    yield world
    await world.room.close(GapReason.LEFT)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await footage.close()
    await store.close()


async def test_a_picture_that_stays_out_is_told_until_it_is_back(world: World) -> None:
    camera = Camera()
    peer = PublishingPeer(picture=camera)
    await world.publish(peer)
    await world.until(lambda: world.safe_until() is not None)
    camera.uncovered.clear()
    await world.until(lambda: world.alarms == [("no_picture_written", True)])
    camera.uncovered.set()
    await world.until(lambda: world.alarms == [("no_picture_written", True), ("no_picture_written", False)])
    await peer.close()


async def test_a_camera_that_is_off_on_purpose_from_the_start_or_later_is_not(world: World) -> None:
    camera = Camera()
    camera.uncovered.clear()
    peer = PublishingPeer(picture=camera)
    await world.publish(peer, camera_gap=GapReason.MUTED)
    await world.until(lambda: world.safe_until() is not None)
    await world.sound_goes_on_for(UNWRITTEN_S + 2)
    assert world.alarms == []

    camera.uncovered.set()
    world.camera_is(None)
    await world.sound_goes_on_for(1)
    camera.uncovered.clear()
    world.camera_is(GapReason.BACKGROUND)
    await world.sound_goes_on_for(UNWRITTEN_S + 2)
    assert world.alarms == []
    await peer.close()


async def test_who_leaves_while_the_alarm_stands_takes_it_along(world: World) -> None:
    camera = Camera()
    camera.uncovered.clear()
    peer = PublishingPeer(picture=camera)
    await world.publish(peer)
    await world.until(lambda: world.alarms == [("no_picture_written", True)])
    await world.room.close_connection("p0", GapReason.LEFT)
    await world.until(lambda: world.alarms == [("no_picture_written", True), ("no_picture_written", False)])
    await peer.close()
