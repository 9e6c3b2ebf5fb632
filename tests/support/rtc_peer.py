"""A browser's stand-in for tests below the pages: aiortc's own peer connection, on loopback."""

import asyncio

import pytest
from aioice import ice
from aiortc import (
    MediaStreamTrack,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack


def use_loopback(monkeypatch: pytest.MonkeyPatch, address: str = "127.0.0.1") -> None:
    """aiortc leaves loopback out, the only network that tests may use."""
    monkeypatch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [address])


async def connected(connection: RTCPeerConnection) -> None:
    """Wait until ICE and DTLS are up. A peer that is closed before that leaves tasks of its own behind."""
    up = asyncio.Event()
    connection.on("connectionstatechange", up.set)
    while connection.connectionState != "connected":
        up.clear()
        await up.wait()


class PublishingPeer:
    """Sends a picture (H264 and a green one unless told otherwise) and silence."""

    def __init__(self, video_codec: str = "video/H264", *, picture: VideoStreamTrack | None = None) -> None:
        self.connection = RTCPeerConnection()
        self.connection.addTransceiver(AudioStreamTrack(), direction="sendonly")
        video = self.connection.addTransceiver(picture or VideoStreamTrack(), direction="sendonly")
        capabilities = RTCRtpReceiver.getCapabilities("video")
        assert capabilities is not None
        video.setCodecPreferences([codec for codec in capabilities.codecs if codec.mimeType == video_codec])

    async def offer(self) -> str:
        """The offer with all candidates."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer_sdp: str) -> None:
        """Take the server's answer and connect."""
        await self.connection.setRemoteDescription(RTCSessionDescription(answer_sdp, "answer"))

    async def close(self) -> None:
        """Hang up."""
        await self.connection.close()


class WatchingPeer:
    """Takes the server's offers and collects the tracks."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection()
        self.tracks: asyncio.Queue[MediaStreamTrack] = asyncio.Queue(16)
        self.connection.on("track", self.tracks.put_nowait)

    async def answer(self, offer_sdp: str) -> str:
        """The answer to this offer."""
        await self.connection.setRemoteDescription(RTCSessionDescription(offer_sdp, "offer"))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription.sdp

    async def video(self) -> MediaStreamTrack:
        """The first video track."""
        while True:
            track = await self.tracks.get()
            if track.kind == "video":
                return track

    async def close(self) -> None:
        """Hang up."""
        await self.connection.close()
