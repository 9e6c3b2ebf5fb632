"""How long a guest at the door has to wait: one officer leads one call at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

USUAL_DURATION: Final = timedelta(minutes=20)
"""Of a call that nobody planned a duration for."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Another call of the same officer that comes first. ``began_at`` None: its guest waits, too, or is expected."""

    planned: timedelta
    began_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """``position`` 1: next. ``wait``: as far as can be told; zero: at any moment."""

    position: int
    wait: timedelta


def place_in_line(ahead: Sequence[Ahead], *, starts_at: datetime | None, now: datetime) -> Place:
    """Where a guest stands. ``starts_at``: of their own appointment; it does not begin before."""
    wait = sum((_remaining(each, now) for each in ahead), timedelta())
    if starts_at is not None:
        wait = max(wait, starts_at - now)
    return Place(position=len(ahead) + 1, wait=wait)


def _remaining(call: Ahead, now: datetime) -> timedelta:
    if call.began_at is None:
        return call.planned
    return max(timedelta(), call.planned - (now - call.began_at))
