"""Where fragments and segments begin and end, for one epoch: access units in, things to write out. Pure.

Run by the footage writer's thread, one instance per recorder. Owns the units that are not yet in a fragment: about
1.5 s of them, at most :data:`MAX_HELD_BYTES`.

    waiting ──────────────▶ running ─────────────▶ waiting
      until both media are      until the picture's format changes, a medium
      here, or 1 s              joins or leaves, time jumps, or nothing comes

Each passage to *running* writes an init segment. While running, a fragment ends after a second and a segment at the
first keyframe after 4 s, or at an earlier one if the next would come too late for it: 6 s is the most, keyframe or not.
The picture leads; sound is divided at the same instants. Behind an init segment browsers show no picture before a
keyframe, so one is waited for.
"""

from dataclasses import replace

from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.fmp4 import VideoFormat
from inspect_server.media.footage.actions import Action, InitStarted, KeyframeWanted
from inspect_server.media.footage.budget import Budget
from inspect_server.media.footage.fragments import ABSENT, LATE, SEGMENT_MAX, Fragments
from inspect_server.media.footage.gap_ledger import GapLedger
from inspect_server.media.footage.timeline import TICKS_PER_SECOND, Jump, Sample, Timeline

VIDEO, AUDIO = MediaKind.VIDEO, MediaKind.AUDIO

FRAGMENT_S = 1.0
SEGMENT_S = 4.0
SLOW_BITRATE_BPS = 500_000
"""Below this a keyframe costs too much to ask for before the maximum is near."""
SLOW_KEYFRAME_LEAD_S = 1.0
KEYFRAME_REPEAT_S = 1.0
SECOND_MEDIUM_WAIT_US = 1_000_000
KEYFRAME_WAIT_US = 12_000_000
"""Sound that joins a picture waits so long for a keyframe; after that it is kept even where the picture is hidden."""
OUTAGE_US = 2_500_000
STALLED_FRAGMENT_US = 1_500_000
MAX_HELD_BYTES = 8 * 1024 * 1024

_FRAGMENT, _SEGMENT = int(FRAGMENT_S * TICKS_PER_SECOND), int(SEGMENT_S * TICKS_PER_SECOND)
_ABSENT_US = ABSENT * 1_000_000 // TICKS_PER_SECOND
_SLOW_KEYFRAME_LEAD = int(SLOW_KEYFRAME_LEAD_S * TICKS_PER_SECOND)
_KEYFRAME_REPEAT = int(KEYFRAME_REPEAT_S * TICKS_PER_SECOND)
_KEYFRAME_EARLY = TICKS_PER_SECOND // 2  # keyframes do not come to the tenth of a second


