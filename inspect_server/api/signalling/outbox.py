"""What waits to be sent on one WebSocket: bounded, and the newest state wins.

Filled by the room, emptied by the socket's own sender task; both on the server's event loop. Messages that tell a state
(``StateMessage``: participants, quality, a pointer) take an unsent one about the same away, and go to the end: they
may say what undoes something that waits before them. Of all messages at most ``MAX_WAITING`` wait; one
more and the outbox is *overflown*: the socket is closed, and its page comes back and gets everything anew.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from inspect_server.api.signalling.messages.base import ServerMessage, StateMessage

MAX_WAITING: Final = 64


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
        if isinstance(message, StateMessage):
            self._forget_former(message)
        if len(self._waiting) >= MAX_WAITING:
            self.overflown = True
            self._waiting.clear()
        else:
            self._waiting.append(message)
        self._wake.set()

    def _forget_former(self, message: StateMessage) -> None:
        for index, waiting in enumerate(self._waiting):
            if isinstance(waiting, StateMessage) and _is_about_the_same(waiting, message):
                del self._waiting[index]
                return

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


def _is_about_the_same(one: StateMessage, other: StateMessage) -> bool:
    return type(one) is type(other) and one.subject() == other.subject()
