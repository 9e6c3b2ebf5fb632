"""The UDP sockets of a worker: media read by a ``datapath.Reader``, all other datagrams handed to aioice.

Runs on the worker's event loop. ``UdpSockets`` is owned by the worker and ended by ``close``; each ``UdpTransport`` is
owned by whoever made it and ended by its own. There is no queue of datagrams to send: what the kernel does not take is
dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from typing import Any

from inspect_server.media import datapath
from inspect_server.media.datapath import Burst, Endpoint
from inspect_server.media.ice_addresses import IceAddresses

logger = logging.getLogger(__name__)

OnMedia = Callable[[Burst], None]
"""Gets what was decrypted, before aioice gets the rest."""


class UdpSockets:
    """Where connections of this worker are reached, and the one reader of them all. ``addresses``: to be bound."""

    def __init__(self, addresses: IceAddresses) -> None:
        self.addresses = addresses
        self._reader = datapath.Reader()
        self._transports: dict[Endpoint, UdpTransport] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, bound: socket.socket, protocol: asyncio.DatagramProtocol) -> UdpTransport:
        """Read this socket from now on."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._reader.fileno(), self._look)
        endpoint = self._reader.open(bound)
        transport = UdpTransport(bound, endpoint, protocol, closed=lambda: self._transports.pop(endpoint, None))
        self._transports[endpoint] = transport
        return transport

    def _look(self) -> None:
        for endpoint in self._reader.ready():
            if (transport := self._transports.get(endpoint)) is not None:
                transport.look()

    def close(self) -> None:
        """Read nothing more; transports may be closed before or afterwards."""
        if self._loop is not None:
            self._loop.remove_reader(self._reader.fileno())
        self._reader.close()


class UdpTransport(asyncio.DatagramTransport):
    """What aioice's protocol sends and receives by."""

    def __init__(
        self,
        bound: socket.socket,
        endpoint: Endpoint,
        protocol: asyncio.DatagramProtocol,
        *,
        closed: Callable[[], object],
    ) -> None:
        super().__init__({"socket": bound, "sockname": bound.getsockname()})
        self.socket = bound
        self.endpoint = endpoint
        self._protocol = protocol
        self._closed = closed
        self._on_media: OnMedia = _ignore_media
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._looking = False
        bound.settimeout(0)
        protocol.connection_made(self)

    def media_to(self, on_media: OnMedia) -> None:
        """From now on this gets the media; until then it is dropped."""
        self._on_media = on_media

    def look(self) -> None:
        """Take in what has arrived. Within another look nothing happens: what came first is taken in first."""
        if self._looking:
            return
        self._looking = True
        try:
            burst = self.endpoint.take()
            try:
                self._on_media(burst)
            except Exception:
                # Others read by the same round, and nothing of theirs may be lost for this.
                logger.exception("a fault in what takes in media; this burst is lost")
            for data, address in burst.rest:
                # STUN or DTLS (RFC 7983). Anything else would lie in a queue of aioice's that nobody empties.
                if data[0] < 4 or 19 < data[0] < 64:
                    self._protocol.datagram_received(data, address)
        finally:
            self._looking = False

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
        self._closed()
        self.endpoint.close()
        self.socket.close()
        self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """The same as ``close``: nothing waits to be sent."""
        self.close()


def _ignore_media(burst: Burst) -> None:
    """There are no keys yet."""
