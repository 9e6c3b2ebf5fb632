"""Placed samples become fragments, and fragments segments, at the boundaries that the segmenter sets. Pure.

Owns the samples that wait in the timelines of the init segment in force. A fragment waits until both media have passed
its boundary, half a second at most; what comes later still goes into the next one, at its true time. Whatever the
boundaries are, a segment lasts from its earliest sample to the end of its last one :data:`SEGMENT_MAX` at most: it is
ended before what does not fit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.footage.actions import Action, FragmentReady, SegmentEnded
from inspect_server.media.footage.timeline import TICKS_PER_SECOND, Sample, Timeline

SEGMENT_MAX = 6 * TICKS_PER_SECOND
LATE = TICKS_PER_SECOND // 2
"""How long a fragment waits for the medium that lags."""
ABSENT = 2 * TICKS_PER_SECOND
"""A medium that was not seen for so long has left."""


@dataclass(frozen=True, slots=True)
class _Boundary:
    tick: int
    ends_segment: bool


@dataclass(slots=True)
class _Span:
    """What the open segment holds already."""

    start: int
    end: int

    def fits(self, first: int) -> bool:
        """Whether a sample that begins there can still go in."""
        return first + TICKS_PER_SECOND // 1000 <= self.start + SEGMENT_MAX and self.end <= first + SEGMENT_MAX


class Fragments:
    """See the module's text. Methods that write return what is to be done, in order."""

    def __init__(self, timelines: dict[MediaKind, Timeline]) -> None:
        self._timelines = timelines
        self._lines: list[Timeline] = []  # those of the init in force
        self._boundaries: list[_Boundary] = []
        self._open: _Span | None = None
        self._out: list[Action] = []
        self.queued_bytes = 0
        self.segment_tick = 0
        """Where the segment begins that the next sample goes into."""
        self.fragment_tick = 0
        """Where its newest fragment begins."""
        self._fresh = True  # nothing was placed since the init segment

    # -- what is placed ----------------------------------------------------------------------------------------------

    def begin(self, kinds: Iterable[MediaKind], tick: int) -> None:
        """An init segment for these media is written: the first sample begins a segment, a fragment is due after
        ``tick``, where the leading medium begins.
        """
        self._lines = [self._timelines[kind] for kind in kinds]
        self.fragment_tick = tick
        self._fresh = True

    def placed(self, sample: Sample) -> None:
        """A sample has joined its timeline; it may be earlier than what came before it."""
        self.queued_bytes += len(sample.unit.data)
        if self._fresh:
            self._fresh = False
            self.segment_tick = sample.tick
        elif sample.tick < self.segment_tick and not self._segment_ends():
            self.segment_tick = sample.tick

    def end_fragment_at(self, tick: int) -> None:
        """A fragment ends there, once both media have passed it."""
        self._boundaries.append(_Boundary(tick, ends_segment=False))
        self.fragment_tick = tick

    def end_segment_at(self, tick: int) -> None:
        """A segment ends there, once both media have passed it."""
        self._boundaries.append(_Boundary(tick, ends_segment=True))
        self.segment_tick = self.fragment_tick = tick

    @property
    def is_fresh(self) -> bool:
        """Nothing was placed since the init segment."""
        return self._fresh

    @property
    def oldest_us(self) -> int | None:
        """When the oldest of what waits was captured."""
        return min((line.queue[0].unit.captured_at_us for line in self._lines if line.queue), default=None)

    # -- what is written ---------------------------------------------------------------------------------------------

    def write_ready(self) -> list[Action]:
        """The fragments whose end was passed."""
        while self._boundaries and self._is_passed(self._boundaries[0].tick):
            self._reach(self._boundaries.pop(0))
        return self._done()

    def write_all(self) -> list[Action]:
        """Everything whose duration is known, without waiting for a medium that lags."""
        self._reach_all()
        if (newest := self._newest()) is not None:
            self._take_before(newest + 1)
        return self._done()

    def finish(self, before: int | None) -> list[Action]:
        """Everything before a tick (None: all), and the end of the segment."""
        self._reach_all()
        if (newest := self._newest()) is not None:
            self._take_before(newest + 1 if before is None else before, final=True)
        self._end_segment()
        return self._done()

    def drain(self) -> list[AccessUnit]:
        """Forget what is not written yet, and give it back."""
        units = [unit for line in self._timelines.values() for unit in line.drain()]
        self._boundaries.clear()
        self._lines = []
        self._open = None
        self.queued_bytes = 0
        return units

    # -- inside ------------------------------------------------------------------------------------------------------

    def _done(self) -> list[Action]:
        out, self._out = self._out, []
        return out

    def _newest(self) -> int | None:
        return max((line.queue[-1].tick for line in self._lines if line.queue), default=None)

    def _is_passed(self, tick: int) -> bool:
        if all(line.queue and line.queue[-1].tick >= tick for line in self._lines):
            return True
        newest = self._newest()
        return newest is not None and newest - tick >= LATE

    def _segment_ends(self) -> bool:
        return any(boundary.ends_segment for boundary in self._boundaries)

    def _reach_all(self) -> None:
        while self._boundaries:
            self._reach(self._boundaries.pop(0))

    def _reach(self, boundary: _Boundary) -> None:
        self._take_before(boundary.tick)
        if boundary.ends_segment:
            self._end_segment()
            left = [line.queue[0].tick for line in self._lines if line.queue]
            if left and not self._segment_ends():
                self.segment_tick = min(self.segment_tick, *left)

    def _take_before(self, tick: int, *, final: bool = False) -> None:
        runs: dict[MediaKind, list[Sample]] = {MediaKind.VIDEO: [], MediaKind.AUDIO: []}
        for line in self._lines:
            if line.queue:
                gone = tick - line.queue[-1].tick > ABSENT
                runs[line.kind] = line.take(tick, with_last=final or gone)
        self.queued_bytes -= sum(len(sample.unit.data) for run in runs.values() for sample in run)
        while any(runs.values()):
            runs = self._write_what_fits(runs)

    def _write_what_fits(self, runs: dict[MediaKind, list[Sample]]) -> dict[MediaKind, list[Sample]]:
        """Put samples into the open segment or a new one; returns those that need the next one."""
        first = min(run[0].tick for run in runs.values() if run)
        if self._open is not None and not self._open.fits(first):
            self._end_segment()
            if not self._segment_ends():
                self.segment_tick = first
        if self._open is None:
            self._open = _Span(first, first)
        span = self._open
        span.start = min(span.start, first)
        limit = span.start + SEGMENT_MAX
        rest: dict[MediaKind, list[Sample]] = {}
        for kind, run in runs.items():
            ticks = self._timelines[kind].ticks
            rest[kind] = [sample for sample in run if sample.tick + ticks > limit]
            del run[len(run) - len(rest[kind]) :]
            if run:
                last = run[-1]
                last.duration = min(last.duration, (limit - last.tick) // ticks)
                span.end = max(span.end, last.tick + last.duration * ticks)
        self._out.append(FragmentReady(runs[MediaKind.VIDEO], runs[MediaKind.AUDIO]))
        return rest

    def _end_segment(self) -> None:
        if self._open is not None:
            self._out.append(SegmentEnded())
            self._open = None
