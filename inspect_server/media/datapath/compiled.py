"""The compiled data path: ``native.c`` behind the face of ``portable.py``. Only where that is built."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from inspect_server.media.datapath import native
from inspect_server.media.datapath.burst import Burst, Destination, Identity, Srtp
from inspect_server.media.datapath.native import Fanout as Fanout  # noqa: PLC0414 - part of the face
from inspect_server.media.datapath.native import RtpPacket as RtpPacket  # noqa: PLC0414 - part of the face


def receive(source: socket.socket, srtp: Srtp | None, fanouts: dict[int, Fanout]) -> Burst:
    """See ``portable.receive``."""
    if srtp is None:
        return Burst(*native.receive(source.fileno(), 0, 0, 0, fanouts))
    return Burst(*native.receive(source.fileno(), srtp.context, srtp.unprotect, srtp.unprotect_rtcp, fanouts))


def send(to: Destination, packets: list[RtpPacket], identity: Identity, send_time: int) -> int:
    """See ``portable.send``."""
    return native.send(to.socket.fileno(), to.address, to.srtp.context, to.srtp.protect, packets, identity, send_time)


def socket_address(address: Sequence[str | int], family: int) -> bytes:
    """See ``portable.socket_address``."""
    return native.socket_address(str(address[0]), int(address[1]), family)
