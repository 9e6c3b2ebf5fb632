"""A bound UDP socket that is read in bursts: one wake-up of the event loop for all packets of a picture.

asyncio's own datagram transport reads one packet a wake-up, which costs more than decrypting it. Runs on the worker's
event loop; owned by whoever made it, ended by ``close``. There is no queue: what the kernel does not take is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

from inspect_server.media import datapath

Rest = list[tuple[bytes, tuple[str, int]]]
ReadBurst = Callable[[socket.socket], Rest]
"""Reads the socket, keeps what is media, and returns the other datagrams with the addresses that they came from."""


class UdpTransport(asyncio.DatagramTransport):
    """What aioice's protocol sends and receives by."""

    def __init__(self, bound: socket.socket, protocol: asyncio.DatagramProtocol) -> None:
        super().__init__({"socket": bound, "sockname": bound.getsockname()})
        self.socket = bound
        self._protocol = protocol
        self._read: ReadBurst = _without_media
        self._loop = asyncio.get_running_loop()
        self._closing = False
        bound.settimeout(0)
        protocol.connection_made(self)
        self._loop.add_reader(bound.fileno(), self._readable)

    def read_by(self, read: ReadBurst) -> None:
        """From now on this reads the socket; until then media is dropped."""
        self._read = read

    def _readable(self) -> None:
        for data, address in self._read(self.socket):
            # STUN or DTLS (RFC 7983). Anything else would lie in a queue of aioice's that nobody empties.
            if data[0] < 4 or 19 < data[0] < 64:
                self._protocol.datagram_received(data, address)

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send at once or not at all."""
        # Full, unreachable or closed: lost, as on any network.
        with contextlib.suppress(OSError):
            self.socket.sendto(data, addr)

    def is_closing(self) -> bool:
        """``close`` was called."""
        return self._closing

    def close(self) -> None:
        """Let go of the socket; safe to call more than once."""
        if self._closing:
            return
        self._closing = True
        self._loop.remove_reader(self.socket.fileno())
        self.socket.close()
        self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """The same as ``close``: nothing waits to be sent."""
        self.close()


def _without_media(source: socket.socket) -> Rest:
    return datapath.receive(source, None, {}).rest
