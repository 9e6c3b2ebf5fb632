"""RTP (RFC 3550): the few header fields that are needed, and arithmetic of wrapping numbers. Pure.

Nothing is depacketised here; packets stay the bytes that came.
"""

from __future__ import annotations

import struct
from typing import Final

_HEADER: Final = struct.Struct("!BBHLL")
HEADER_LENGTH: Final = 12
ONE_BYTE_EXTENSIONS: Final = 0xBEDE
MAX_PACKET_BYTES: Final = 1500


class RtpPacket:
    """One received packet: its bytes and where things are in them. ``sequence`` and ``timestamp`` are unwrapped."""

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


class MalformedPacket(ValueError):
    """These bytes are no RTP or RTCP packet."""


def parse(data: bytes) -> RtpPacket:
    """Read the header; sequence and timestamp are as on the wire.

    Raises:
        MalformedPacket: too short, wrong version, or lengths that point outside.
    """
    length = len(data)
    if length < HEADER_LENGTH:
        raise MalformedPacket("shorter than a header")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise MalformedPacket("version is not 2")
    start = HEADER_LENGTH + 4 * (first & 0x0F)
    if first & 0x10:
        if start + 4 > length:
            raise MalformedPacket("header extension is cut off")
        start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    end = length
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            raise MalformedPacket("padding of length 0")
        end -= padding
    if start > end:
        raise MalformedPacket("header is longer than the packet")
    return RtpPacket(data, second & 0x7F, second > 127, sequence, timestamp, ssrc, start, end)


def extension(data: bytes, wanted_id: int) -> bytes | None:
    """The value of a one-byte header extension (RFC 8285, 4.2) of a packet that ``parse`` accepted."""
    if not data[0] & 0x10:
        return None
    position = HEADER_LENGTH + 4 * (data[0] & 0x0F)
    profile, words = struct.unpack_from("!HH", data, position)
    if profile != ONE_BYTE_EXTENSIONS:
        return None
    position += 4
    end = position + 4 * words
    while position < end:
        head = data[position]
        if head == 0:
            position += 1
            continue
        value_length = (head & 0x0F) + 1
        if head >> 4 == wanted_id:
            value = data[position + 1 : min(position + 1 + value_length, end)]
            return value if len(value) == value_length else None
        position += 1 + value_length
    return None


def original_of_retransmission(packet: RtpPacket, *, payload_type: int, ssrc: int) -> RtpPacket | None:
    """The packet that an RTX packet carries (RFC 4588, 4); None for mere padding."""
    start = packet.payload_start
    if packet.payload_end - start < 2:
        return None
    return RtpPacket(
        packet.data,
        payload_type,
        packet.marker,
        packet.data[start] << 8 | packet.data[start + 1],
        packet.timestamp,
        ssrc,
        start + 2,
        packet.payload_end,
    )


def rewrite(packet: RtpPacket, *, payload_type: int, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """The same payload under another identity.

    Header extensions, CSRCs and padding of the sender end here: they belong to its connection.
    """
    header = _HEADER.pack(
        0x80,
        payload_type | (0x80 if packet.marker else 0),
        sequence & 0xFFFF,
        timestamp & 0xFFFFFFFF,
        ssrc,
    )
    return header + packet.data[packet.payload_start : packet.payload_end]


class Unwrapper:
    """Turns a wrapping counter of ``bits`` into one that goes on growing.

    A value up to half the range behind the newest one counts as late, everything else as ahead (RFC 1982).
    """

    __slots__ = ("_half", "_newest", "_size")

    def __init__(self, bits: int) -> None:
        self._size = 1 << bits
        self._half = self._size >> 1
        self._newest: int | None = None

    def unwrap(self, value: int) -> int:
        """The unwrapped value; the first one is returned as it is."""
        newest = self._newest
        if newest is None:
            self._newest = value
            return value
        delta = (value - newest) % self._size
        if delta >= self._half:
            return newest + delta - self._size
        self._newest = newest + delta
        return newest + delta
