"""The signalling's relay: bytes come late, never changed; a cut connection is silent, a new one works."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.tcp_relay import TcpRelay

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
SILENT_S = 0.2


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data)
    writer.close()


@pytest_asyncio.fixture
async def relay() -> AsyncIterator[TcpRelay]:
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    made = await TcpRelay.listening("127.0.0.1", server.sockets[0].getsockname()[1])
    yield made
    made.close()
    server.close()


async def _connected(relay: TcpRelay) -> Streams:
    return await asyncio.open_connection("127.0.0.1", relay.port)


async def _asked(streams: Streams, text: bytes) -> bytes:
    reader, writer = streams
    writer.write(text)
    return await asyncio.wait_for(reader.readexactly(len(text)), 5)


async def _is_silent(streams: Streams, text: bytes) -> bool:
    streams[1].write(text)
    try:
        await asyncio.wait_for(streams[0].readexactly(len(text)), SILENT_S)
    except TimeoutError:
        return True
    return False


async def test_bytes_come_back_after_the_delay(relay: TcpRelay) -> None:
    relay.delay_ms = 50
    streams = await _connected(relay)
    began = asyncio.get_running_loop().time()
    assert await _asked(streams, b"one") == b"one"
    assert asyncio.get_running_loop().time() - began >= 0.1
    streams[1].write_eof()
    assert await asyncio.wait_for(streams[0].read(), 5) == b""


async def test_after_an_outage_a_new_connection_works_at_once_and_an_old_one_later(relay: TcpRelay) -> None:
    old = await _connected(relay)
    assert await _asked(old, b"one") == b"one"
    relay.set_down(True)
    assert await _is_silent(old, b"two")
    during = await _connected(relay)
    assert await _is_silent(during, b"three")
    relay.set_down(False)

    assert await _asked(await _connected(relay), b"four") == b"four"
    assert await asyncio.wait_for(old[0].readexactly(3), 5) == b"two"
    assert await asyncio.wait_for(during[0].readexactly(5), 5) == b"three"


async def test_abandoned_connections_are_silent_for_good(relay: TcpRelay) -> None:
    old = await _connected(relay)
    assert await _asked(old, b"one") == b"one"
    relay.abandon_connections()
    assert await _is_silent(old, b"two")
    assert await _asked(await _connected(relay), b"three") == b"three"
    assert await _is_silent(old, b"four")


@pytest.mark.parametrize("size", [1, 200_000])
async def test_nothing_is_lost_or_changed(relay: TcpRelay, size: int) -> None:
    text = bytes(index % 251 for index in range(size))
    assert await _asked(await _connected(relay), text) == text
