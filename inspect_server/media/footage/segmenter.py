"""Where fragments and segments begin and end, for one epoch: access units in, things to write out. Pure.

Run by the footage writer's thread, one instance per recorder. Owns the units that are not yet in a fragment: about
1.5 s of them, at most :data:`MAX_HELD_BYTES`.

    waiting ──────────────▶ running ─────────────▶ waiting
      until both media are      until the picture's format changes, a medium
      here, or 1 s              joins or leaves, time jumps, or nothing comes

Each passage to *running* writes an init segment. While running, a fragment ends after a second and a segment at the
first keyframe after 4 s (6 s at the latest, keyframe or not). The picture leads; sound is divided at the same instants.
"""

from dataclasses import dataclass

from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.fmp4 import VideoFormat
from inspect_server.media.footage.actions import Action, FragmentReady, InitStarted, KeyframeWanted, SegmentEnded
from inspect_server.media.footage.gap_ledger import GapLedger
from inspect_server.media.footage.init_budget import InitBudget
from inspect_server.media.footage.timeline import TICKS_PER_SECOND, Jump, Sample, Timeline

VIDEO, AUDIO = MediaKind.VIDEO, MediaKind.AUDIO

FRAGMENT_S = 1.0
SEGMENT_S = 4.0
SEGMENT_MAX_S = 6.0
KEYFRAME_LEAD_S = 0.5
SLOW_BITRATE_BPS = 500_000
"""Below this a keyframe costs too much to ask for before the maximum is near."""
SLOW_KEYFRAME_LEAD_S = 1.0
KEYFRAME_REPEAT_S = 1.0
SECOND_MEDIUM_WAIT_US = 1_000_000
ABSENT_S = 2.0
"""A medium that was not seen for so long has left."""
OUTAGE_US = 2_500_000
LATE_S = 0.5
"""How long a fragment waits for the medium that lags."""
STALLED_FRAGMENT_US = 1_500_000
MAX_HELD_BYTES = 8 * 1024 * 1024

_FRAGMENT, _SEGMENT, _SEGMENT_MAX = (int(s * TICKS_PER_SECOND) for s in (FRAGMENT_S, SEGMENT_S, SEGMENT_MAX_S))
_ABSENT, _LATE = int(ABSENT_S * TICKS_PER_SECOND), int(LATE_S * TICKS_PER_SECOND)
_ABSENT_US = int(ABSENT_S * 1_000_000)
_KEYFRAME_REPEAT = int(KEYFRAME_REPEAT_S * TICKS_PER_SECOND)


@dataclass(frozen=True, slots=True)
class _Boundary:
    tick: int
    ends_segment: bool
    limit: int | None  # no sample of the segment that ends may reach beyond


