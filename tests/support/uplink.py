"""A publisher behind a bottleneck, without wire and clock: minutes of it in milliseconds, to test bandwidth with.

The sender stands for a browser that obeys REMB: audio every 20 ms, pictures that fill what video may take, keyframes
now and then, a pacer at 2.5 times the target. The network is the relay's own ``Link``. The receiver is what is tested.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from inspect_server.media.bandwidth import BandwidthEstimate
from tests.support.relay import Conditions, Link

TICK_S = 0.02
REPORT_INTERVAL_S = 0.5
AUDIO_OCTETS = 130
VIDEO_OCTETS = 1100
SRTP_OCTETS = 10
AUDIO_BPS = (AUDIO_OCTETS + SRTP_OCTETS + 28) * 8 * 50
PACING = 2.5
KEYFRAME_EVERY_S = 5.0
KEYFRAME_SIZE = 5.0


@dataclass
class Moment:
    """How it stands at one tick."""

    at: float
    told_bps: int
    sustained_bps: int
    arrived_octets: int
    queue_ms: float


@dataclass
class Uplink:
    """Run it for a while, change ``conditions``, run on; ``history`` has every tick."""

    conditions: Conditions
    rate_bps: int = 0
    feedback_delay_s: float = 0.04
    most_bps: float = 3_000_000
    frames_per_second: float = 30
    other_bps: float = 0
    seed: int = 1
    estimate: BandwidthEstimate = field(default_factory=BandwidthEstimate)
    history: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = 100.0
        self.conditions = replace(self.conditions, rate_bps=self.rate_bps)
        self._link = Link(self.conditions, self.seed)
        self._random = random.Random(self.seed)
        self._serial = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._target_bps = 2_500_000.0
        self._pacer_free_at = self.now
        self._keyframe_at = self.now
        self._report_at = self.now
        self._arrived_octets = 0
        self._missed = 0
        for begin in (self._send_audio, self._send_frame, self._tick, self._send_other):
            self._at(self.now, begin)

    def run(self, seconds: float, **changes: float) -> list[Moment]:
        """Let it go on under changed conditions (fields of ``Conditions``); returns the history of this time."""
        self._link.conditions = self.conditions = replace(self.conditions, **changes)  # type: ignore[arg-type] # float or int
        end, begin = self.now + seconds, len(self.history)
        while self._events[0][0] <= end:
            self.now, _, event = heapq.heappop(self._events)
            event()
        self.now = end
        return self.history[begin:]

    def carried_bps(self, seconds: float) -> float:
        """What arrived over the last seconds, with all headers."""
        then = next(moment for moment in self.history if moment.at >= self.now - seconds)
        return (self._arrived_octets - then.arrived_octets) * 8 / (self.now - then.at)

    @property
    def _rtt_s(self) -> float:
        return self.feedback_delay_s + self.conditions.delay_ms / 1000

    def _at(self, when: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._serial), event))

    def _send_audio(self) -> None:
        self._send(AUDIO_OCTETS, self.now)
        self._at(self.now + 0.02, self._send_audio)

    def _send_frame(self) -> None:
        bitrate = min(self._target_bps, self.most_bps)
        octets = bitrate / 8 / self.frames_per_second * self._random.uniform(0.6, 1.4)
        if self.now >= self._keyframe_at:
            self._keyframe_at += KEYFRAME_EVERY_S
            octets *= KEYFRAME_SIZE
        # An encoder drops pictures while the pacer is behind.
        if self._pacer_free_at < self.now + 0.3:
            while octets > 0:
                size = round(min(octets, VIDEO_OCTETS))
                octets -= VIDEO_OCTETS
                leaves_at = max(self.now, self._pacer_free_at)
                self._pacer_free_at = leaves_at + size * 8 / (PACING * max(self._target_bps, 30_000))
                self._at(leaves_at, lambda size=size: self._send(size, self.now))  # type: ignore[misc] # mypy takes no default
        self._at(self.now + 1 / self.frames_per_second, self._send_frame)

    def _send_other(self) -> None:
        """Somebody else's traffic on the same link."""
        if self.other_bps:
            self._link.send(1200, self.now)
        self._at(self.now + 1228 * 8 / (self.other_bps or 100_000), self._send_other)

    def _send(self, octets: int, sent_at: float) -> None:
        extension = (round(sent_at * (1 << 18)) & 0xFFFFFF).to_bytes(3, "big")
        arrivals = self._link.send(octets + SRTP_OCTETS, self.now)
        # The receiver knows at the next packet, a moment later.
        self._missed += not arrivals
        for arrival in arrivals:
            self._at(arrival, lambda: self._arrived(octets, extension))

    def _arrived(self, octets: int, extension: bytes) -> None:
        self._arrived_octets += octets + SRTP_OCTETS + 28
        self.estimate.received(octets, 1)
        if self.now >= self.estimate.sample_at:
            self.estimate.sent_at(extension, self.now)

    def _tick(self) -> None:
        if self.estimate.urgent or self.now >= self._report_at:
            self._report_at = self.now + REPORT_INTERVAL_S
            told = self.estimate.update(self.now, missed=self._missed, rtt_s=self._rtt_s)
            self._at(self.now + self.feedback_delay_s, lambda: self._obey(told))
            self.history.append(
                Moment(self.now, told, self.estimate.sustained_bps, self._arrived_octets, self.estimate.queue_s * 1000)
            )
        self._at(self.now + TICK_S, self._tick)

    def _obey(self, told: int) -> None:
        self._target_bps = max(told - AUDIO_BPS, 30_000)
