"""The way to a TCP server, for tests in which it is broken, slow or damaging: connections to ``port`` go through here.

All runs on the test's event loop; ``close`` ends the connections and their tasks.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import Callable
from contextlib import suppress

from tests.support.processes import free_port

CHUNK_BYTES = 65536


class TcpWay:
    """Can be closed, which breaks all connections and refuses new ones, and opened again.

    ``damage`` is done to what goes to the server. ``to_server_bps``: the rate at which all connections together may
    send to the server; 0: no limit.
    """

    def __init__(
        self, server_url: str, *, damage: Callable[[bytes], bytes] = lambda content: content, to_server_bps: int = 0
    ) -> None:
        self.port = free_port()
        self.to_server_bps = to_server_bps
        self.accepted = 0
        self._damage = damage
        self._server_port = urllib.parse.urlsplit(server_url).port
        self._server: asyncio.Server | None = None
        self._passing = asyncio.Event()
        self._passing.set()
        self._free_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def close(self) -> None:
        """Break all connections and refuse new ones."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def fall_silent(self) -> None:
        """From now on nothing passes, and nobody is told: new connections are accepted and hang, too."""
        self._passing.clear()

    def speak(self) -> None:
        """End the silence; what was under way goes on."""
        self._passing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.accepted += 1
        to_server: asyncio.StreamWriter | None = None
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._copy(reader, to_server, is_to_server=True))
                ways.create_task(self._copy(from_server, writer, is_to_server=False))
        except* OSError:
            pass  # one side hung up; so does the other below
        except* asyncio.CancelledError:
            pass  # the way is closed
        finally:
            self._tasks.discard(task)
            for end in (writer, to_server):
                if end is not None:
                    end.transport.abort()

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_to_server: bool) -> None:
        while content := await source.read(CHUNK_BYTES):
            await self._passing.wait()
            if is_to_server:
                await self._take_turn(len(content))
                content = self._damage(content)
            sink.write(content)
            await sink.drain()
        with suppress(OSError):
            sink.write_eof()

    async def _take_turn(self, size: int) -> None:
        if not self.to_server_bps:
            return
        now = asyncio.get_running_loop().time()
        self._free_at = max(now, self._free_at) + size * 8 / self.to_server_bps
        await asyncio.sleep(self._free_at - now)
