"""RTP (RFC 3550): header extensions, retransmissions, and arithmetic of wrapping numbers. Pure.

Packets are read and written by ``datapath``; they stay the bytes that came.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from inspect_server.media.datapath import RtpPacket
from inspect_server.media.datapath.burst import ONE_BYTE_EXTENSIONS

HEADER_LENGTH: Final = 12


def extension(data: bytes, wanted_id: int) -> bytes | None:
    """The value of a one-byte header extension (RFC 8285, 4.2) of a decrypted packet."""
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


def originals_of_retransmissions(packets: Iterable[RtpPacket], *, payload_type: int, ssrc: int) -> Iterator[RtpPacket]:
    """The packets that RTX packets carry (RFC 4588, 4); mere padding is left out."""
    for packet in packets:
        start = packet.payload_start
        if packet.payload_end - start >= 2:
            yield RtpPacket(
                packet.data,
                payload_type,
                packet.marker,
                packet.data[start] << 8 | packet.data[start + 1],
                packet.timestamp,
                ssrc,
                start + 2,
                packet.payload_end,
                packet.arrived_at,
            )


def retransmission_of(packet: RtpPacket, original_sequence: int, *, sequence: int) -> RtpPacket:
    """The RTX packet that carries this one (RFC 4588, 4): its number as the receiver knows it, then its payload.

    ``sequence`` is the retransmission's own. SSRC and payload type are whoever sends it to say.
    """
    data = (original_sequence & 0xFFFF).to_bytes(2) + packet.payload
    return RtpPacket(data, 0, packet.marker, sequence, packet.timestamp, 0, 0, len(data), packet.arrived_at)


class Unwrapper:
    """Turns a wrapping counter of ``bits`` into one that goes on growing.

    A value up to half the range behind the newest one counts as late, everything else as ahead (RFC 1982).
    """

    __slots__ = ("_half", "_newest", "_shift", "_size")

    def __init__(self, bits: int) -> None:
        self._size = 1 << bits
        self._half = self._size >> 1
        self._shift = 0
        self._newest: int | None = None

    def unwrap(self, value: int) -> int:
        """The unwrapped value; the first one is returned as it is."""
        newest = self._newest
        if newest is None:
            self._newest = value
            return value
        delta = (value + self._shift - newest) % self._size
        if delta >= self._half:
            return newest + delta - self._size
        self._newest = newest + delta
        return newest + delta

    def restart(self, value: int, unwrapped: int) -> None:
        """From now on ``value`` stands for ``unwrapped``, whatever came before: the counter has begun anew."""
        self._shift = unwrapped - value
        self._newest = unwrapped
