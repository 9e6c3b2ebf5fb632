"""Back-off for wrong passwords: how long somebody has to wait after so many failures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class BackOff:
    """The first ``free`` failures cost nothing; each further one doubles the wait from ``first_wait`` to ``longest``.

    Failures are forgotten ``forget_after`` the last one.
    """

    free: int
    first_wait: timedelta
    longest: timedelta
    forget_after: timedelta


PER_NAME = BackOff(
    free=4, first_wait=timedelta(seconds=2), longest=timedelta(minutes=15), forget_after=timedelta(hours=1)
)
PER_ADDRESS = BackOff(
    free=20, first_wait=timedelta(seconds=2), longest=timedelta(minutes=15), forget_after=timedelta(hours=1)
)
"""Wider than per name: a whole office may share one address."""


@dataclass(frozen=True, slots=True)
class Failures:
    """What is remembered of one name or one address."""

    count: int
    last_at: datetime


def wait_s(failures: Failures, rule: BackOff, now: datetime) -> int:
    """Whole seconds until the next attempt is admitted; 0: at once."""
    if now - failures.last_at >= rule.forget_after or failures.count <= rule.free:
        return 0
    # The exponent is bounded so that a long attack cannot make the number huge.
    wait = min(rule.first_wait * (1 << min(failures.count - rule.free - 1, 20)), rule.longest)
    remaining = failures.last_at + wait - now
    return max(0, math.ceil(remaining.total_seconds()))
