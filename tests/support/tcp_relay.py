"""A bad network for the signalling: TCP connections to the server go through here, late or not at all.

``TcpRelay.port`` stands for the server's port; a page that is opened on it makes all its requests through the relay.
Bytes are never lost, for TCP repeats them: they come later. After an outage a connection stays silent for as long
again, as one whose repetitions back off does at worst; a new one works at once. ``abandon_connections`` makes the
present ones silent for good, as a change of network does.

All runs on the test's event loop. The relay owns its connections and their tasks; ``close`` ends them.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Self

CHUNK_BYTES = 1 << 16


@dataclass(eq=False)
class _Connection:
    """When it was opened, in the loop's time, and whether bytes pass at present."""

    opened_at: float
    passing: asyncio.Event


class TcpRelay:
    """See the module's text. ``delay_ms``: one way."""

    def __init__(self, host: str, port: int, *, delay_ms: float = 0) -> None:
        self.delay_ms = delay_ms
        self.port = 0
        self._target = (host, port)
        self._loop = asyncio.get_running_loop()
        self._server: asyncio.Server | None = None
        self._down_since: float | None = None
        self._connections: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def listening(cls, host: str, port: int, *, delay_ms: float = 0) -> Self:
        relay = cls(host, port, delay_ms=delay_ms)
        relay._server = await asyncio.start_server(relay._accepted, "127.0.0.1", 0)
        relay.port = relay._server.sockets[0].getsockname()[1]
        return relay

    def set_down(self, down: bool) -> None:
        """Start or end an outage."""
        now = self._loop.time()
        if down:
            self._down_since = now
            for connection in self._connections:
                connection.passing.clear()
            return
        began, self._down_since = self._down_since, None
        if began is None:
            return
        for connection in self._connections:
            self._loop.call_at(now + now - max(began, connection.opened_at), connection.passing.set)

    def abandon_connections(self) -> None:
        """The present connections lead nowhere for good."""
        for connection in self._connections:
            connection.passing = asyncio.Event()
        self._connections.clear()

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Not left to the stream server, which takes a cancelled connection for an error.
        task = self._loop.create_task(self._relayed(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relayed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(self._loop.time(), asyncio.Event())
        if self._down_since is None:
            connection.passing.set()
        self._connections.add(connection)
        to_server: asyncio.StreamWriter | None = None
        try:
            await connection.passing.wait()
            from_server, to_server = await asyncio.open_connection(*self._target)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._carry(connection, reader, to_server))
                ways.create_task(self._carry(connection, from_server, writer))
        except* OSError:
            pass  # one side hung up; so does the other below
        finally:
            self._connections.discard(connection)
            for end in (writer, to_server):
                if end is not None:
                    end.close()

    async def _carry(self, connection: _Connection, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(CHUNK_BYTES):
            await asyncio.sleep(self.delay_ms / 1000)
            await connection.passing.wait()
            sink.write(data)
            await sink.drain()
        await connection.passing.wait()
        with contextlib.suppress(OSError):
            sink.write_eof()
