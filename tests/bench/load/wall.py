"""One video wall of the generator: a WHEP client that counts what arrives, and how late."""

from __future__ import annotations

import secrets

import aiohttp
from aiortc import RTCCertificate

from inspect_server.media import rtcp, rtp, sdp
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.sdp.watch_offer import H264_FMTP
from inspect_server.media.transport import Transport, TransportEvents
from inspect_server.media.udp import UdpSockets
from tests.bench.load.camera import Camera
from tests.bench.load.clip import AUDIO_TYPE, VIDEO_TYPE
from tests.bench.load.session import Access, Up, post_offer, tail_of

REPORT_EVERY_S = 1.0


class Wall:
    """Watches one camera. ``delays_s``: from the camera's sending of a picture's last packet to its arrival here."""

    def __init__(self, camera: Camera, certificate: RTCCertificate) -> None:
        self._camera = camera
        self._up = Up()
        self._own_ssrc = secrets.randbits(31) + 1
        self._transport = Transport(
            certificate,
            TransportEvents(
                rtp=self._on_rtp, rtcp=lambda *_: None, connected=self._up.connected, failed=self._up.failed
            ),
            controlling=True,
        )
        self._sequences: dict[int, rtp.Unwrapper] = {}
        self._first: dict[int, int] = {}
        self._highest: dict[int, int] = {}
        self._report_at = 0.0
        self.received = 0
        self.frames = 0
        self.delays_s: list[float] = []

    async def connect(self, client: aiohttp.ClientSession, access: Access) -> None:
        local = self._transport.gather(UdpSockets(IceAddresses(["127.0.0.1"])))
        self._transport.connect(await post_offer(client, access, _offer(local)))
        await self._up.wait()

    @property
    def expected(self) -> int:
        """Packets that must have come, by their numbers."""
        return sum(self._highest[ssrc] - self._first[ssrc] + 1 for ssrc in self._first)

    def _on_rtp(self, packets: list[RtpPacket]) -> None:
        now = packets[-1].arrived_at
        for packet in packets:
            ssrc = packet.ssrc
            sequence = self._sequences.setdefault(ssrc, rtp.Unwrapper(16)).unwrap(packet.sequence)
            self._first.setdefault(ssrc, sequence)
            self._highest[ssrc] = max(self._highest.get(ssrc, sequence), sequence)
            self.received += 1
            if packet.payload_type == VIDEO_TYPE and packet.marker:
                self.frames += 1
                sent_at = self._camera.sent_at.get(tail_of(packet))
                if sent_at is not None:
                    self.delays_s.append(now - sent_at)
        if now >= self._report_at:
            self._report_at = now + REPORT_EVERY_S
            blocks = [rtcp.ReportBlock(ssrc, 0, 0, highest, 0, 0, 0) for ssrc, highest in self._highest.items()]
            self._transport.send_rtcp(rtcp.receiver_report(self._own_ssrc, blocks))

    async def close(self) -> None:
        await self._transport.close()


def _offer(local: sdp.LocalTransport) -> str:
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    transport = [
        "c=IN IP4 0.0.0.0",
        "a=rtcp-mux",
        f"a=ice-ufrag:{local.ice_ufrag}",
        f"a=ice-pwd:{local.ice_pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint_sha256}",
        "a=setup:actpass",
        "a=recvonly",
    ]
    lines += [f"m=video 9 UDP/TLS/RTP/SAVPF {VIDEO_TYPE}", "a=mid:0", *transport]
    lines += [f"a={candidate}" for candidate in local.candidates]
    lines += [f"a=rtpmap:{VIDEO_TYPE} H264/90000", f"a=fmtp:{VIDEO_TYPE} {H264_FMTP}"]
    lines += [f"m=audio 9 UDP/TLS/RTP/SAVPF {AUDIO_TYPE}", "a=mid:1", *transport]
    lines += [f"a=rtpmap:{AUDIO_TYPE} opus/48000/2"]
    return "\r\n".join(lines) + "\r\n"
