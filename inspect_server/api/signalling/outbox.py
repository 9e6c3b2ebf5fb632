"""What waits to be sent on one WebSocket: bounded, and the newest state wins.

Filled by the room, emptied by the socket's own sender task; both on the server's event loop. Messages that tell a state
(participants, quality, footage) replace an unsent one of their type. Of the others at most ``MAX_WAITING`` wait; one
more and the outbox is *overflown*: the socket is closed, and its page comes back and gets everything anew.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from inspect_server.api.signalling.messages import FootageState, Participants, Quality, ServerMessage

MAX_WAITING: Final = 64
_STATES: Final = (Participants, Quality, FootageState)


class Outbox:
    """See the module's text."""

    def __init__(self) -> None:
        self._waiting: deque[ServerMessage] = deque()
        self._wake = asyncio.Event()
        self.overflown = False
        self.close_code: int | None = None

    def put(self, message: ServerMessage) -> None:
        """Send this soon; never blocks. Nothing goes out after ``close``."""
        if self.close_code is not None or self.overflown:
            return
        if isinstance(message, _STATES):
            for index, waiting in enumerate(self._waiting):
                if type(waiting) is type(message):
                    self._waiting[index] = message
                    return
        if len(self._waiting) >= MAX_WAITING:
            self.overflown = True
            self._waiting.clear()
        else:
            self._waiting.append(message)
        self._wake.set()

    def close(self, code: int) -> None:
        """Send what waits, then close the WebSocket with ``code``. The first code counts."""
        if self.close_code is None:
            self.close_code = code
        self._wake.set()

    async def get(self) -> ServerMessage | None:
        """The next message; None when nothing follows any more."""
        while True:
            if self._waiting:
                return self._waiting.popleft()
            if self.overflown or self.close_code is not None:
                return None
            self._wake.clear()
            await self._wake.wait()
