"""When was it captured? Maps RTP time of a publisher to UTC of this server. Pure: times come as arguments.

A publisher's sender reports tie RTP time to its own wall clock, the same for its picture and its sound; the least
seen (arrival - that clock) ties its wall clock to ours. Until the first report the least (arrival - RTP time) of the
medium itself serves: both are late by the least one-way delay, no more.

    RTP time --(SR)--> publisher's NTP --(min of arrival - NTP)--> server UTC
"""

from __future__ import annotations

from collections import deque
from typing import Final

# Clocks drift apart; the least delay of the last reports counts (32 reports are about 30 s of video).
OFFSET_WINDOW: Final = 32


class WallClock:
    """UTC that a step of the system clock does not move: one reading of it, carried on by the monotonic clock."""

    def __init__(self, *, utc_us: int, monotonic_s: float) -> None:
        self._origin_us = utc_us - round(monotonic_s * 1_000_000)

    def utc_us(self, monotonic_s: float) -> int:
        """Microseconds since 1970 at this monotonic time."""
        return self._origin_us + round(monotonic_s * 1_000_000)


class PublisherClock:
    """What all streams of one publish connection share: the offset of the publisher's wall clock to ours."""

    def __init__(self) -> None:
        self._offsets_us: deque[int] = deque(maxlen=OFFSET_WINDOW)

    def observe(self, ntp_us: int, arrived_us: int) -> None:
        """A sender report that says ``ntp_us`` came at ``arrived_us``."""
        self._offsets_us.append(arrived_us - ntp_us)

    @property
    def offset_us(self) -> int | None:
        """Add it to the publisher's clock to get ours; None before the first report."""
        return min(self._offsets_us) if self._offsets_us else None


class StreamClock:
    """RTP time (unwrapped) of one stream to UTC."""

    def __init__(self, publisher: PublisherClock, clock_rate: int) -> None:
        self._publisher = publisher
        self._rate = clock_rate
        self._report: tuple[int, int] | None = None
        self._least_us: int | None = None

    @property
    def reported(self) -> bool:
        """A sender report has tied it to the publisher's wall clock."""
        return self._report is not None

    def arrived(self, rtp_time: int, arrived_us: int) -> None:
        """A packet came. Only needed until the first report."""
        if self._report is None:
            base = arrived_us - rtp_time * 1_000_000 // self._rate
            if self._least_us is None or base < self._least_us:
                self._least_us = base

    def report(self, ntp_us: int, rtp_time: int, arrived_us: int) -> None:
        """A sender report of this stream came; ``rtp_time`` unwrapped."""
        self._report = (ntp_us, rtp_time)
        self._publisher.observe(ntp_us, arrived_us)

    def utc_us(self, rtp_time: int) -> int:
        """Server UTC of this RTP time, microseconds since 1970.

        Raises:
            LookupError: neither a packet nor a report was seen.
        """
        offset = self._publisher.offset_us
        if self._report is not None and offset is not None:
            ntp_us, at = self._report
            return ntp_us + offset + (rtp_time - at) * 1_000_000 // self._rate
        if self._least_us is None:
            raise LookupError("nothing arrived yet")
        return self._least_us + rtp_time * 1_000_000 // self._rate
