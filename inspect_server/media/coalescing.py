"""An event loop that looks for packets at most every 1.6 milliseconds: fewer wake-ups, each with more to do.

Senders pace the packets of a picture, so that nearly each would wake the loop for itself; waking costs more than
carrying the packet. Network cards coalesce their interrupts for the same reason. The price is half of the interval as
added latency on average, its whole in the worst case. Timers are not delayed, nor is what the loop itself has to do.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import Final

INTERVAL_S: Final = 0.0016


class CoalescingSelector(selectors.EpollSelector):
    """Waits so long after the last look that what arrives meanwhile comes out together."""

    def __init__(self) -> None:
        super().__init__()
        self._next_look_at = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As every selector's; ``timeout`` in seconds, None for ever."""
        if timeout is None or timeout > 0:
            pause_s = self._next_look_at - time.monotonic()
            if pause_s > 0:
                if timeout is not None:
                    pause_s = min(pause_s, timeout)
                    timeout -= pause_s
                time.sleep(pause_s)
        events = super().select(timeout)
        self._next_look_at = time.monotonic() + INTERVAL_S
        return events


def new_event_loop() -> asyncio.AbstractEventLoop:
    """For ``asyncio.Runner``."""
    return asyncio.SelectorEventLoop(CoalescingSelector())
