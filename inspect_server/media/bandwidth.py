"""How much a publisher may send: an estimate that starts high and follows delay and throughput. Pure.

Loss is repaired by retransmission and does not count. The signal is the queue in front of the bottleneck: how much
later packets come than the fastest ones did, by the sender's clock (abs-send-time). Told to the sender as REMB.
"""

from __future__ import annotations

from collections import deque
from typing import Final

START_BPS: Final = 3_000_000
CEILING_BPS: Final = 3_000_000
FLOOR_BPS: Final = 150_000
# A queue this long says that more is sent than gets through; jitter of Wi-Fi and LTE stays below.
OVERUSE_QUEUE_S: Final = 0.12
CLEAR_QUEUE_S: Final = 0.04
DECREASE: Final = 0.85
INCREASE_PER_S: Final = 1.08
BASE_WINDOW_S: Final = 20.0
RATE_WINDOW_S: Final = 1.0
HOLD_AFTER_DECREASE_S: Final = 0.5
_SEND_TIME_WRAP_S: Final = 64.0


class BandwidthEstimate:
    """Fed with every packet's size and, for some, its send time; ``update`` once per report interval."""

    def __init__(self) -> None:
        self.bitrate_bps = START_BPS
        self._delays: deque[tuple[float, float]] = deque()
        self._sizes: deque[tuple[float, int]] = deque()
        self._bytes_in_window = 0
        self._unwrapped: float | None = None
        self._last_raw = 0.0
        self._queue_s = 0.0
        self._updated_at: float | None = None
        self._decreased_at = float("-inf")

    def received(self, octets: int, now: float) -> None:
        """A frame's or packet's size, for the throughput of the last second."""
        self._sizes.append((now, octets))
        self._bytes_in_window += octets

    def sent_at(self, abs_send_time: bytes, now: float) -> None:
        """The abs-send-time extension (24 bits, 6.18 fixed point seconds) of a packet that arrived now."""
        raw = int.from_bytes(abs_send_time, "big") / (1 << 18)
        if self._unwrapped is None:
            self._unwrapped = raw
        else:
            step = (raw - self._last_raw + _SEND_TIME_WRAP_S / 2) % _SEND_TIME_WRAP_S - _SEND_TIME_WRAP_S / 2
            self._unwrapped += step
        self._last_raw = raw
        delay = now - self._unwrapped
        # A monotonic queue: its head is the least delay of the window.
        while self._delays and self._delays[-1][1] >= delay:
            self._delays.pop()
        self._delays.append((now, delay))
        while self._delays[0][0] < now - BASE_WINDOW_S:
            self._delays.popleft()
        self._queue_s += (delay - self._delays[0][1] - self._queue_s) / 8

    def throughput_bps(self, now: float) -> float:
        """What arrived in the last second."""
        while self._sizes and self._sizes[0][0] < now - RATE_WINDOW_S:
            self._bytes_in_window -= self._sizes.popleft()[1]
        return self._bytes_in_window * 8 / RATE_WINDOW_S

    def update(self, now: float) -> int:
        """The present estimate in bit/s."""
        elapsed = 0.0 if self._updated_at is None else min(now - self._updated_at, 1.0)
        self._updated_at = now
        throughput = self.throughput_bps(now)
        if self._queue_s > OVERUSE_QUEUE_S:
            if now - self._decreased_at >= HOLD_AFTER_DECREASE_S:
                self._decreased_at = now
                self.bitrate_bps = self._bounded(min(self.bitrate_bps, throughput) * DECREASE)
        elif self._queue_s < CLEAR_QUEUE_S:
            self.bitrate_bps = self._bounded(self.bitrate_bps * INCREASE_PER_S**elapsed)
        return self.bitrate_bps

    @staticmethod
    def _bounded(bitrate_bps: float) -> int:
        return round(min(max(bitrate_bps, FLOOR_BPS), CEILING_BPS))
