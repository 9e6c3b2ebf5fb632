"""When was it captured? Maps RTP time of a publisher to UTC of this server. Pure: times come as arguments.

A publisher's sender reports tie RTP time to its own wall clock, the same for its picture and its sound; the least
seen (arrival - that clock) ties its wall clock to ours. Until the first report the least (arrival - RTP time) of the
medium itself serves: both are late by the least one-way delay, no more.

    RTP time --(SR)--> publisher's NTP --(min of arrival - NTP)--> server UTC
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

# Clocks drift apart; the least delay of the last reports counts (32 reports are about 30 s of video).
OFFSET_WINDOW: Final = 32
# Clocks drift by less than a millisecond between two reports; a larger difference is somebody setting the clock.
STEP_US: Final = 100_000


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
        self.offset_us: int | None = None
        """Add it to the publisher's clock to get ours; None before the first report."""
        self.stepped_us = 0

    def observe(self, ntp_us: int, arrived_us: int) -> None:
        """A sender report that says ``ntp_us`` came at ``arrived_us``."""
        self._offsets_us.append(arrived_us - ntp_us)
        self.offset_us = min(self._offsets_us)

    def was_set(self, by_us: int, offset_us: int) -> bool:
        """Whether a report with this offset tells of a clock set ``by_us``, and not of RTP time that stood still.

        That cannot run ahead, and its report is never earlier than the least delay, as that of a clock set forward is.
        """
        return by_us < 0 or self.offset_us is None or offset_us < self.offset_us - STEP_US // 2

    def step(self, by_us: int) -> None:
        """The publisher's clock was set: what was learnt of it holds for the clock as it is now."""
        self.stepped_us += by_us
        self._offsets_us = deque((offset - by_us for offset in self._offsets_us), maxlen=OFFSET_WINDOW)
        self.offset_us = min(self._offsets_us, default=None)


class StreamClock:
    """RTP time (unwrapped) of one stream to UTC."""

    def __init__(self, publisher: PublisherClock, clock_rate: int) -> None:
        self._publisher = publisher
        self._rate = clock_rate
        self._report: _Report | None = None
        self._least_us: int | None = None

    @property
    def reported(self) -> bool:
        """A sender report has tied it to the publisher's wall clock."""
        return self._report is not None

    @property
    def known(self) -> bool:
        """``utc_us`` has an answer."""
        return self._report is not None or self._least_us is not None

    def arrived(self, rtp_time: int, arrived_us: int) -> None:
        """A packet came. Only needed until the first report."""
        if self._report is None:
            base = arrived_us - rtp_time * 1_000_000 // self._rate
            if self._least_us is None or base < self._least_us:
                self._least_us = base

    def report(self, ntp_us: int, rtp_time: int, arrived_us: int) -> None:
        """A sender report of this stream came; ``rtp_time`` unwrapped.

        Between two reports of one stream RTP time and wall clock go on by the same. Where they do not, the publisher's
        wall clock was set, which shows against ours; or the stream's RTP time stood still, as that of sound does while
        a phone call has the microphone: then only this report is news. (Where RTP time jumps, the stream gets a new
        clock.)
        """
        if self._report is not None:
            stepped_us = ntp_us - self._publishers_us(self._report, rtp_time)
            if abs(stepped_us) > STEP_US and self._publisher.was_set(stepped_us, arrived_us - ntp_us):
                self._publisher.step(stepped_us)
        self._report = _Report(ntp_us, rtp_time, self._publisher.stepped_us)
        self._publisher.observe(ntp_us, arrived_us)

    def _publishers_us(self, report: _Report, rtp_time: int) -> int:
        """This RTP time by the publisher's clock, as it is set now."""
        since_us = (rtp_time - report.rtp_time) * 1_000_000 // self._rate
        return report.ntp_us + since_us + self._publisher.stepped_us - report.stepped_us

    def utc_us(self, rtp_time: int) -> int:
        """Server UTC of this RTP time, microseconds since 1970.

        Raises:
            LookupError: neither a packet nor a report was seen.
        """
        offset = self._publisher.offset_us
        if self._report is not None and offset is not None:
            return self._publishers_us(self._report, rtp_time) + offset
        if self._least_us is None:
            raise LookupError("nothing arrived yet")
        return self._least_us + rtp_time * 1_000_000 // self._rate


class _Report(NamedTuple):
    """A sender report; ``stepped_us``: by how much the publisher's clock had been set until then, all in all."""

    ntp_us: int
    rtp_time: int
    stepped_us: int
