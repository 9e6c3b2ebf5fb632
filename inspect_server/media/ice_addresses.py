"""Where browsers reach the connections of a worker, and binding the sockets for one of them.

A connection uses one port number on all addresses, so that behind a NAT that passes ports through as they are
(1:1 NAT, port forwarding) the public address goes with the same port whichever local address the NAT leads to.
"""

from __future__ import annotations

import errno
import logging
import random
import socket
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from inspect_server.domain.errors import MediaUnavailable

logger = logging.getLogger(__name__)

# The kernel picks a port that is free on the first address; it is hardly ever taken on another one.
ATTEMPTS_OF_KERNEL: Final = 8


@dataclass(frozen=True, slots=True)
class IceAddresses:
    """``local``: this machine's own. ``public``: what a NAT in front of it shows. ``ports``: empty, any free one."""

    local: Sequence[str]
    public: Sequence[str] = ()
    ports: range = range(0)


class _PortTakenError(Exception):
    """On one of the addresses."""


def bind_sockets(addresses: IceAddresses) -> list[socket.socket]:
    """UDP sockets with one port number, one on each local address; addresses that cannot be bound are passed over.

    Raises:
        MediaUnavailable: every port is taken.
    """
    for port in _ports_to_try(addresses.ports):
        try:
            return _bind_on_each(addresses.local, port)
        except _PortTakenError:
            continue
    raise MediaUnavailable(f"no free UDP port among {_shown(addresses.ports)}")


def _ports_to_try(ports: range) -> Iterable[int]:
    """At random, so that the workers of one machine seldom meet; 0 lets the kernel pick."""
    return random.sample(ports, len(ports)) if ports else [0] * ATTEMPTS_OF_KERNEL


def _bind_on_each(addresses: Sequence[str], port: int) -> list[socket.socket]:
    with ExitStack() as opened:
        sockets: list[socket.socket] = []
        for address in addresses:
            bound = _bind(address, port)
            if bound is not None:
                sockets.append(opened.enter_context(bound))
                port = bound.getsockname()[1]
        opened.pop_all()
    return sockets


def _bind(address: str, port: int) -> socket.socket | None:
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.bind((address, port))
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise _PortTakenError from error
        logger.warning("no media on %s: %s", address, error)
        return None
    return made


def _shown(ports: range) -> str:
    return f"{ports.start} to {ports.stop - 1}" if ports else "those that the kernel picked"
