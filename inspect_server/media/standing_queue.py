"""The queue in front of a bottleneck, seen from how late packets come by their sender's clock. Pure.

Its length is how much later packets come than the fastest ones did. What counts is the *standing* queue, the least
delay of the last quarter second: jitter and the bursts of Wi-Fi and LTE always leave some packets early.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SAMPLE_INTERVAL_S: Final = 0.02
STANDING_S: Final = 0.25
STANDING_SAMPLES: Final = 5
RETAINED_S: Final = 1.0
# The two clocks drift, and routes get faster slowly: older minima are forgotten.
LEAST_WINDOW_S: Final = 20.0
_SEND_TIME_WRAP_S: Final = 64.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One packet. ``delay_s`` is relative to an unknown constant; ``octets`` had arrived up to and with this packet."""

    at: float
    delay_s: float
    octets: int


class StandingQueue:
    """Bounded by the sampling interval and the windows above."""

    def __init__(self) -> None:
        self.sample_at = float("-inf")
        self.standing_s = 0.0
        self._samples: deque[Sample] = deque()
        self._least: deque[tuple[float, float]] = deque()
        self._resumed_at = float("-inf")
        self._unwrapped: float | None = None
        self._last_raw = 0.0

    @property
    def known(self) -> bool:
        """There was a sample."""
        return bool(self._samples)

    @property
    def newest(self) -> Sample:
        """The last sample; IndexError before the first."""
        return self._samples[-1]

    @property
    def least_s(self) -> float:
        """The least delay of the window; IndexError before the first sample."""
        return self._least[0][1]

    def newest_first(self) -> Iterator[Sample]:
        """The samples of the last second, and a few older ones if there are fewer."""
        return reversed(self._samples)

    def sample(self, abs_send_time: bytes, octets: int, now: float) -> None:
        """A packet that arrived now. ``abs_send_time``: 24 bits, 6.18 fixed point seconds."""
        self.sample_at = now + SAMPLE_INTERVAL_S
        delay_s = now - self._unwrap(abs_send_time)
        # A monotonic queue: its head is the least delay of the window.
        while self._least and self._least[-1][1] >= delay_s:
            self._least.pop()
        self._least.append((now, delay_s))
        while self._least[0][0] < now - LEAST_WINDOW_S:
            self._least.popleft()
        if self._samples and now - self.newest.at > STANDING_S:
            self._resumed_at = now
        self._samples.append(Sample(now, delay_s, octets))
        while len(self._samples) > STANDING_SAMPLES and self._samples[0].at < now - RETAINED_S:
            self._samples.popleft()
        self.standing_s = self._standing_s()

    def _unwrap(self, abs_send_time: bytes) -> float:
        raw = int.from_bytes(abs_send_time, "big") / (1 << 18)
        if self._unwrapped is None:
            self._unwrapped = raw
        else:
            half = _SEND_TIME_WRAP_S / 2
            self._unwrapped += (raw - self._last_raw + half) % _SEND_TIME_WRAP_S - half
        self._last_raw = raw
        return self._unwrapped

    def _standing_s(self) -> float:
        """0.0 while too little is known."""
        newest = self._samples[-1]
        least = newest.delay_s
        for count, sample in enumerate(reversed(self._samples), start=1):
            least = min(least, sample.delay_s)
            if count >= STANDING_SAMPLES and newest.at - sample.at >= STANDING_S:
                return least - self.least_s
        return 0.0

    def interrupted(self, now: float) -> bool:
        """Whether for a while of the last second nothing came at all."""
        return now - self._resumed_at < RETAINED_S or now - self.newest.at > STANDING_S

    def accept(self) -> None:
        """The queue that stands is no queue: count from here."""
        self._least = deque([(self.newest.at, self.least_s + self.standing_s)])
        self.standing_s = 0.0
