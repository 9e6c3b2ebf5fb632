"""Compares the server's clock with a better one every ten minutes.

Runs on the server's event loop as one task. What it found last is kept with every recording that begins; a comparison
that fails is tried again in the next round, and until then nothing is known.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from inspect_server.domain.errors import InspectError
from inspect_server.domain.timekeeping import ClockReading

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 600.0


class Timekeeper:
    """``compare`` gives None where there is no better clock to ask, and raises InspectError or OSError if it cannot."""

    def __init__(self, compare: Callable[[], Awaitable[ClockReading | None]]) -> None:
        self._compare = compare
        self._latest: ClockReading | None = None

    @property
    def latest(self) -> ClockReading | None:
        """What the last comparison found, at most ten minutes ago; None if it failed or there was nothing to ask."""
        return self._latest

    async def run(self) -> None:
        """A comparison now and every ten minutes, until cancelled."""
        while True:
            await self._look()
            await asyncio.sleep(INTERVAL_S)

    async def _look(self) -> None:
        try:
            self._latest = await self._compare()
        except (InspectError, OSError) as error:
            self._latest = None
            logger.warning("nobody knows whether the clock is right: %s", error)
            return
        if self._latest is not None and not self._latest.good:
            logger.error("the clock is off, and footage carries its time: %s", self._latest)
