"""Decides when a look at footage is a new one that deserves its own audit event.

A replay asks for the growing playlist every few seconds and for hundreds of segments; all of that is one look, until
it pauses for ``LOOK_LASTS``. Kept in memory: a restart only means one event more. Bounded: the oldest look is
forgotten first, which again means one event more, never one less.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

LOOK_LASTS = timedelta(minutes=10)
CAPACITY = 10_000


class ViewingLog:
    """One per process."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._last_seen: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def is_new_look(self, user_id: str, subject: str, now: datetime) -> bool:
        """Whether ``user_id`` begins to look at ``subject`` now; call ``seen`` once the look is audited."""
        last = self._last_seen.get((user_id, subject))
        return last is None or now - last >= LOOK_LASTS

    def seen(self, user_id: str, subject: str, now: datetime) -> None:
        """The look goes on."""
        self._last_seen[user_id, subject] = now
        self._last_seen.move_to_end((user_id, subject))
        while len(self._last_seen) > self._capacity:
            self._last_seen.popitem(last=False)
