"""The data path in Python: what ``native.c`` does, for machines without a compiler, and for reading."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
from collections.abc import Sequence
from typing import Final

import pylibsrtp

from inspect_server.media.datapath.burst import (
    MAX_DATAGRAM_BYTES,
    MAX_DATAGRAMS,
    ONE_BYTE_EXTENSIONS,
    Burst,
    Identity,
    Srtp,
)

_HEADER: Final = struct.Struct("!BBHLL")
_SEND_TIME: Final = struct.Struct("!HHL")
_HEADER_BYTES: Final = 12


class RtpPacket:
    """One received packet: its bytes and where things are in them.

    ``sequence`` and ``timestamp`` are as on the wire until the receive path unwraps them in place.
    """

    __slots__ = ("data", "marker", "payload_end", "payload_start", "payload_type", "sequence", "ssrc", "timestamp")

    def __init__(  # noqa: PLR0917 - made once per packet; keywords would cost
        self,
        data: bytes,
        payload_type: int,
        marker: bool,
        sequence: int,
        timestamp: int,
        ssrc: int,
        payload_start: int,
        payload_end: int,
    ) -> None:
        if not 0 <= payload_start <= payload_end <= len(data):
            raise ValueError("the payload is not inside the packet")
        self.data = data
        self.payload_type = payload_type
        self.marker = marker
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.payload_start = payload_start
        self.payload_end = payload_end

    @property
    def payload(self) -> bytes:
        """The payload without padding."""
        return self.data[self.payload_start : self.payload_end]


def receive(source: socket.socket, srtp: Srtp | None) -> Burst:
    """Read what has arrived, at most ``MAX_DATAGRAMS``, and decrypt it; empty if there is nothing.

    Args:
        source: a bound UDP socket; never blocks.
        srtp: the receiving direction, None before there are keys.
    """
    rtp: list[RtpPacket] = []
    rtcp: list[bytes] = []
    rest: list[tuple[bytes, tuple[str, int]]] = []
    refused = 0
    for _ in range(MAX_DATAGRAMS):
        try:
            data, address = source.recvfrom(MAX_DATAGRAM_BYTES + 1, socket.MSG_DONTWAIT)
        except OSError:
            break
        if not data:
            continue
        if len(data) > MAX_DATAGRAM_BYTES:
            refused += 1
        elif not 127 < data[0] < 192:
            rest.append((data, (address[0], address[1])))
        elif srtp is None or len(data) < 8:
            refused += 1
        else:
            try:
                # RFC 5761, section 4: packet types 192 to 223 are RTCP.
                if 191 < data[1] < 224:
                    rtcp.append(srtp.session.unprotect_rtcp(data))
                    continue
                packet = parse(srtp.session.unprotect(data))
            except (pylibsrtp.Error, ValueError):
                packet = None
            if packet is None:
                refused += 1
            else:
                rtp.append(packet)
    return Burst(rtp, rtcp, rest, refused)


def parse(data: bytes) -> RtpPacket | None:
    """A decrypted packet (RFC 3550, 5.1); None if it is no RTP or its lengths point outside."""
    length = len(data)
    if length < _HEADER_BYTES:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        return None
    start = _HEADER_BYTES + 4 * (first & 0x0F)
    if first & 0x10:
        if start + 4 > length:
            return None
        start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    end = length
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            return None
        end -= padding
    if start > end:
        return None
    return RtpPacket(data, second & 0x7F, second > 127, sequence, timestamp, ssrc, start, end)


def send(
    to: socket.socket, address: bytes, srtp: Srtp, packets: list[RtpPacket], identity: Identity, send_time: int
) -> int:
    """Send packets on under another identity; returns how many the kernel took.

    Header extensions, CSRCs and padding of their sender end here: they belong to its connection. What the kernel does
    not take is lost, as on any network.

    Args:
        to: the UDP socket to send from; never blocks.
        address: from ``socket_address``.
        srtp: the sending direction.
        packets: in the order to be sent.
        identity: as what.
        send_time: the value of abs-send-time, 24 bits: seconds in 6.18 fixed point, of any clock.
    """
    host, port = _host_and_port(address)
    extension = b""
    if identity.send_time_id:
        value = identity.send_time_id << 28 | 2 << 24 | send_time & 0xFFFFFF
        extension = _SEND_TIME.pack(ONE_BYTE_EXTENSIONS, 1, value)
    first = 0x90 if identity.send_time_id else 0x80
    sent = 0
    for packet in packets:
        header = _HEADER.pack(
            first,
            identity.payload_type | (0x80 if packet.marker else 0),
            (packet.sequence + identity.sequence_shift) & 0xFFFF,
            (packet.timestamp + identity.timestamp_shift) & 0xFFFFFFFF,
            identity.ssrc,
        )
        data = header + extension + packet.data[packet.payload_start : packet.payload_end]
        with contextlib.suppress(OSError, pylibsrtp.Error, ValueError):
            to.sendto(srtp.session.protect(data), socket.MSG_DONTWAIT, (host, port))
            sent += 1
    return sent


def socket_address(address: Sequence[str | int], family: int) -> bytes:
    """Where to send, for ``send``; opaque, and to be kept as long as the address is the same.

    Raises:
        ValueError: the host is no numeric address of this family.
    """
    host = ipaddress.ip_address(str(address[0]))
    if host.version != (6 if family == socket.AF_INET6 else 4):
        raise ValueError(f"not an address of this family: {host}")
    return struct.pack("!H", int(address[1])) + str(host).encode()


def _host_and_port(address: bytes) -> tuple[str, int]:
    return address[2:].decode(), address[0] << 8 | address[1]
