"""Where a sample stands in the file: RTP time to positions on the epoch's timeline, one instance per medium. Pure.

The timeline starts at the epoch's origin (UTC) and runs in the medium's own clock, so that both media share it. Each
medium is anchored by its time of capture once and then follows its RTP clock, which gives exact durations; at a cut
the recorder compares again (:meth:`Timeline.place` with ``correct``), because the estimate of the time of capture
gets better with each sender report and clocks drift.
"""

from collections import deque

from inspect_server.media.access_unit import CLOCK_RATE_HZ, AccessUnit, MediaKind

TICKS_PER_SECOND = 720_000
"""A clock in which positions of both media are whole numbers."""

TOLERATED_S = 0.02
STRAY_S = 0.1
INTOLERABLE_S = 1.0
"""More than this is corrected at once: the sender's RTP clock stood still."""
JUMP_S = 10.0
BACKWARD_S = 0.1
LONGEST_NOMINAL_S = 0.2


class Jump(Exception):
    """RTP time and time of capture have nothing to do with each other any more: start anew."""


class Sample:
    """One unit with its place. ``duration`` is 0 until the next sample is known."""

    __slots__ = ("duration", "position", "tick", "unit")

    def __init__(self, unit: AccessUnit, position: int, tick: int) -> None:
        self.unit = unit
        self.position = position
        self.tick = tick
        self.duration = 0


class Timeline:
    """Placed samples of one medium that are not yet in a fragment, oldest first, and the rule where the next goes."""

    def __init__(self, kind: MediaKind) -> None:
        self.kind = kind
        self.rate = CLOCK_RATE_HZ[kind]
        self.ticks = TICKS_PER_SECOND // self.rate
        self.queue: deque[Sample] = deque()
        self.nominal = self.rate // (30 if kind is MediaKind.VIDEO else 50)
        """Duration of a sample whose successor is unknown: that of the one before."""
        self.strays = False
        """The timeline runs ahead of the time of capture by more than a correction can take back."""
        self._floor = 0  # end of the last sample that went into a fragment
        self._anchor: tuple[int, int] | None = None  # RTP time, position

    def reset(self) -> None:
        """Forget the anchor: the next sample is placed by its time of capture, behind nothing."""
        self._anchor = None
        self._floor = 0
        self.strays = False

    def tick_at(self, captured_us: int, origin_us: int) -> int:
        """The tick of a time of capture."""
        return max(0, (captured_us - origin_us) * self.rate // 1_000_000) * self.ticks

    def predict(self, unit: AccessUnit, origin_us: int) -> int:
        """The tick at which :meth:`place` would put this unit without ``correct``.

        Raises:
            Jump: as :meth:`place`.
        """
        return self._where(unit, origin_us, INTOLERABLE_S)[0] * self.ticks

    def place(self, unit: AccessUnit, origin_us: int, *, correct: bool) -> Sample:
        """Append a unit.

        Raises:
            Jump: its RTP time went back, or is too far away from its time of capture (10 s behind, or 1 s ahead,
                which no correction can take back).
        """
        position, anchored_anew = self._where(unit, origin_us, TOLERATED_S if correct else INTOLERABLE_S)
        if anchored_anew:
            self.strays = self._anchor is not None and position - self._captured(unit, origin_us) > STRAY_S * self.rate
            self._anchor = (unit.rtp_time, position)
        if self.queue:
            last = self.queue[-1]
            last.duration = position - last.position
            if last.duration <= self.rate * LONGEST_NOMINAL_S:
                self.nominal = last.duration
        sample = Sample(unit, position, position * self.ticks)
        self.queue.append(sample)
        return sample

    def _captured(self, unit: AccessUnit, origin_us: int) -> int:
        return (unit.captured_at_us - origin_us) * self.rate // 1_000_000

    def _where(self, unit: AccessUnit, origin_us: int, tolerated_s: float) -> tuple[int, bool]:
        """The position of a unit, and whether that follows its time of capture rather than its RTP time."""
        captured = self._captured(unit, origin_us)
        last = self.queue[-1] if self.queue else None
        floor = last.position + 1 if last else self._floor
        if self._anchor is None:
            return max(captured, floor), True
        position = self._anchor[1] + unit.rtp_time - self._anchor[0]
        if captured - position > JUMP_S * self.rate or position - captured > INTOLERABLE_S * self.rate:
            raise Jump
        if position < floor - BACKWARD_S * self.rate:
            raise Jump
        if abs(position - captured) > tolerated_s * self.rate:
            # A late timeline may cut the sample before short, but not swallow it.
            shortest = self._floor if last is None else last.position + self.rate // 1000
            return max(captured, shortest), True
        return max(position, floor), False

    def take(self, before_tick: int, *, with_last: bool) -> list[Sample]:
        """Remove the samples before a tick for a fragment.

        The last one stays while its duration is unknown, unless ``with_last``: then it gets the nominal one.
        """
        taken: list[Sample] = []
        while self.queue and self.queue[0].tick < before_tick:
            sample = self.queue[0]
            if not sample.duration:
                if not with_last:
                    break
                sample.duration = self.nominal
            taken.append(self.queue.popleft())
        if taken:
            self._floor = taken[-1].position + taken[-1].duration
        return taken

    def drain(self) -> list[AccessUnit]:
        """Remove all samples and give their units back, to be placed again."""
        units = [sample.unit for sample in self.queue]
        self.queue.clear()
        return units
