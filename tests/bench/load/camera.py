"""One camera of the generator: a WHIP client that sends the clip for ever, and answers requests for lost packets."""

from __future__ import annotations

import secrets
import time

import aiohttp
from aiortc import RTCCertificate

from inspect_server.media import rtcp, sdp
from inspect_server.media.datapath import Identity, RtpPacket
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.sdp.lines import ABS_SEND_TIME
from inspect_server.media.sdp.watch_offer import H264_FMTP
from inspect_server.media.transport import Transport, TransportEvents
from inspect_server.media.udp import UdpSockets
from tests.bench.load.clip import AUDIO_TYPE, SECONDS, VIDEO_TYPE, Clip, Due
from tests.bench.load.session import Access, Up, post_offer, tail_of

REPORT_EVERY_S = 1.0
KEPT_TAILS = 400
SEND_TIME_ID = 3


class Camera:
    """``sent_at``: when the last packet of each picture left, by the end of its payload."""

    def __init__(self, clip: Clip, certificate: RTCCertificate) -> None:
        self._clip = clip
        self._up = Up()
        self._transport = Transport(
            certificate,
            TransportEvents(
                rtp=lambda *_: None, rtcp=self._on_rtcp, connected=self._up.connected, failed=self._up.failed
            ),
            controlling=True,
        )
        self._video = Identity(VIDEO_TYPE, secrets.randbits(31) + 1, 0, 0, SEND_TIME_ID)
        self._audio = Identity(AUDIO_TYPE, secrets.randbits(31) + 1, 0, 0)
        self._began_at = 0.0
        self._place = 0
        self._due_at = float("inf")
        self._report_at = float("inf")
        self._octets = 0
        self.sent_at: dict[bytes, float] = {}
        self.packets = 0
        self.frames = 0
        self.asked_again = 0

    async def connect(self, client: aiohttp.ClientSession, access: Access) -> None:
        local = self._transport.gather(UdpSockets(IceAddresses(["127.0.0.1"])))
        self._transport.connect(await post_offer(client, access, _offer(local, self._video.ssrc, self._audio.ssrc)))
        await self._up.wait()

    def start(self, at: float) -> None:
        """Send from this monotonic time on."""
        self._began_at = at
        self._due_at = at + self._clip.schedule[0].at_s
        self._report_at = at

    def send_due(self, now: float) -> None:
        """Everything whose time has come."""
        while self._due_at <= now:
            self._send(self._clip.schedule[self._place], now)
            self._place += 1
            if self._place == len(self._clip.schedule):
                self._next_turn()
            self._due_at = self._began_at + self._clip.schedule[self._place].at_s
        if now >= self._report_at:
            self._report_at = now + REPORT_EVERY_S
            self._report(now)

    def _send(self, due: Due, now: float) -> None:
        packet = due.packets[0]
        if due.video and packet.marker:
            self.frames += 1
            self.sent_at[tail_of(packet)] = now
            if len(self.sent_at) > KEPT_TAILS:
                del self.sent_at[next(iter(self.sent_at))]
        self._transport.send_rtp(due.packets, self._video if due.video else self._audio)
        self.packets += 1
        self._octets += packet.payload_end - packet.payload_start

    def _next_turn(self) -> None:
        self._place = 0
        self._began_at += SECONDS
        self._video = self._video._replace(
            sequence_shift=self._video.sequence_shift + self._clip.video_packets,
            timestamp_shift=self._video.timestamp_shift + SECONDS * 90_000,
        )
        self._audio = self._audio._replace(
            sequence_shift=self._audio.sequence_shift + self._clip.audio_packets,
            timestamp_shift=self._audio.timestamp_shift + SECONDS * 48_000,
        )

    def _report(self, now: float) -> None:
        ntp_us = time.time_ns() // 1000
        for identity, rate in ((self._video, 90_000), (self._audio, 48_000)):
            rtp_time = identity.timestamp_shift + round((now - self._began_at) * rate)
            report = rtcp.SenderReport(identity.ssrc, ntp_us, rtp_time, self.packets, self._octets)
            self._transport.send_rtcp(rtcp.sender_report(report) + rtcp.source_description(identity.ssrc, "camera"))

    def _on_rtcp(self, data: bytes, now: float) -> None:
        del now
        for item in rtcp.parse(data):
            if isinstance(item, rtcp.Nack) and item.media_ssrc == self._video.ssrc:
                self._send_again(item.sequences)

    def _send_again(self, sequences: tuple[int, ...]) -> None:
        shift = self._video.sequence_shift
        recent: dict[int, RtpPacket] = {
            (due.packets[0].sequence + shift) & 0xFFFF: due.packets[0]
            for due in self._clip.schedule[max(self._place - 600, 0) : self._place]
            if due.video
        }
        again = [recent[sequence] for sequence in sequences if sequence in recent]
        self.asked_again += len(sequences)
        if again:
            self._transport.send_rtp(again, self._video)

    async def close(self) -> None:
        await self._transport.close()


def _offer(local: sdp.LocalTransport, video_ssrc: int, audio_ssrc: int) -> str:
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    transport = [
        "c=IN IP4 0.0.0.0",
        "a=rtcp-mux",
        f"a=ice-ufrag:{local.ice_ufrag}",
        f"a=ice-pwd:{local.ice_pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint_sha256}",
        "a=setup:actpass",
        "a=sendonly",
    ]
    candidates = [f"a={candidate}" for candidate in local.candidates]
    lines += [f"m=video 9 UDP/TLS/RTP/SAVPF {VIDEO_TYPE}", "a=mid:0", *transport, *candidates]
    lines += [
        f"a=extmap:{SEND_TIME_ID} {ABS_SEND_TIME}",
        f"a=rtpmap:{VIDEO_TYPE} H264/90000",
        f"a=fmtp:{VIDEO_TYPE} {H264_FMTP}",
        *(f"a=rtcp-fb:{VIDEO_TYPE} {feedback}" for feedback in ("nack", "nack pli", "goog-remb")),
        f"a=ssrc:{video_ssrc} cname:camera",
    ]
    lines += [f"m=audio 9 UDP/TLS/RTP/SAVPF {AUDIO_TYPE}", "a=mid:1", *transport]
    lines += [f"a=rtpmap:{AUDIO_TYPE} opus/48000/2", f"a=ssrc:{audio_ssrc} cname:camera"]
    return "\r\n".join(lines) + "\r\n"
