"""The way of events from a worker to the server: a bounded queue in front of the socket.

Runs on the worker's event loop; ``run`` is a task of the worker. Holds at most ``MAX_QUEUED`` events. A server that
does not read for so long is treated as gone: facts are repeated to the next one anyway, and old news are worth nothing.
"""

from __future__ import annotations

import asyncio
from typing import Final

from inspect_server.media import framing, messages

MAX_QUEUED: Final = 10_000


class ServerGone(Exception):
    """The server closed the socket or reads no more."""


class EventChannel:
    """See the module's text."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._queue: asyncio.Queue[messages.AnyEvent] = asyncio.Queue(MAX_QUEUED)
        self._overflowed = asyncio.Event()

    def emit(self, event: messages.AnyEvent) -> None:
        """Send an event soon; callable on the event loop only, never blocks."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self._overflowed.set()

    async def run(self) -> None:
        """Send until cancelled.

        Raises:
            ServerGone: the socket is closed, or the queue is full.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send(), name="worker-events")
            await self._overflowed.wait()
            raise ServerGone

    async def _send(self) -> None:
        try:
            while True:
                self._writer.write(framing.encode(await self._queue.get()))
                await self._writer.drain()
        except ConnectionError as error:
            raise ServerGone from error

    async def send_last(self, event: messages.AnyEvent) -> None:
        """Send one event at once, without ``run``, before the worker ends."""
        self._writer.write(framing.encode(event))
        await self._writer.drain()
