"""Half a minute of picture and sound over a bad link, in no time: what the archive and a viewer have of it.

The sender is a browser's in what matters here: it keeps what it sent for some seconds, answers requests, the picture's
as RTX (RFC 4588), ignores a request for what it sent again less than a round trip ago, and makes its next picture a
keyframe when it is asked for one. The viewer lags behind as it is told every two seconds; a picture that comes later
than that is shown when it comes, and what comes with it is not seen.
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
TOLD_EVERY_S = 2.0
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
    owes_keyframe: bool = True

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

    def asked_for_keyframe(self, _now: float) -> None:
        self.owes_keyframe = True

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

    def __init__(self, publisher: PlainPublisher, conditions: Conditions, *, seed: int = 11) -> None:
        self.publisher = publisher
        self.down = Link(conditions, seed + 1)
        self.sender = Sender(publisher, Link(conditions, seed), 2 * conditions.delay_ms / 1000, self._arrive)
        self.late_s: list[float] = []
        self.complete_at: dict[int, float] = {}
        self.lags: list[tuple[float, float]] = [(0.0, 0.0)]
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
        for number in range(1, round(CALL_S / TOLD_EVERY_S)):
            self.at(number * TOLD_EVERY_S, self._tell_viewer)
        while self._events:
            when, _, action = heapq.heappop(self._events)
            action(when)
        self.publisher.recording.close()

    def _frame(self, now: float) -> None:
        keyframe = h264_payloads(split_annex_b(h264_clip(1)[0].data)) if self.sender.owes_keyframe else None
        self.sender.owes_keyframe = False
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
                self.complete_at[packet.timestamp] = now
            self.publisher.receive(packet, now)

        self.at(at, receive)

    def _repair(self, now: float) -> None:
        self.publisher.repair(now)
        self.publisher.ask_again(now)
        for packet in self.publisher.sent:
            for item in rtcp.parse(packet):
                if isinstance(item, rtcp.Nack):
                    self._to_sender(packet, partial(self.sender.asked, item), now)
                elif isinstance(item, rtcp.KeyframeRequest):
                    self._to_sender(packet, self.sender.asked_for_keyframe, now)
        self.publisher.sent.clear()

    def _to_sender(self, packet: bytes, hear: Callable[[float], None], now: float) -> None:
        for at in self.down.send(len(packet), now):
            self.at(at, hear)

    def _tell_viewer(self, now: float) -> None:
        video = self.publisher.connection.streams[MediaKind.VIDEO]
        self.lags.append((now, video.repair_time.playout_delay_ms(now) / 1000))

    def shown(self) -> list[float]:
        """When the viewer sees another picture."""
        moments: list[float] = []
        decodable_at = 0.0
        for rtp_time, complete_at in sorted(self.complete_at.items()):
            sent_at = rtp_time / RATE[MediaKind.VIDEO]
            decodable_at = max(decodable_at, complete_at)
            lag_s = next(lag for told_at, lag in reversed(self.lags) if told_at <= sent_at)
            moments.append(max(sent_at + self.sender.rtt_s / 2 + lag_s, decodable_at))
        return sorted(set(moments))

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


@pytest.mark.parametrize("seed", [1, 11, 21])
async def test_at_30_percent_loss_a_viewer_sees_nearly_every_picture_in_time(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    publisher.connection._rtt_s = 0.1
    call = Call(publisher, Conditions(delay_ms=50, loss=0.30), seed=seed)
    call.run()
    shown = [at for at in call.shown() if 4 <= at <= CALL_S]
    assert len(shown) / (shown[-1] - shown[0]) >= 27
    assert max(lag for _, lag in call.lags) <= 0.82


@pytest.mark.parametrize("seed", range(1, 60, 10))
async def test_whoever_needs_a_keyframe_gets_one_though_the_request_is_lost(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    publisher.connection._rtt_s = 0.1
    call = Call(publisher, Conditions(delay_ms=50, loss=0.30), seed=seed)
    wishes = range(2, round(CALL_S) - 3, 3)
    for wish in wishes:
        call.at(wish, publisher.want_keyframe)
    call.run()
    keyframes = [unit.captured_at_us for unit in publisher.units if unit.kind is MediaKind.VIDEO and unit.keyframe]
    first_us = keyframes[0]
    waits = [
        min(at - first_us - wish * 1e6 for at in keyframes if at - first_us >= wish * 1e6) / 1e6 for wish in wishes
    ]
    assert max(waits) < 2.0
