"""The compiled data path: ``native.c`` behind the face of ``portable.py``. Only where that is built."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_server.media.datapath import native
from inspect_server.media.datapath.burst import Destination, Identity
from inspect_server.media.datapath.native import Endpoint as Endpoint  # noqa: PLC0414 - part of the face
from inspect_server.media.datapath.native import Fanout as Fanout  # noqa: PLC0414 - part of the face
from inspect_server.media.datapath.native import Reader as Reader  # noqa: PLC0414 - part of the face
from inspect_server.media.datapath.native import RtpPacket as RtpPacket  # noqa: PLC0414 - part of the face


def send(to: Destination, packets: list[RtpPacket], identity: Identity, send_time: int) -> int:
    """See ``portable.send``."""
    return native.send(to.endpoint, to.address, to.srtp.context, to.srtp.protect, packets, identity, send_time)


def send_rtcp(to: Destination, packet: bytes) -> None:
    """See ``portable.send_rtcp``."""
    native.send_rtcp(to.endpoint, to.address, to.srtp.context, to.srtp.protect_rtcp, packet)


def socket_address(address: Sequence[str | int], family: int) -> bytes:
    """See ``portable.socket_address``."""
    return native.socket_address(str(address[0]), int(address[1]), family)
