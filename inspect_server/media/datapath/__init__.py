"""The per-packet work of the media path: socket to decrypted RTP packet, RTP packet to encrypted datagram.

Twice: ``native.c`` where it could be compiled, ``portable.py`` everywhere else. Both do the same, which the tests hold
them to; portable is the specification. They differ in who reads: there a thread that nothing in Python holds up, here
whoever looks.

A packet goes on to the viewers that are registered with its stream's ``Fanout`` in the very moment it is read. All else
(order, losses, clocks, recording, who may watch) is the receive path's, which looks at what has arrived a few times a
second, or at once when something is odd: many packets together, not each for itself.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from inspect_server.media.datapath.burst import Burst, Destination, Identity, Srtp

COMPILED = find_spec("inspect_server.media.datapath.native") is not None

if COMPILED and not TYPE_CHECKING:
    from inspect_server.media.datapath.compiled import (
        Endpoint,
        Fanout,
        Reader,
        RtpPacket,
        send,
        send_rtcp,
        socket_address,
    )
else:
    from inspect_server.media.datapath.portable import (
        Endpoint,
        Fanout,
        Reader,
        RtpPacket,
        send,
        send_rtcp,
        socket_address,
    )

__all__ = [
    "COMPILED",
    "Burst",
    "Destination",
    "Endpoint",
    "Fanout",
    "Identity",
    "Reader",
    "RtpPacket",
    "Srtp",
    "send",
    "send_rtcp",
    "socket_address",
]
