"""Which losses are open, why, and when they end: the rules of declared gaps of one epoch. Pure; times in UTC µs.

A gap concerns one medium, or everything (``None``). The page's own word (*mark*: muted, in the background) is the
reason wherever it is known, also for what falls silent behind a page that was put away; otherwise it was the network,
or the disk where the recorder says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from inspect_server.domain.footage import GapReason, reason_of_silence
from inspect_server.media.access_unit import MediaKind

SHORTEST_GAP_US = 100_000
"""A shorter loss of everything (a cut in the timeline) or of audio is none: a reader could not see it."""


@dataclass(frozen=True, slots=True)
class GapChange:
    """A gap was opened or changed (``ended_us`` None), ended, or turned out to be none (``void``)."""

    number: int
    medium: MediaKind | None
    reason: GapReason
    started_us: int
    ended_us: int | None = None
    void: bool = False


class GapLedger:
    """Every method returns the changes to write down."""

    def __init__(self) -> None:
        self._next_number = 0
        self._open: dict[MediaKind | None, GapChange] = {}
        self._marks: dict[MediaKind, GapReason] = {}
        self._declared_until_us = dict.fromkeys(MediaKind, 0)

    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int, *, flowing: bool) -> list[GapChange]:
        """The page says why this medium is missing from now on, or (None) that it runs again."""
        open_gap = self._open.get(kind)
        if reason is None:
            if self._marks.pop(kind, None) is None or open_gap is None or not flowing:
                return []
            return self._end(kind, at_us)
        self._marks[kind] = reason
        if open_gap is None:
            return self._begin(kind, reason, at_us)
        if open_gap.reason is reason:
            return []
        changed = GapChange(open_gap.number, kind, reason, open_gap.started_us)
        self._open[kind] = changed
        return [changed]

    def absent(self, kind: MediaKind, since_us: int) -> list[GapChange]:
        """One medium has stopped coming while the other goes on."""
        if kind in self._open or None in self._open:
            return []
        return self._begin(kind, self._marks.get(kind, GapReason.NETWORK), since_us)

    def all_absent(
        self, kinds: Iterable[MediaKind], since_us: int, reason: GapReason = GapReason.NETWORK
    ) -> list[GapChange]:
        """Nothing comes any more, or nothing can be written."""
        if None in self._open:
            return []
        if reason is GapReason.NETWORK:
            if all(kind in self._marks for kind in kinds):
                return []
            reason = reason_of_silence(self._marks.values())
        return self._begin(None, reason, since_us)

    def recorded(self, kind: MediaKind, at_us: int, *, leads: bool) -> list[GapChange]:
        """A sample of this medium is in the footage again; ``leads``: it is the one the epoch goes by."""
        changes = []
        if kind in self._open and kind not in self._marks:
            changes += self._end(kind, at_us)
        if leads and None in self._open:
            changes += self._end(None, at_us)
        return changes

    def lost(self, kind: MediaKind, started_us: int, ended_us: int) -> list[GapChange]:
        """A loss on the way, known from its beginning to its end; what another gap covers is not declared again."""
        started_us = max(started_us, self._declared_until_us[kind])
        if kind in self._open or None in self._open or ended_us - started_us <= 0:
            return []
        if kind is MediaKind.AUDIO and ended_us - started_us < SHORTEST_GAP_US:
            return []
        self._begin(kind, GapReason.NETWORK, started_us)
        return self._end(kind, ended_us)

    def close(self, at_us: int) -> list[GapChange]:
        """The epoch ends. What is missing behind its last sample is no gap of this epoch, unless the page said so."""
        changes = []
        for medium in list(self._open):
            if medium is None and self._open[None].reason is GapReason.NETWORK:
                changes.append(self._void(None))
            else:
                changes += self._end(medium, at_us)
        return changes

    @property
    def is_open(self) -> bool:
        """True while a loss of everything is open."""
        return None in self._open

    def _begin(self, medium: MediaKind | None, reason: GapReason, at_us: int) -> list[GapChange]:
        change = GapChange(self._next_number, medium, reason, at_us)
        self._next_number += 1
        self._open[medium] = change
        return [change]

    def _end(self, medium: MediaKind | None, at_us: int) -> list[GapChange]:
        gap = self._open[medium]
        if at_us - gap.started_us < SHORTEST_GAP_US and medium is None:
            return [self._void(medium)]
        if at_us <= gap.started_us:
            return [self._void(medium)]
        del self._open[medium]
        for kind in MediaKind if medium is None else (medium,):
            self._declared_until_us[kind] = max(self._declared_until_us[kind], at_us)
        return [GapChange(gap.number, medium, gap.reason, gap.started_us, at_us)]

    def _void(self, medium: MediaKind | None) -> GapChange:
        gap = self._open.pop(medium)
        return GapChange(gap.number, medium, gap.reason, gap.started_us, void=True)
