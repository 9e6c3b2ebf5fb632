"""Hints (画面提示): what is wrong with a picture, told when it lasts and taken back when it is over. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Hint(StrEnum):
    """What a person on the other side can do something about."""

    TOO_DARK = "too_dark"
    BLURRED = "blurred"
    COVERED = "covered"
    FROZEN = "frozen"
    UNCHANGED = "unchanged"


class CodeKind(StrEnum):
    """A code with an area (QR, Data Matrix …) or one of bars, as on goods."""

    QR = "qr"
    BAR = "bar"


LASTING = {
    Hint.TOO_DARK: timedelta(seconds=4),
    Hint.BLURRED: timedelta(seconds=4),
    Hint.COVERED: timedelta(seconds=4),
    Hint.FROZEN: timedelta(seconds=12),
    Hint.UNCHANGED: timedelta(seconds=90),
}
"""So long a picture must be so before anybody is told: a hand that passes the lens is nothing."""

FORGIVING = timedelta(seconds=5)
"""So long it must be good before a hint is taken back: one that comes and goes helps nobody."""


@dataclass(frozen=True, slots=True)
class HintChange:
    """A hint that begins or ends. ``since``: when the picture became so, or good again."""

    hint: Hint
    active: bool
    since: datetime


class HintLog:
    """What has been told of one picture. Looks come in order of time; each says what it saw."""

    def __init__(self) -> None:
        self._seen_since: dict[Hint, datetime] = {}
        self._gone_since: dict[Hint, datetime] = {}
        self._told: set[Hint] = set()

    @property
    def active(self) -> frozenset[Hint]:
        """What has been told and not been taken back."""
        return frozenset(self._told)

    def look(self, seen: Iterable[Hint], at: datetime) -> list[HintChange]:
        """What is to be told after a look."""
        now_seen = set(seen)
        changes = []
        for hint in Hint:
            if hint in now_seen:
                self._gone_since.pop(hint, None)
                since = self._seen_since.setdefault(hint, at)
                if hint not in self._told and at - since >= LASTING[hint]:
                    self._told.add(hint)
                    changes.append(HintChange(hint, active=True, since=since))
            elif hint in self._told:
                since = self._gone_since.setdefault(hint, at)
                if at - since >= FORGIVING:
                    self._forget(hint)
                    changes.append(HintChange(hint, active=False, since=since))
            else:
                self._seen_since.pop(hint, None)
        return changes

    def end(self, at: datetime) -> list[HintChange]:
        """No more pictures come: everything is taken back."""
        changes = [HintChange(hint, active=False, since=at) for hint in Hint if hint in self._told]
        for change in changes:
            self._forget(change.hint)
        return changes

    def _forget(self, hint: Hint) -> None:
        self._told.discard(hint)
        self._seen_since.pop(hint, None)
        self._gone_since.pop(hint, None)
