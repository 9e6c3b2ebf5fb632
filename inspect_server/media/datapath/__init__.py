"""The per-packet work of the media path: socket to decrypted RTP packet, RTP packet to encrypted datagram.

Twice: ``native.c`` where it could be compiled, ``portable.py`` everywhere else. Both do the same, which the tests hold
them to; portable is the specification.

A packet goes on to the viewers that are registered with its stream's ``Fanout`` in the very moment it is read. All else
(order, losses, clocks, recording, who may watch) is the receive path's, which looks at packets when a picture is
complete or something is odd: the packets of a picture together, not each for itself.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from inspect_server.media.datapath.burst import Burst, Destination, Identity, Srtp

COMPILED = find_spec("inspect_server.media.datapath.native") is not None

if COMPILED and not TYPE_CHECKING:
    from inspect_server.media.datapath.compiled import Fanout, RtpPacket, receive, send, socket_address
else:
    from inspect_server.media.datapath.portable import Fanout, RtpPacket, receive, send, socket_address

__all__ = [
    "COMPILED",
    "Burst",
    "Destination",
    "Fanout",
    "Identity",
    "RtpPacket",
    "Srtp",
    "receive",
    "send",
    "socket_address",
]