class Segmenter:
    """Every method returns what is to be done, in order.

    Args:
        expected: the media the publisher has announced; recording waits a second for all of them.
        gaps: those of an earlier segmenter of the same epoch.
    """

    def __init__(self, expected: frozenset[MediaKind] = frozenset(MediaKind), gaps: GapLedger | None = None) -> None:
        self._out: list[Action] = []
        self._gaps = gaps or GapLedger()
        self._budget = Budget()
        self._timelines = {kind: Timeline(kind) for kind in MediaKind}
        self._fragments = Fragments(self._timelines)
        self._announced = self._expected = expected
        self._origin_us = 0
        self._ends_us: dict[MediaKind, int] = {}  # end of the last unit of each medium
        self._recorded_us: dict[MediaKind, int] = {}  # end of the last one that was placed
        self._suspended = False
        self._awaiting_keyframe = True
        self._left_out = False  # pictures that came, but lack their keyframe
        self._asked_at_us = 0
        self._held: list[AccessUnit] = []  # waiting: all units; running: those of a medium that is about to join
        self._held_bytes = 0
        self._active: frozenset[MediaKind] = frozenset()  # media of the init in force; empty while waiting
        self._format: VideoFormat | None = None
        self._segment_bytes = 0
        self._asked_tick: int | None = None
        self._keyframe_tick = 0  # where the newest one of the leading medium stands
        self._correct: set[MediaKind] = set()

    # -- what happens ------------------------------------------------------------------------------------------------

    def push(self, unit: AccessUnit) -> list[Action]:
        """The next unit; each medium in its order."""
        if not self._suspended and (admitted := self._admitted(unit)) is not None:
            if self._active:
                self._run(admitted)
            else:
                self._wait(admitted)
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
        elif (oldest_us := self._fragments.oldest_us) is not None and now_us - oldest_us > STALLED_FRAGMENT_US:
            self._out += self._fragments.write_all()
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

    def left_out(self, kind: MediaKind, until_us: int) -> list[Action]:
        """Units of this medium until then came, but cannot be decoded, and no later one will tell of it."""
        if kind in self._ends_us:
            self._out += self._gaps.lost(kind, self._ends_us[kind], until_us)
        return self._done()

    def resume(self) -> list[Action]:
        """The disk takes data again."""
        self._suspended = False
        self._awaiting_keyframe = True
        self._out.append(KeyframeWanted())
        return self._done()

    def successor(self) -> "Segmenter":
        """One that goes on in the same epoch when this one cannot: with its gaps and what explains them."""
        successor = Segmenter(self._announced, self._gaps)
        successor._ends_us = self._ends_us
        successor._recorded_us = self._recorded_us
        return successor

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

    def _admitted(self, unit: AccessUnit) -> AccessUnit | None:
        """Keep order and decodability: after a loss, and at first, video begins with a keyframe."""
        if unit.kind is VIDEO:
            self._awaiting_keyframe |= unit.follows_loss
            if self._awaiting_keyframe and not unit.keyframe:
                self._left_out = True
                self._ask(unit.captured_at_us)
                return None
            if self._left_out:
                unit = replace(unit, follows_loss=True)
            self._awaiting_keyframe = self._left_out = False
        self._ends_us[unit.kind] = self._end_us(unit)
        return unit

    def _end_us(self, unit: AccessUnit) -> int:
        line = self._timelines[unit.kind]
        return unit.captured_at_us + line.nominal * 1_000_000 // line.rate

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
        leader_tick = self._timelines[leader.kind].tick_at(leader.captured_at_us, self._origin_us)
        self._fragments.begin(self._active, leader_tick)
        self._keyframe_tick = leader_tick
        self._out += self._gaps.recorded(leader.kind, leader.captured_at_us, leads=True)
        for kind in self._ends_us.keys() - self._active:
            self._out += self._gaps.absent(kind, self._ends_us[kind])
        self._segment_bytes = 0
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

    def _run(self, unit: AccessUnit) -> None:
        kind = unit.kind
        if kind not in self._active:
            self._join(unit)
            return
        self._note_recorded(unit)
        line = self._timelines[kind]
        try:
            cut = kind is self._leader and self._cut_is_due(line, unit)
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
        self._fragments.placed(sample)
        if kind is self._leader:
            self._lead(sample, cut=cut)
        else:
            self._follow(sample)
        if self._fragments.queued_bytes > MAX_HELD_BYTES:
            self._out += self._fragments.write_all()
        self._out += self._fragments.write_ready()

    def _note_recorded(self, unit: AccessUnit) -> None:
        """End the gap before it, or declare the loss; a unit that is taken again has had its turn."""
        kind, at_us = unit.kind, unit.captured_at_us
        if unit.follows_loss and kind in self._recorded_us:
            self._out += self._gaps.lost(kind, self._recorded_us[kind], at_us)
        self._recorded_us[kind] = max(self._end_us(unit), self._recorded_us.get(kind, 0))
        self._out += self._gaps.recorded(kind, at_us, leads=False)

    def _cut_is_due(self, line: Timeline, unit: AccessUnit) -> bool:
        if self._fragments.is_fresh:
            return False
        tick = line.predict(unit, self._origin_us)
        elapsed = tick - self._fragments.segment_tick
        # Keyframes are expected to go on as they have come.
        next_keyframe = elapsed + tick - self._keyframe_tick + _KEYFRAME_EARLY
        cuts_well = unit.keyframe and (elapsed >= _SEGMENT or next_keyframe > SEGMENT_MAX)
        return cuts_well or elapsed + line.nominal * line.ticks > SEGMENT_MAX

    def _join(self, unit: AccessUnit) -> None:
        """A medium that the init in force lacks. Video begins at once; sound waits for a keyframe of the picture."""
        self._hold(unit)
        if unit.kind is VIDEO:
            self._stop(before=self._timelines[VIDEO].tick_at(unit.captured_at_us, self._origin_us), reset=False)
            return
        if self._picture_stays_out(unit):
            self._stop(before=None, reset=False)
            return
        self._ask(unit.captured_at_us)
        if self._held_bytes > MAX_HELD_BYTES:
            self._stop(before=None, reset=False)

    def _lead(self, sample: Sample, *, cut: bool) -> None:
        """The leading medium decides where fragments and segments end."""
        unit, tick = sample.unit, sample.tick
        if unit.keyframe:
            self._keyframe_tick = tick
        stale = unit.kind is VIDEO and self._init_is_stale(unit)
        if (unit.keyframe and (stale or (cut and self._strays))) or (cut and self._sound_has_waited(unit)):
            self._stop(before=tick, reset=False)
            return
        if cut:
            self._end_segment_at(tick)
        elif tick - self._fragments.fragment_tick >= _FRAGMENT:
            self._fragments.end_fragment_at(tick)
        if unit.kind is VIDEO:
            self._ask_before_cut(unit, tick)

    def _follow(self, sample: Sample) -> None:
        """Sound beside a picture: decides only where the picture stays out."""
        tick, fragments = sample.tick, self._fragments
        if self._picture_stays_out(sample.unit):
            self._stop(before=tick, reset=False)
        elif tick - fragments.segment_tick > SEGMENT_MAX + LATE:
            self._end_segment_at(fragments.segment_tick + SEGMENT_MAX)
        elif tick - fragments.fragment_tick >= _FRAGMENT + LATE:
            fragments.end_fragment_at(fragments.fragment_tick + _FRAGMENT)

    def _picture_stays_out(self, sound: AccessUnit) -> bool:
        """If the sound goes on without it, that is a gap."""
        left = sound.captured_at_us - self._ends_us[VIDEO] > _ABSENT_US
        if left:
            self._out += self._gaps.absent(VIDEO, self._ends_us[VIDEO])
        return left

    def _end_segment_at(self, tick: int) -> None:
        self._fragments.end_segment_at(tick)
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

    def _sound_has_waited(self, unit: AccessUnit) -> bool:
        return bool(self._held) and unit.captured_at_us - self._held[0].captured_at_us > KEYFRAME_WAIT_US

    def _ask_before_cut(self, unit: AccessUnit, tick: int) -> None:
        elapsed = tick - self._fragments.segment_tick
        if self._sound_joins_or_left(unit):
            self._ask(unit.captured_at_us)
            return
        slow = self._segment_bytes * 8 * TICKS_PER_SECOND < SLOW_BITRATE_BPS * elapsed
        lead = SEGMENT_MAX - _SLOW_KEYFRAME_LEAD if slow else _SEGMENT
        if elapsed >= lead and (self._asked_tick is None or tick - self._asked_tick >= _KEYFRAME_REPEAT):
            self._asked_tick = tick
            self._out.append(KeyframeWanted())

    def _ask(self, at_us: int) -> None:
        if at_us - self._asked_at_us >= KEYFRAME_REPEAT_S * 1_000_000:
            self._asked_at_us = at_us
            self._out.append(KeyframeWanted())

    def _stop(self, *, before: int | None, reset: bool) -> None:
        """Write out everything before a tick and wait for what begins the next init; the rest is taken again then."""
        self._out += self._fragments.finish(before)
        joining = self._held
        newest_us = max(self._ends_us.values(), default=0)
        self._expected = frozenset(kind for kind, end_us in self._ends_us.items() if newest_us - end_us <= _ABSENT_US)
        rest = self._fragments.drain()
        reset |= self._strays
        self._forget()
        for unit in sorted((*rest, *joining), key=lambda unit: unit.captured_at_us):
            self._hold(unit)
        if reset:
            for line in self._timelines.values():
                line.reset()
        self._begin_if_due(newest_us)

    @property
    def _strays(self) -> bool:
        """A medium is dated too late, which only another init segment can take back."""
        return any(self._timelines[kind].strays for kind in self._active)

    def _forget(self) -> None:
        self._fragments.drain()
        self._held, self._held_bytes = [], 0
        self._active = frozenset()
        self._awaiting_keyframe = True


def _format_of(unit: AccessUnit) -> VideoFormat:
    return VideoFormat(unit.codec, unit.width, unit.height, unit.parameter_sets)
