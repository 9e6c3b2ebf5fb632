"""The per-packet work of the media path: socket to decrypted RTP packet, RTP packet to encrypted datagram.

Twice: ``native.c`` where it could be compiled, ``portable.py`` everywhere else. Both do the same, which the tests hold
them to; portable is the specification. Nothing here knows what a packet is for.
"""

from __future__ import annotations

from importlib.util import find_spec

from inspect_server.media.datapath.burst import Burst, Identity, Srtp

COMPILED = find_spec("inspect_server.media.datapath.native") is not None

if COMPILED:
    from inspect_server.media.datapath.compiled import RtpPacket, receive, send, socket_address
else:
    from inspect_server.media.datapath.portable import RtpPacket, receive, send, socket_address

__all__ = ["COMPILED", "Burst", "Identity", "RtpPacket", "Srtp", "receive", "send", "socket_address"]
