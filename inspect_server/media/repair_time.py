"""How long lost packets take to come after all: what a viewer's playout should lag behind to show no stall. Pure."""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_S: Final = 10.0
MAX_REPAIRS: Final = 1024
# So many repairs of a window may be late: covering the very last ones would cost everybody too much delay.
MAY_BE_LATE: Final = 3
# A stall now and then is better than a delay for good.
MIN_REPAIRS: Final = 5
STEP_MS: Final = 20
LONGEST_MS: Final = 1000


class RepairTime:
    """Fed with each repair; holds the newest ``MAX_REPAIRS``."""

    def __init__(self) -> None:
        self._repairs: deque[tuple[float, float]] = deque(maxlen=MAX_REPAIRS)

    def repaired(self, after_s: float, now: float) -> None:
        """A packet came that had been missing for so long. ``now``: monotonic seconds."""
        self._repairs.append((now, after_s))

    def playout_delay_ms(self, now: float) -> int:
        """What covers all repairs of the last ``WINDOW_S`` but the slowest few; 0 while there were hardly any."""
        while self._repairs and self._repairs[0][0] < now - WINDOW_S:
            self._repairs.popleft()
        if len(self._repairs) < MIN_REPAIRS:
            return 0
        times = sorted(after_s for _, after_s in self._repairs)
        needed_ms = times[-1 - MAY_BE_LATE] * 1000
        return min(STEP_MS * (int(needed_ms) // STEP_MS + 1), LONGEST_MS)