class Segmenter:
    """Every method returns what is to be done, in order.

    Args:
        expected: the media the publisher has announced; recording waits a second for all of them.
    """

    def __init__(self, expected: frozenset[MediaKind] = frozenset(MediaKind)) -> None:
        self._out: list[Action] = []
        self._gaps = GapLedger()
        self._budget = InitBudget()
        self._timelines = {kind: Timeline(kind) for kind in MediaKind}
        self._expected = expected
        self._origin_us = 0
        self._ends_us: dict[MediaKind, int] = {}  # end of the last unit of each medium
        self._suspended = False
        self._awaiting_keyframe = True
        self._asked_at_us = 0
        self._held: list[AccessUnit] = []  # waiting: all units; running: those of a medium that is about to join
        self._held_bytes = 0
        self._active: frozenset[MediaKind] = frozenset()  # media of the init in force; empty while waiting
        self._format: VideoFormat | None = None
        self._boundaries: list[_Boundary] = []
        self._segment_tick = 0
        self._fragment_tick = 0
        self._segment_bytes = 0
        self._queued_bytes = 0
        self._asked_tick: int | None = None
        self._correct: set[MediaKind] = set()
        self._segment_open = False

    # -- what happens ------------------------------------------------------------------------------------------------

    def push(self, unit: AccessUnit) -> list[Action]:
        """The next unit; each medium in its order."""
        if not self._suspended and self._admit(unit):
            if self._active:
                self._run(unit)
            else:
                self._wait(unit)
        return self._done()

    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> list[Action]:
        """The page says why a medium is missing, or (None) that it runs again."""
        flowing = at_us - self._ends_us.get(kind, 0) < _ABSENT_US
        self._out += self._gaps.mark(kind, reason, at_us, flowing=flowing)
        return self._done()

    def idle(self, now_us: int) -> list[Action]:
        """Nothing is queued at the moment; called a few times a second."""
        if not self._active:
            self._begin_if_due(now_us)
        elif now_us - max(self._ends_us.values()) > OUTAGE_US:
            kinds = self._active
            self._stop(before=None, reset=True)
            self._out += self._gaps.all_absent(kinds, min(self._ends_us[kind] for kind in kinds))
        elif any(now_us - line.queue[0].unit.captured_at_us > STALLED_FRAGMENT_US for line in self._lines()):
            self._emit_all()
        return self._done()

    def lost_to_disk(self, since_us: int, *, writable: bool) -> list[Action]:
        """Units since then were not or could not be written. Unless ``writable``, nothing is taken until resumed."""
        if writable:
            self._stop(before=None, reset=True)
        else:
            self._forget()
            self._suspended = True
        self._out += self._gaps.all_absent(MediaKind, since_us, GapReason.DISK)
        return self._done()

    def resume(self) -> list[Action]:
        """The disk takes data again."""
        self._suspended = False
        self._awaiting_keyframe = True
        self._out.append(KeyframeWanted())
        return self._done()

    def close(self, at_us: int) -> list[Action]:
        """The connection has ended; what is held is written out."""
        while self._active or self._held:
            if not self._active:
                self._begin()
            self._stop(before=None, reset=False)
        self._out += self._gaps.close(at_us)
        return self._done()

    def _done(self) -> list[Action]:
        out, self._out = self._out, []
        return out

    # -- waiting -----------------------------------------------------------------------------------------------------

    def _admit(self, unit: AccessUnit) -> bool:
        """Keep order and decodability: after a loss, and at first, video begins with a keyframe."""
        kind = unit.kind
        ended_us = self._ends_us.get(kind)
        if kind is VIDEO:
            self._awaiting_keyframe |= unit.follows_loss
            if self._awaiting_keyframe and not unit.keyframe:
                self._ask(unit.captured_at_us)
                return False
            self._awaiting_keyframe = False
        if unit.follows_loss and ended_us is not None:
            self._out += self._gaps.lost(kind, ended_us, unit.captured_at_us)
        line = self._timelines[kind]
        self._ends_us[kind] = unit.captured_at_us + line.nominal * 1_000_000 // line.rate
        return True

    def _wait(self, unit: AccessUnit) -> None:
        if unit.kind is VIDEO and unit.keyframe and self._video_changes(unit):
            self._begin()  # what was held belongs to another format
            if self._active:
                self._run(unit)
                return
        self._hold(unit)
        self._begin_if_due(unit.captured_at_us)

    def _video_changes(self, unit: AccessUnit) -> bool:
        first = next((held for held in self._held if held.kind is VIDEO), None)
        return first is not None and _format_of(first) != _format_of(unit)

    def _hold(self, unit: AccessUnit) -> None:
        if unit.kind is VIDEO:
            self._awaiting_keyframe = False
        self._held.append(unit)
        self._held_bytes += len(unit.data)

    def _begin_if_due(self, now_us: int) -> None:
        if not self._held:
            return
        complete = self._expected <= {unit.kind for unit in self._held}
        waited = now_us - min(unit.captured_at_us for unit in self._held)
        if complete or waited >= SECOND_MEDIUM_WAIT_US or self._held_bytes > MAX_HELD_BYTES:
            self._begin()

    def _begin(self) -> None:
        """Write an init segment for the media that are held, then take these units."""
        held, self._held, self._held_bytes = self._held, [], 0
        first_us = min(unit.captured_at_us for unit in held)
        if not self._budget.take(first_us):
            self._awaiting_keyframe = True
            self._out += self._gaps.all_absent(self._expected, first_us)
            return
        if not self._origin_us:
            self._origin_us = first_us
        self._active = frozenset(unit.kind for unit in held)
        first_video = next((unit for unit in held if unit.kind is VIDEO), None)
        self._format = _format_of(first_video) if first_video else None
        self._out.append(InitStarted(self._format, AUDIO in self._active, first_us))
        leader = next(unit for unit in held if unit.kind is self._leader)
        self._out += self._gaps.recorded(leader.kind, leader.captured_at_us, leads=True)
        for kind in self._ends_us.keys() - self._active:
            self._out += self._gaps.absent(kind, self._ends_us[kind])
        start = self._timelines[leader.kind].predict(leader, self._origin_us)
        self._segment_tick = self._fragment_tick = start
        self._segment_bytes = self._queued_bytes = 0
        self._asked_tick = None
        self._correct = set(self._active)
        for unit in held:
            if not self._active:
                self._wait(unit)  # the units before made an end
            else:
                self._run(unit)

    # -- running -----------------------------------------------------------------------------------------------------

    @property
    def _leader(self) -> MediaKind:
        return VIDEO if VIDEO in self._active else AUDIO

    def _lines_of(self, kinds: frozenset[MediaKind]) -> list[Timeline]:
        return [self._timelines[kind] for kind in (VIDEO, AUDIO) if kind in kinds]

    def _lines(self) -> list[Timeline]:
        return [line for line in self._lines_of(self._active) if line.queue]

    def _newest(self) -> int:
        return max(line.queue[-1].tick for line in self._lines())

    def _run(self, unit: AccessUnit) -> None:
        kind = unit.kind
        if kind not in self._active:
            self._join(unit)
            return
        self._out += self._gaps.recorded(kind, unit.captured_at_us, leads=False)
        line = self._timelines[kind]
        cut = kind is self._leader and self._cut_is_due(line, unit)
        try:
            sample = line.place(unit, self._origin_us, correct=cut or kind in self._correct)
        except Jump:
            decodable = kind is AUDIO or unit.keyframe
            if decodable:
                self._hold(unit)
            self._stop(before=None, reset=True)
            if not decodable:
                self._awaiting_keyframe = True
                self._ask(unit.captured_at_us)
            return
        self._correct.discard(kind)
        self._segment_bytes += len(unit.data)
        self._queued_bytes += len(unit.data)
        if kind is self._leader:
            self._lead(sample, cut=cut)
        else:
            self._follow(sample)
        if self._queued_bytes > MAX_HELD_BYTES:
            self._emit_all()
        while self._boundaries and self._is_ready(self._boundaries[0]):
            self._emit(self._boundaries.pop(0))

    def _cut_is_due(self, line: Timeline, unit: AccessUnit) -> bool:
        elapsed = line.predict(unit, self._origin_us) - self._segment_tick
        return (unit.keyframe and elapsed >= _SEGMENT) or elapsed + line.nominal * line.ticks > _SEGMENT_MAX

    def _join(self, unit: AccessUnit) -> None:
        """A medium that the init in force lacks. Video begins at once; sound waits for a keyframe of the picture."""
        self._hold(unit)
        if unit.kind is VIDEO:
            self._stop(before=self._timelines[VIDEO].predict(unit, self._origin_us), reset=False)
            return
        self._ask(unit.captured_at_us)
        if self._held_bytes > MAX_HELD_BYTES:
            self._stop(before=None, reset=False)

    def _lead(self, sample: Sample, *, cut: bool) -> None:
        """The leading medium decides where fragments and segments end."""
        unit, tick = sample.unit, sample.tick
        stale = unit.kind is VIDEO and (unit.keyframe or cut) and self._init_is_stale(unit)
        strays = any(self._timelines[kind].strays for kind in self._active)
        if stale or (cut and strays):
            self._stop(before=tick, reset=strays)
            return
        if cut:
            self._end_segment_at(tick)
        elif tick - self._fragment_tick >= _FRAGMENT:
            self._boundaries.append(_Boundary(tick, ends_segment=False, limit=None))
            self._fragment_tick = tick
        if unit.kind is VIDEO:
            self._ask_before_cut(unit, tick)

    def _follow(self, sample: Sample) -> None:
        """Sound beside a picture: decides only where the picture stays out."""
        tick = sample.tick
        if sample.unit.captured_at_us - self._ends_us[VIDEO] > _ABSENT_US:
            self._out += self._gaps.absent(VIDEO, self._ends_us[VIDEO])
            self._stop(before=tick, reset=False)
        elif tick - self._segment_tick > _SEGMENT_MAX + _LATE:
            self._end_segment_at(self._segment_tick + _SEGMENT_MAX)
        elif tick - self._fragment_tick >= _FRAGMENT + _LATE:
            self._fragment_tick += _FRAGMENT
            self._boundaries.append(_Boundary(self._fragment_tick, ends_segment=False, limit=None))

    def _end_segment_at(self, tick: int) -> None:
        self._boundaries.append(_Boundary(tick, ends_segment=True, limit=self._segment_tick + _SEGMENT_MAX))
        self._segment_tick = self._fragment_tick = tick
        self._segment_bytes = 0
        self._asked_tick = None
        self._correct = set(self._active) - {self._leader}

    def _init_is_stale(self, unit: AccessUnit) -> bool:
        return _format_of(unit) != self._format or self._sound_joins_or_left(unit)

    def _sound_joins_or_left(self, unit: AccessUnit) -> bool:
        """Sound is held for the next init segment, or stays out; if the picture goes on without it, that is a gap."""
        if AUDIO not in self._active:
            return bool(self._held)
        left = unit.captured_at_us - self._ends_us[AUDIO] > _ABSENT_US
        if left:
            self._out += self._gaps.absent(AUDIO, self._ends_us[AUDIO])
        return left

    def _ask_before_cut(self, unit: AccessUnit, tick: int) -> None:
        elapsed = tick - self._segment_tick
        if self._sound_joins_or_left(unit):
            self._ask(unit.captured_at_us)
            return
        slow = self._segment_bytes * 8 * TICKS_PER_SECOND < SLOW_BITRATE_BPS * elapsed
        lead = SEGMENT_MAX_S - SLOW_KEYFRAME_LEAD_S if slow else SEGMENT_S - KEYFRAME_LEAD_S
        if elapsed >= lead * TICKS_PER_SECOND and (
            self._asked_tick is None or tick - self._asked_tick >= _KEYFRAME_REPEAT
        ):
            self._asked_tick = tick
            self._out.append(KeyframeWanted())

    def _ask(self, at_us: int) -> None:
        if at_us - self._asked_at_us >= KEYFRAME_REPEAT_S * 1_000_000:
            self._asked_at_us = at_us
            self._out.append(KeyframeWanted())

    # -- fragments ---------------------------------------------------------------------------------------------------

    def _is_ready(self, boundary: _Boundary) -> bool:
        """Both media have passed it, or one of them lags too far behind to be waited for."""
        lines = self._lines_of(self._active)
        if all(line.queue and line.queue[-1].tick >= boundary.tick for line in lines):
            return True
        return self._newest() - boundary.tick >= _LATE

    def _emit_all(self) -> None:
        """Everything whose duration is known, without waiting for a medium that lags."""
        boundaries, self._boundaries = self._boundaries, []
        for boundary in boundaries:
            self._emit(boundary)
        if self._lines():
            self._emit(_Boundary(self._newest() + 1, ends_segment=False, limit=None))

    def _emit(self, boundary: _Boundary, *, final: bool = False) -> None:
        runs: dict[MediaKind, list[Sample]] = {VIDEO: [], AUDIO: []}
        for line in self._lines():
            gone = boundary.tick - line.queue[-1].tick > _ABSENT
            runs[line.kind] = line.take(boundary.tick, with_last=final or gone, end_tick=boundary.limit)
        self._queued_bytes -= sum(len(sample.unit.data) for run in runs.values() for sample in run)
        if runs[VIDEO] or runs[AUDIO]:
            self._out.append(FragmentReady(runs[VIDEO], runs[AUDIO]))
            self._segment_open = True
        if boundary.ends_segment:
            self._end_segment()

    def _end_segment(self) -> None:
        if self._segment_open:
            self._out.append(SegmentEnded())
            self._segment_open = False

    def _stop(self, *, before: int | None, reset: bool) -> None:
        """Write out everything before a tick and wait for what begins the next init; the rest is taken again then."""
        for boundary in self._boundaries:
            self._emit(boundary)
        limit = self._segment_tick + _SEGMENT_MAX
        if self._lines():
            end = self._newest() + 1 if before is None else before
            self._emit(_Boundary(end, ends_segment=True, limit=limit), final=True)
        self._end_segment()
        joining = self._held
        newest_us = max(self._ends_us.values(), default=0)
        self._expected = frozenset(kind for kind, end_us in self._ends_us.items() if newest_us - end_us <= _ABSENT_US)
        rest = [unit for line in self._timelines.values() for unit in line.drain()]
        self._forget()
        for unit in sorted((*rest, *joining), key=lambda unit: unit.captured_at_us):
            self._hold(unit)
        if reset:
            for line in self._timelines.values():
                line.reset()
        self._begin_if_due(newest_us)

    def _forget(self) -> None:
        for line in self._timelines.values():
            line.drain()
        self._boundaries = []
        self._held, self._held_bytes = [], 0
        self._active = frozenset()
        self._segment_open = False
        self._awaiting_keyframe = True


def _format_of(unit: AccessUnit) -> VideoFormat:
    return VideoFormat(unit.codec, unit.width, unit.height, unit.parameter_sets)
