"""How far the server's clock is off: footage carries its time as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_OFFSET_MS: Final = 500.0
"""Within this a clock is as good as a person's watch."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One comparison. ``offset_ms``: what has to be added to the server's clock. ``source``: whose clock is better."""

    offset_ms: float
    source: str

    @property
    def good(self) -> bool:
        """Whether the server's time can stand in a record as it is."""
        return abs(self.offset_ms) <= MAX_OFFSET_MS

    def __str__(self) -> str:
        return f"{self.offset_ms:+.0f} ms, {self.source}"


def told_clock(readings: list[ClockReading]) -> str:
    """Of several the worst, as a record tells it; empty if the clock was never compared."""
    return str(max(readings, key=lambda each: abs(each.offset_ms))) if readings else ""
