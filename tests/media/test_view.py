"""Walls that offer themselves, over real ICE, DTLS and RTP; aiortc is the camera and the wall."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiortc import MediaStreamTrack, RTCCertificate, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack
from av import VideoFrame

from inspect_server.domain.footage import GapReason
from inspect_server.media import messages
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.room import Room, RoomContext
from tests.support.rtc_peer import PublishingPeer, use_loopback

TIMEOUT_S = 30


class NoRecorder:
    def write(self, unit: AccessUnit) -> None: ...
    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> None: ...
    def close(self, reason: GapReason) -> None: ...


def no_recorder(
    *,
    inspection_id: str,
    participant_id: str,
    track_id: str,
    epoch: int,
    media: frozenset[MediaKind],
    need_keyframe: Callable[[], None],
) -> NoRecorder:
    return NoRecorder()


class Grey(VideoStreamTrack):
    """A picture of one brightness, by which its source is known."""

    def __init__(self, luma: int) -> None:
        super().__init__()
        self._luma = luma

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(width=320, height=240)
        for plane, value in zip(frame.planes, (self._luma, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Wall:
    """A WHEP client: offers to receive H264 and Opus."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection()
        self.connection.addTransceiver("audio", direction="recvonly")
        video = self.connection.addTransceiver("video", direction="recvonly")
        capabilities = RTCRtpReceiver.getCapabilities("video")
        assert capabilities is not None
        video.setCodecPreferences([codec for codec in capabilities.codecs if codec.mimeType == "video/H264"])
        self._video = video

    @property
    def picture(self) -> MediaStreamTrack:
        """Once there is an answer."""
        return self._video.receiver.track

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer_sdp: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer_sdp, "answer"))

    async def brightness(self, wanted: int) -> None:
        """Wait until the picture is of this brightness."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                frame = await self.picture.recv()
                assert isinstance(frame, VideoFrame)
                if abs(bytes(frame.planes[0])[1000] - wanted) < 10:
                    return


class World:
    """A room with cameras and walls in it, closed at the end."""

    def __init__(self) -> None:
        self.events: list[messages.AnyEvent] = []
        self.room = Room(
            "room",
            RoomContext(
                RTCCertificate.generateCertificate(), IceAddresses(["127.0.0.1"]), no_recorder, self.events.append
            ),
        )
        self.peers: list[PublishingPeer | Wall] = []

    async def camera(self, name: str, luma: int, *, prominence: int = 0) -> None:
        peer = PublishingPeer(picture=Grey(luma))
        self.peers.append(peer)
        reply = await self.room.publish(
            messages.Publish(
                request_id="1",
                room_id="room",
                participant_id=name,
                connection_id=f"{name}/1",
                track_id=name,
                epoch=0,
                offer_sdp=await peer.offer(),
                prominence=prominence,
            )
        )
        await peer.accept(reply.answer_sdp)

    async def wall(self, shown: str | None = None) -> Wall:
        wall = Wall()
        self.peers.append(wall)
        reply = await self.room.view(
            messages.View(
                request_id="1",
                room_id="room",
                participant_id="wall",
                connection_id=f"wall/{len(self.peers)}",
                offer_sdp=await wall.offer(),
                shown=shown,
            )
        )
        await wall.accept(reply.answer_sdp)
        return wall


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_loopback(monkeypatch)
    made = World()
    yield made
    await made.room.close(GapReason.LEFT)
    for peer in made.peers:
        await peer.connection.close()
    assert made.room.connection_ids == []


async def test_a_wall_shows_the_most_prominent_picture_as_they_come_and_go(world: World) -> None:
    wall = await world.wall()
    await world.camera("device", 60, prominence=2)
    await wall.brightness(60)
    await world.camera("enterprise", 180, prominence=0)
    await wall.brightness(180)
    await world.room.close_connection("enterprise/1", GapReason.LEFT)
    await wall.brightness(60)


async def test_a_wall_shows_whom_it_asked_for_and_nobody_else(world: World) -> None:
    wall = await world.wall("device")
    await world.camera("enterprise", 180, prominence=0)
    everybody = await world.wall()
    await everybody.brightness(180)
    await world.camera("device", 60, prominence=2)
    first = await asyncio.wait_for(wall.picture.recv(), TIMEOUT_S)
    assert isinstance(first, VideoFrame)
    assert abs(bytes(first.planes[0])[1000] - 60) < 10
