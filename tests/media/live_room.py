"""A room on this event loop with cameras and walls in it; aiortc is all of them, over real ICE, DTLS and RTP."""

import asyncio
from collections.abc import Callable

from aiortc import MediaStreamTrack, RTCCertificate, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.mediastreams import VideoStreamTrack
from av import VideoFrame

from inspect_server.domain.footage import CAMERA, GapReason
from inspect_server.media import messages
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.room import Room, RoomContext
from inspect_server.media.sight.watching import Sight
from inspect_server.media.udp import UdpSockets
from tests.support.rtc_peer import PublishingPeer, WatchingPeer

TIMEOUT_S = 30
# Of a brightness between 0 and 255, after the codec.
TOLERANCE = 10


class NoRecorder:
    def write(self, unit: AccessUnit) -> None: ...

    def left_out(self, kind: MediaKind, until_us: int) -> None: ...
    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> None: ...

    def pictures_come_apart(self, seconds: float) -> None: ...
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


async def brightness(picture: MediaStreamTrack) -> int:
    """Of the next picture."""
    frame = await asyncio.wait_for(picture.recv(), TIMEOUT_S)
    assert isinstance(frame, VideoFrame)
    return bytes(frame.planes[0])[1000]


async def until_brightness(picture: MediaStreamTrack, wanted: int) -> None:
    """Wait until a picture is of this brightness."""
    async with asyncio.timeout(TIMEOUT_S):
        while abs(await brightness(picture) - wanted) >= TOLERANCE:
            pass


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
        await until_brightness(self.picture, wanted)


class World:
    """A room with cameras and walls in it, closed at the end."""

    def __init__(self) -> None:
        self.events: list[messages.AnyEvent] = []
        self._news = asyncio.Event()
        self.room = Room(
            "room",
            RoomContext(
                RTCCertificate.generateCertificate(),
                UdpSockets(IceAddresses(["127.0.0.1"])),
                no_recorder,
                Sight(),
                self._emit,
            ),
        )
        self.peers: list[PublishingPeer | WatchingPeer | Wall] = []

    def _emit(self, event: messages.AnyEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def live(self, connection_id: str) -> None:
        """Wait until this connection brings its picture."""
        await self.until(
            lambda: any(
                isinstance(e, messages.ConnectionChanged) and e.connection_id == connection_id and e.state == "live"
                for e in self.events
            )
        )

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for what the room's events tell."""
        async with asyncio.timeout(TIMEOUT_S):
            while not reached():
                self._news.clear()
                await self._news.wait()

    async def camera(self, name: str, luma: int, *, prominence: int = 0, source: str = CAMERA) -> None:
        peer = PublishingPeer(picture=Grey(luma))
        self.peers.append(peer)
        reply = await self.room.publish(
            messages.Publish(
                request_id="1",
                room_id="room",
                participant_id=name,
                connection_id=f"{name}/{source}",
                track_id=f"{name}/{source}",
                epoch=0,
                offer_sdp=await peer.offer(),
                source=source,
                prominence=prominence,
            )
        )
        await peer.accept(reply.answer_sdp)

    async def wall(self, shown: str | None = None, source: str | None = None) -> Wall:
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
                shown_source=source,
            )
        )
        await wall.accept(reply.answer_sdp)
        return wall
