"""Half a minute of picture and sound over a bad link, in no time: what the archive has of it, and how late it came.

The sender is a browser's in what matters here: it keeps what it sent for some seconds, answers requests, the picture's
as RTX (RFC 4588), and ignores a request for what it sent again less than a round trip ago.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from inspect_server.media import rtcp
from inspect_server.media.access_unit import MediaKind
from inspect_server.media.codecs.h264_syntax import split_annex_b
from inspect_server.media.datapath import RtpPacket
from tests.media.codecs.coded_media import h264_clip
from tests.media.codecs.rtp_packetizer import h264_payloads
from tests.media.plain_publisher import REPAIR_S, PlainPublisher
from tests.support.relay import Conditions, Link

CALL_S = 30.0
FRAME_S = 1 / 30
PACKETS_PER_FRAME = 8
SOUND_S = 0.02
SSRC = {MediaKind.VIDEO: 7, MediaKind.AUDIO: 8}
RATE = {MediaKind.VIDEO: 90_000, MediaKind.AUDIO: 48_000}
FIRST_SEQUENCE = 65_000
HISTORY = {MediaKind.VIDEO: 600, MediaKind.AUDIO: 250}
DELTA, OPUS = b"\x41\x9a\x00\x00", b"\xfc\xff\xfe"


@dataclass
class _Sent:
    payload: bytes
    marker: bool
    rtp_time: int
    at: float
    again_at: float = -1.0


@dataclass
class Sender:
    """See the module's text."""

    publisher: PlainPublisher
    up: Link
    rtt_s: float
    arrive: Arrive
    history: dict[MediaKind, dict[int, _Sent]] = field(default_factory=lambda: {kind: {} for kind in MediaKind})
    sequences: dict[MediaKind, int] = field(default_factory=lambda: dict.fromkeys(MediaKind, FIRST_SEQUENCE))

    def send(self, kind: MediaKind, payload: bytes, now: float, *, marker: bool) -> None:
        sequence = self.sequences[kind]
        self.sequences[kind] += 1
        sent = self.history[kind][sequence] = _Sent(payload, marker, round(now * RATE[kind]), now)
        self.history[kind].pop(sequence - HISTORY[kind], None)
        self._out(kind, sequence, sent, now, is_again=False)

    def asked(self, nack: rtcp.Nack, now: float) -> None:
        kind = next(kind for kind, ssrc in SSRC.items() if ssrc == nack.media_ssrc)
        by_wire = {sequence & 0xFFFF: sequence for sequence in self.history[kind]}
        for wanted in nack.sequences:
            if (sequence := by_wire.get(wanted)) is None:
                continue
            sent = self.history[kind][sequence]
            if now - sent.again_at >= self.rtt_s:
                sent.again_at = now
                self._out(kind, sequence, sent, now, is_again=True)

    def _out(self, kind: MediaKind, sequence: int, sent: _Sent, now: float, *, is_again: bool) -> None:
        payload, payload_type, ssrc = sent.payload, self.publisher.payload_type(kind), SSRC[kind]
        if is_again and kind is MediaKind.VIDEO:
            payload = (sequence & 0xFFFF).to_bytes(2, "big") + payload
            payload_type, ssrc = next(iter(self.publisher.connection._retransmits)), 99
        data = bytes(12) + payload
        wire = sequence & 0xFFFF
        for at in self.up.send(len(data) + 1000, now):
            self.arrive(RtpPacket(data, payload_type, sent.marker, wire, sent.rtp_time, ssrc, 12, len(data)), at)


Arrive = Callable[[RtpPacket, float], None]


class Call:
    """Runs everything in the order of its time."""

    def __init__(self, publisher: PlainPublisher, conditions: Conditions) -> None:
        self.publisher = publisher
        self.down = Link(conditions, 12)
        self.sender = Sender(publisher, Link(conditions, 11), 2 * conditions.delay_ms / 1000, self._arrive)
        self.late_s: list[float] = []
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = itertools.count()

    def at(self, when: float, action: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), action))

    def run(self) -> None:
        for number in range(round(CALL_S / FRAME_S)):
            self.at(number * FRAME_S, self._frame)
        for number in range(round(CALL_S / SOUND_S)):
            self.at(number * SOUND_S, lambda now: self._send(MediaKind.AUDIO, OPUS, now, marker=False))
        for number in range(round((CALL_S + 3) / REPAIR_S)):
            self.at(number * REPAIR_S, self._repair)
        while self._events:
            when, _, action = heapq.heappop(self._events)
            action(when)
        self.publisher.recording.close()

    def _frame(self, now: float) -> None:
        keyframe = h264_payloads(split_annex_b(h264_clip(1)[0].data)) if now == 0 else None
        payloads = keyframe or [DELTA] * PACKETS_PER_FRAME
        for index, payload in enumerate(payloads):
            self._send(MediaKind.VIDEO, payload, now, marker=index == len(payloads) - 1)

    def _send(self, kind: MediaKind, payload: bytes, now: float, *, marker: bool) -> None:
        self.sender.send(kind, payload, now, marker=marker)

    def _arrive(self, packet: RtpPacket, at: float) -> None:
        def receive(now: float) -> None:
            kind = MediaKind.AUDIO if packet.ssrc == SSRC[MediaKind.AUDIO] else MediaKind.VIDEO
            if kind is MediaKind.VIDEO:
                self.late_s.append(now - packet.timestamp / RATE[kind])
            self.publisher.receive(packet, now)

        self.at(at, receive)

    def _repair(self, now: float) -> None:
        self.publisher.repair(now)
        for packet in self.publisher.sent:
            for item in rtcp.parse(packet):
                if isinstance(item, rtcp.Nack):
                    for at in self.down.send(len(packet), now):
                        self.at(at, partial(self.sender.asked, item))
        self.publisher.sent.clear()

    def stored(self, kind: MediaKind) -> int:
        return sum(unit.kind is kind for unit in self.publisher.units)


@pytest.mark.parametrize(
    ("conditions", "latest_s"),
    [
        pytest.param(Conditions(delay_ms=25, loss=0.10), 0.5, id="loss-10-rtt-50"),
        pytest.param(Conditions(delay_ms=25, loss=0.10, burst_packets=4), 0.6, id="bursts"),
        pytest.param(Conditions(delay_ms=25, loss=0.05, reorder=0.05, duplicate=0.05), 0.5, id="disorder"),
        pytest.param(Conditions(delay_ms=150, loss=0.02), 1.3, id="loss-2-rtt-300"),
        pytest.param(Conditions(delay_ms=50, loss=0.30), 1.9, id="loss-30-rtt-100"),
    ],
)
async def test_every_picture_and_every_sound_is_stored(
    conditions: Conditions, latest_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    publisher.connection._rtt_s = 2 * conditions.delay_ms / 1000
    call = Call(publisher, conditions)
    call.run()
    assert call.stored(MediaKind.VIDEO) == round(CALL_S / FRAME_S)
    assert call.stored(MediaKind.AUDIO) == round(CALL_S / SOUND_S)
    assert max(call.late_s) < latest_s
    video = publisher.connection.streams[MediaKind.VIDEO]
    assert video.lost_for_good == 0
    assert not any(unit.follows_loss for unit in publisher.units)
