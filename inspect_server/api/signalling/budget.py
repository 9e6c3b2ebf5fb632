"""How much a page may say: far more than any honest one does, so that none keeps the server from all others."""

from __future__ import annotations

from typing import Final

BURST: Final = 1000
"""What a page may have queued while its network was away: a pointer for half a minute, drawing, and candidates."""
PER_SECOND: Final = 100.0
"""A pointer moves 30 times a second."""


class Budget:
    """A token bucket for the messages of one window. Pure: ``now`` is monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._tokens = float(BURST)
        self._at = now

    def take(self, now: float) -> bool:
        """Whether one more message is within it."""
        self._tokens = min(BURST, self._tokens + (now - self._at) * PER_SECOND)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
