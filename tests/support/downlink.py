"""A viewer behind a bottleneck, without wire and clock: minutes of it in milliseconds, to test what it is sent with.

The camera sends 30 pictures a second, a keyframe every four seconds and when it is asked for one. What is tested is the
product's ``WatchedSource`` with its picture; the way to the viewer is the relay's own ``Link``. The viewer stands for a
browser: it asks for what it misses, shows a picture when it is whole and follows the one before or is a keyframe, asks
for a keyframe when nothing was shown for long, and reports with each of these and once a second.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

from inspect_server.media import rtcp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.datapath import Fanout, Identity, RtpPacket, portable
from inspect_server.media.forward import ForwardStream
from inspect_server.media.publish import ATTENTIVE_FOR_S, ATTENTIVE_PATIENCE_S, PATIENCE_S
from inspect_server.media.sdp.watch_offer import Agreement
from inspect_server.media.watched_source import WatchedSource
from tests.support.relay import CLEAN, Conditions, Link

SSRC, RTX_SSRC = 77, 78
PAYLOAD_TYPE, RTX_PAYLOAD_TYPE = 102, 103
SPS = b"\x67\x42\xe0\x1f"
DELTA = b"\x41\x9a\x00\x00"
PACKET_OCTETS = 1100
SRTP_OCTETS = 22
SOUND_OCTETS = 140
FRAMES_PER_SECOND = 30
KEYFRAME_EVERY_S = 4.0
KEYFRAMES_APART_S = 0.5
PACING = 2.5
LOOK_S = 0.02
ASK_AGAIN_S = 0.1
MAX_ASKS = 10
REPORT_EVERY_S = 1.0
STILL_FOR_S = 3.0
ONCE_A_SECOND_S = 1.0


class Timeline:
    """Events in virtual time."""

    def __init__(self) -> None:
        self.now = 100.0
        self._serial = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, when: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._serial), event))

    def every(self, seconds: float, event: Callable[[], None]) -> None:
        def again() -> None:
            event()
            self.at(self.now + seconds, again)

        self.at(self.now, again)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._events[0][0] <= end:
            self.now, _, event = heapq.heappop(self._events)
            event()
        self.now = end


class Camera:
    """Stands for the publish connection, and for the thread that carries its packets."""

    def __init__(self, time: Timeline, *, bps: float = 2_300_000, keyframe_octets: int = 70_000) -> None:
        self.streams = {MediaKind.VIDEO: SimpleNamespace(fanout=Fanout(90_000))}
        self.captured: dict[int, float] = {}
        self.keyframes = 0
        self.ways: list[Way] = []
        self._time = time
        self._bps = bps
        self._keyframe_octets = keyframe_octets
        self._subscribers: list[WatchedSource] = []
        self._waiting: list[RtpPacket] = []
        self._waits_since = 0.0
        self._attentive_until = 0.0
        self._sequence = 0
        self._pacer_free_at = 0.0
        self._keyframe_at = self._last_keyframe_at = time.now
        time.every(1 / FRAMES_PER_SECOND, self._capture)
        time.every(ATTENTIVE_PATIENCE_S, self._look)

    def subscribe(self, subscriber: WatchedSource) -> None:
        self._subscribers.append(subscriber)
        self.request_keyframe()

    def attend(self, now: float) -> None:
        self._attentive_until = now + ATTENTIVE_FOR_S

    def request_keyframe(self) -> None:
        self._keyframe_at = min(
            self._keyframe_at, max(self._time.now + 0.08, self._last_keyframe_at + KEYFRAMES_APART_S)
        )

    def hand_over(self) -> None:
        packets, self._waiting = self._waiting, []
        for subscriber in self._subscribers if packets else ():
            subscriber.on_packets(MediaKind.VIDEO, packets, self._time.now)

    def _look(self) -> None:
        patience_s = ATTENTIVE_PATIENCE_S if self._attentive_until > self._time.now else PATIENCE_S
        if self._waiting and self._time.now - self._waits_since >= patience_s - 1e-6:
            self.hand_over()

    def _capture(self) -> None:
        now = self._time.now
        is_key = now >= self._keyframe_at
        octets = self._bps / 8 / FRAMES_PER_SECOND
        if is_key:
            self.keyframes += 1
            self._last_keyframe_at, self._keyframe_at = now, now + KEYFRAME_EVERY_S
            octets = self._keyframe_octets
        timestamp = round(now * 90_000)
        self.captured[timestamp] = now
        count = max(round(octets / PACKET_OCTETS), 1)
        for index in range(count):
            leaves_at = max(now, self._pacer_free_at)
            self._pacer_free_at = leaves_at + octets * 8 / count / (PACING * self._bps)
            payload = (SPS if is_key and index == 0 else DELTA) + bytes(round(octets / count) - 4)
            last = index == count - 1
            self._time.at(leaves_at, lambda p=payload, m=last: self._arrive(p, m, timestamp))  # type: ignore[misc] # mypy takes no default

    def _arrive(self, payload: bytes, marker: bool, timestamp: int) -> None:
        data = bytes(12) + payload
        packet = portable.RtpPacket(data, 96, marker, self._sequence, timestamp, 5, 12, len(data), self._time.now)
        packet.carried = True
        self._sequence += 1
        for way in self.ways:
            way.carry_on(packet)
        if not self._waiting:
            self._waits_since = self._time.now
        self._waiting.append(packet)


class Way:
    """From the server to one viewer; ``viewer`` gets what comes out at the other end."""

    def __init__(self, time: Timeline, camera: Camera, conditions: Conditions) -> None:
        self.link = Link(conditions, 1)
        self.viewer: Viewer
        self.lost_before = float("-inf")
        self._leads_astray = False
        self._time = time
        self._carried: Identity | None = None
        self._newest: tuple[int, int] | None = None
        camera.ways.append(self)

    def lead_astray(self) -> None:
        """A NAT forgets the viewer: nothing reaches it until something of it was heard and it has answered."""
        self._leads_astray = True

    def heard_from(self) -> None:
        """The viewer, before what it says is taken in."""
        if self._leads_astray and self.lost_before != float("inf"):
            self.lost_before = float("inf")
            self._time.at(self._time.now + 2 * self.link.conditions.delay_ms / 1000, self._follow)

    def _follow(self) -> None:
        self._leads_astray, self.lost_before = False, self._time.now

    def carry(self, fanout: Fanout, identity: Identity) -> float:
        self._carried = identity
        return self._time.now

    def drop(self, ssrc: int) -> tuple[int, int] | None:
        assert ssrc == SSRC
        newest, self._carried, self._newest = self._newest, None, None
        return newest

    def carry_on(self, packet: RtpPacket) -> None:
        if (identity := self._carried) is not None:
            self._newest = identity.sequence(packet.sequence), identity.timestamp(packet.timestamp)
            self.send_rtp([packet], identity)

    def send_rtp(self, packets: list[RtpPacket], identity: Identity) -> None:
        for packet in () if self._leads_astray else packets:
            if identity.ssrc == RTX_SSRC:
                number, again = int.from_bytes(packet.payload[:2]), True
            else:
                number, again = identity.sequence(packet.sequence), False
            for arrival in self.link.send(len(packet.data) + SRTP_OCTETS, self._time.now):
                self._time.at(arrival, lambda p=packet, n=number, a=again: self.viewer.take(n, p, again=a))  # type: ignore[misc] # mypy takes no default


@dataclass(frozen=True)
class Shown:
    """A picture that the viewer saw."""

    at: float
    captured_at: float

    @property
    def behind_s(self) -> float:
        return self.at - self.captured_at


class Viewer:
    """One that watches the camera through a link whose ``conditions`` may change."""

    def __init__(self, time: Timeline, camera: Camera, conditions: Conditions = CLEAN, *, rtx: bool = True) -> None:
        self.shown: list[Shown] = []
        self._sound: list[tuple[float, bool]] = []
        self.asked_for_keyframes = 0
        self._time = time
        self._camera = camera
        self._way = Way(time, camera, conditions)
        self._way.viewer = self
        self.source = WatchedSource()
        self.stream = self.source.streams[MediaKind.VIDEO] = ForwardStream(
            MediaKind.VIDEO, Codec.H264, ssrc=SSRC, payload_type=PAYLOAD_TYPE, way=self._way, rtx_ssrc=RTX_SSRC
        )
        if rtx:
            self.stream.agree(Agreement(rtx_payload_type=RTX_PAYLOAD_TYPE))
        self._packets: dict[int, RtpPacket] = {}
        self._keyframe_starts: list[int] = []
        self._missing: dict[int, tuple[float, int]] = {}
        self._highest = self._next = 0
        self._received = 0
        self._reported = (0, 0)
        self._still_since = time.now
        self._next_report_at = time.now + REPORT_EVERY_S
        self.source.switch(cast("Any", camera), active=True)
        time.every(LOOK_S, self._look)
        time.every(0.02, self._send_sound)

    def set_conditions(self, **changes: float) -> None:
        """From now on; see ``Conditions``."""
        self._way.link.conditions = replace(self._way.link.conditions, **changes)  # type: ignore[arg-type] # float or int

    def move(self) -> None:
        """From now on it is reached elsewhere; who sends to it finds out by what it says next."""
        self._way.lead_astray()

    def longest_still_s(self, since: float) -> float:
        times = [since, *(shown.at for shown in self.shown if shown.at >= since), self._time.now]
        return max(later - earlier for earlier, later in pairwise(times))

    def furthest_behind_s(self, since: float) -> float:
        return max((shown.behind_s for shown in self.shown if shown.at >= since), default=float("inf"))

    def sound_lost(self, since: float) -> float:
        """Which share of the sound did not come."""
        came = [came for sent_at, came in self._sound if sent_at >= since]
        return 1 - sum(came) / len(came)

    def _send_sound(self) -> None:
        self._sound.append((self._time.now, bool(self._way.link.send(SOUND_OCTETS, self._time.now))))

    def take(self, number: int, packet: RtpPacket, *, again: bool) -> None:
        near = self._highest or number
        sequence = near + (number - near + 0x8000) % 0x10000 - 0x8000
        self._received += not again
        if sequence > self._highest:
            for missing in range(self._highest + 1, sequence) if self._highest else ():
                self._missing[missing] = (self._time.now, 0)
            self._highest = sequence
        self._missing.pop(sequence, None)
        if sequence < self._next or sequence in self._packets:
            return
        self._packets[sequence] = packet
        if packet.payload.startswith(SPS):
            heapq.heappush(self._keyframe_starts, sequence)
        self._show_what_can_be()

    def _show_what_can_be(self) -> None:
        while True:
            end = self._whole_from(self._next)
            if end is None:
                start = next((s for s in sorted(self._keyframe_starts, reverse=True) if self._whole_from(s)), None)
                if start is None or start < self._next:
                    return
                self._next = start
                continue
            self._show(end)

    def _whole_from(self, start: int) -> int | None:
        """The last number of the picture that begins here, if all of it is there."""
        number = start
        while (packet := self._packets.get(number)) is not None:
            if packet.marker:
                return number
            number += 1
        return None

    def _show(self, end: int) -> None:
        self._still_since = self._time.now
        self.shown.append(Shown(self._time.now, self._camera.captured[self._packets[end].timestamp]))
        self._next = end + 1
        self._packets = {n: packet for n, packet in self._packets.items() if n > end}
        self._keyframe_starts = [n for n in self._keyframe_starts if n > end]
        self._missing = {n: asked for n, asked in self._missing.items() if n > end}

    def _look(self) -> None:
        now = self._time.now
        due = [n for n, (at, asks) in self._missing.items() if at <= now and asks < MAX_ASKS]
        for number in due:
            self._missing[number] = (now + ASK_AGAIN_S, self._missing[number][1] + 1)
        said: list[rtcp.Feedback] = []
        if due:
            said.append(rtcp.Nack(SSRC, tuple(number & 0xFFFF for number in due)))
        if now - self._still_since > STILL_FOR_S:
            self._still_since += ONCE_A_SECOND_S
            self.asked_for_keyframes += 1
            said.append(rtcp.KeyframeRequest(SSRC))
        if self._highest and (said or now >= self._next_report_at):
            self._next_report_at = now + REPORT_EVERY_S
            self._say([self._report(), *said])

    def _say(self, items: list[rtcp.Feedback]) -> None:
        def heard() -> None:
            self._way.heard_from()
            for item in items:
                self.source.take_feedback(item, self._time.now)

        self._time.at(self._time.now + self._way.link.conditions.delay_ms / 1000, heard)

    def _report(self) -> rtcp.ReportBlock:
        highest_before, received_before = self._reported
        self._reported = self._highest, self._received
        expected = self._highest - highest_before
        lost = max(expected - (self._received - received_before), 0)
        fraction = min(round(256 * lost / expected), 255) if expected else 0
        return rtcp.ReportBlock(SSRC, fraction, self._highest - self._received, self._highest, 0, 0, 0)
