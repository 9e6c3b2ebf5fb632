"""What goes in and out of both data paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pylibsrtp

if TYPE_CHECKING:
    from inspect_server.media.datapath.portable import Endpoint, RtpPacket

MAX_DATAGRAMS = 64
"""Read at once at most; what is left makes the socket readable again, so that other connections have their turn."""
MAX_WAITING = 2048
"""Datagrams that wait at one endpoint to be looked at: about 4 s of 3 Mbit/s video. More are dropped undecrypted."""
MAX_DATAGRAM_BYTES = 2048
ONE_BYTE_EXTENSIONS = 0xBEDE
MAX_CARRIES = 32
"""Destinations of one stream; whoever comes later is served by the receive path."""
REACH_PACKETS = 1000
"""How far a sequence number may be from the newest one for its packet to be carried without a look at it."""
SEND_TIME_UNITS_PER_S = 1 << 18
"""Of abs-send-time."""


MAX_EARLY = 256
"""Datagrams of media that overtook the end of the handshake and wait at one endpoint for the keys: a keyframe of some
hundred, and what follows it within a busy moment."""


class Srtp(NamedTuple):
    """One direction of a connection's SRTP (RFC 3711).

    ``session`` keeps alive what the others point to: the context of libsrtp and the addresses of its functions. Once an
    endpoint or a destination has it, it is used by nobody else.
    """

    session: pylibsrtp.Session
    context: int
    protect: int
    protect_rtcp: int
    unprotect: int
    unprotect_rtcp: int


class Burst(NamedTuple):
    """What arrived at one endpoint, each list in the order of arrival.

    ``rtcp``: with the monotonic time of arrival in seconds. ``rest``: datagrams that are neither RTP nor RTCP (RFC
    7983), with the address they came from. ``refused``: how many did not authenticate, were no RTP, were replayed, came
    before there was a key, or found too many waiting.
    """

    rtp: list[RtpPacket]
    rtcp: list[tuple[bytes, float]]
    rest: list[tuple[bytes, tuple[str, int]]]
    refused: int


class Identity(NamedTuple):
    """As what a stream is sent on. The shifts are added to each packet's unwrapped sequence number and timestamp.

    ``send_time_id``: number of the abs-send-time extension as negotiated with the receiver, 0 for none.
    """

    payload_type: int
    ssrc: int
    sequence_shift: int
    timestamp_shift: int
    send_time_id: int = 0

    def sequence(self, sequence: int) -> int:
        """As it is sent (16 bits)."""
        return (sequence + self.sequence_shift) & 0xFFFF

    def timestamp(self, timestamp: int) -> int:
        """As it is sent (32 bits)."""
        return (timestamp + self.timestamp_shift) & 0xFFFFFFFF


class Destination(NamedTuple):
    """Where a viewer's packets go: its socket here, its address there (``socket_address``), and its keys."""

    endpoint: Endpoint
    address: bytes
    srtp: Srtp
