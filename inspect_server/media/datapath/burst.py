"""What goes in and out of both data paths."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

import pylibsrtp

if TYPE_CHECKING:
    from inspect_server.media.datapath.portable import RtpPacket

MAX_DATAGRAMS = 64
"""Read at once at most; what is left makes the socket readable again, so that other connections have their turn."""
MAX_DATAGRAM_BYTES = 2048
ONE_BYTE_EXTENSIONS = 0xBEDE
MAX_CARRIES = 32
"""Destinations of one stream; whoever comes later is served by the receive path."""
REACH_PACKETS = 1000
"""How far a sequence number may be from the newest one for its packet to be carried without a look at it."""
SEND_TIME_UNITS_PER_S = 1 << 18
"""Of abs-send-time."""


class Srtp(NamedTuple):
    """One direction of a connection's SRTP (RFC 3711).

    ``session`` keeps alive what the others point to: the context of libsrtp and the addresses of its functions.
    """

    session: pylibsrtp.Session
    context: int
    protect: int
    unprotect: int
    unprotect_rtcp: int


class Burst(NamedTuple):
    """What one read of a socket brought, each list in the order of arrival.

    ``pressing``: some of the RTP cannot wait to be looked at: it ends a picture, was not expected next, was not sent on
    by a ``Fanout``, or as many wait as the stream has patience for.

    ``rest``: datagrams that are neither RTP nor RTCP (RFC 7983), with the address they came from. ``refused``: how many
    did not authenticate, were no RTP, were replayed, or came before there was a key.
    """

    rtp: list[RtpPacket]
    rtcp: list[bytes]
    rest: list[tuple[bytes, tuple[str, int]]]
    refused: int
    pressing: bool


class Identity(NamedTuple):
    """As what a stream is sent on. The shifts are added to each packet's unwrapped sequence number and timestamp.

    ``send_time_id``: number of the abs-send-time extension as negotiated with the receiver, 0 for none.
    """

    payload_type: int
    ssrc: int
    sequence_shift: int
    timestamp_shift: int
    send_time_id: int = 0


class Destination(NamedTuple):
    """Where a viewer's packets go: its socket here, its address there (``socket_address``), and its keys."""

    socket: socket.socket
    address: bytes
    srtp: Srtp
