"""What waits to be carried out in one room, in order.

Filled by ``Rooms`` on the server's event loop, never blocking; emptied by the room's own task (``run``), so that a slow
media worker or database holds up this room and no other. What services announced is never dropped, and what waits
already is not noted twice. Of the worker's news at most ``MAX_NEWS`` wait; beyond that the newest are dropped, with a
line in the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from pydantic import BaseModel

from inspect_server.services.announcements import Announcement

logger = logging.getLogger(__name__)

MAX_NEWS: Final = 200

News = Announcement | BaseModel


class Line:
    """See the module's text. ``is_busy``: something waits or is being carried out."""

    def __init__(self) -> None:
        self._waiting: deque[News] = deque()
        self._came = asyncio.Event()
        self.is_busy = False

    def put(self, news: News) -> None:
        """Have this carried out after what waits already; never blocks."""
        if isinstance(news, BaseModel):
            if sum(isinstance(each, BaseModel) for each in self._waiting) >= MAX_NEWS:
                logger.error("too much waits in a room; %s is dropped", news)
                return
        elif news in self._waiting:
            return
        self._waiting.append(news)
        self.is_busy = True
        self._came.set()

    async def run(self, carry_out: Callable[[News], Awaitable[None]]) -> None:
        """Until cancelled. What fails ends with a log line."""
        while True:
            while self._waiting:
                news = self._waiting.popleft()
                try:
                    await carry_out(news)
                except Exception:
                    # The root of one announcement: the next one is carried out all the same.
                    logger.exception("%s could not be carried out", news)
            self.is_busy = False
            self._came.clear()
            await self._came.wait()
