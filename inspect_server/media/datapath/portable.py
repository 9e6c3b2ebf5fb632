"""The data path in Python: what ``native.c`` does, for machines without a compiler, and for reading."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from typing import Final

import pylibsrtp

from inspect_server.media.datapath.burst import (
    MAX_CARRIES,
    MAX_DATAGRAM_BYTES,
    MAX_DATAGRAMS,
    ONE_BYTE_EXTENSIONS,
    REACH_PACKETS,
    SEND_TIME_UNITS_PER_S,
    Burst,
    Destination,
    Identity,
    Srtp,
)

_HEADER: Final = struct.Struct("!BBHLL")
_SEND_TIME: Final = struct.Struct("!HHL")
_HEADER_BYTES: Final = 12


class RtpPacket:
    """One received packet: its bytes and where things are in them.

    ``sequence`` and ``timestamp`` are as on the wire until the receive path unwraps them in place. ``arrived_at``:
    monotonic seconds. ``carried``: a fanout sent it on to those that were registered at that moment.
    """

    __slots__ = (
        "arrived_at",
        "carried",
        "data",
        "marker",
        "payload_end",
        "payload_start",
        "payload_type",
        "sequence",
        "ssrc",
        "timestamp",
    )

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
        arrived_at: float = 0.0,
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
        self.arrived_at = arrived_at
        self.carried = False

    @property
    def payload(self) -> bytes:
        """The payload without padding."""
        return self.data[self.payload_start : self.payload_end]


class Fanout:
    """To whom the packets of one stream go on in the moment they are read.

    A packet whose numbers are far from those of the newest one is not carried: whether they have begun anew is the
    receive path's to judge, which then says where to ``follow`` on.

    Args:
        patience: how many packets may wait to be looked at.
        reach: how far a timestamp may be from the newest one, in ticks of its clock.
    """

    def __init__(self, patience: int, reach: int) -> None:
        self._patience = patience
        self._reach = reach
        self._ssrc = -1
        self._newest = 0
        self._newest_timestamp = 0
        self._sequence_offset = 0
        self._timestamp_offset = 0
        self._waiting = 0
        self._carries: dict[tuple[int, int], tuple[Destination, Identity]] = {}

    def follow(
        self, ssrc: int, newest: int, newest_timestamp: int, sequence_offset: int, timestamp_offset: int
    ) -> None:
        """Carry the packets of this SSRC from now on.

        Args:
            ssrc: see above.
            newest: sequence number of the newest packet, as on the wire, as is ``newest_timestamp``.
            newest_timestamp: see there.
            sequence_offset: from numbers on the wire to those that the identities' shifts are for (16 bits).
            timestamp_offset: the same of timestamps (32 bits).
        """
        self._ssrc = ssrc
        self._newest, self._newest_timestamp = newest, newest_timestamp
        self._sequence_offset, self._timestamp_offset = sequence_offset, timestamp_offset

    def carry_to(self, to: Destination, identity: Identity) -> bool:
        """Send on to this destination, too, as this identity; one that was there is changed. False: it is full."""
        key = (id(to.socket), identity.ssrc)
        if len(self._carries) >= MAX_CARRIES and key not in self._carries:
            return False
        self._carries[key] = (to, identity)
        return True

    def drop_from(self, to: Destination, ssrc: int) -> None:
        """Send nothing more there as this SSRC; unknown ones are fine."""
        self._carries.pop((id(to.socket), ssrc), None)

    def takes(self, packet: RtpPacket) -> bool:
        """Whether the packet is to be carried."""
        ahead = _signed(packet.sequence - self._newest, 16)
        later = _signed(packet.timestamp - self._newest_timestamp, 32)
        return packet.ssrc == self._ssrc and abs(ahead) < REACH_PACKETS and abs(later) <= self._reach

    def note(self, packet: RtpPacket) -> bool:
        """Take in a packet that is carried; True if it cannot wait to be looked at."""
        expected = packet.sequence == (self._newest + 1) & 0xFFFF
        if _signed(packet.sequence - self._newest, 16) > 0:
            self._newest, self._newest_timestamp = packet.sequence, packet.timestamp
        packet.carried = True
        self._waiting += 1
        return not expected or packet.marker or self._waiting >= self._patience

    def send(self, packets: list[RtpPacket], send_time: int) -> None:
        """Send these on to everybody; a closed socket takes nothing."""
        for to, identity in self._carries.values():
            shifted = identity._replace(
                sequence_shift=identity.sequence_shift + self._sequence_offset,
                timestamp_shift=identity.timestamp_shift + self._timestamp_offset,
            )
            send(to, packets, shifted, send_time)

    def looked_at(self) -> None:
        """Nothing waits any more."""
        self._waiting = 0


def receive(source: socket.socket, srtp: Srtp | None, fanouts: dict[int, Fanout]) -> Burst:
    """Read what has arrived, at most ``MAX_DATAGRAMS``, decrypt it, and send it on; empty if there is nothing.

    Args:
        source: a bound UDP socket; never blocks.
        srtp: the receiving direction, None before there are keys.
        fanouts: by payload type; of others nothing is sent on.
    """
    rtp: list[RtpPacket] = []
    rtcp: list[bytes] = []
    rest: list[tuple[bytes, tuple[str, int]]] = []
    refused = 0
    now = time.monotonic()
    for data, address in _datagrams(source):
        if len(data) > MAX_DATAGRAM_BYTES:
            refused += 1
        elif not 127 < data[0] < 192:
            rest.append((data, address))
        elif srtp is None or len(data) < 8:
            refused += 1
        else:
            try:
                # RFC 5761, section 4: packet types 192 to 223 are RTCP.
                if 191 < data[1] < 224:
                    rtcp.append(srtp.session.unprotect_rtcp(data))
                    continue
                packet = parse(srtp.session.unprotect(data), now)
            except (pylibsrtp.Error, ValueError):
                packet = None
            if packet is None:
                refused += 1
            else:
                rtp.append(packet)
    return Burst(rtp, rtcp, rest, refused, _carry_on(rtp, fanouts, now))


def _datagrams(source: socket.socket) -> Iterator[tuple[bytes, tuple[str, int]]]:
    for _ in range(MAX_DATAGRAMS):
        try:
            data, address = source.recvfrom(MAX_DATAGRAM_BYTES + 1, socket.MSG_DONTWAIT)
        except OSError:
            return
        if data:
            yield data, (address[0], address[1])


def _carry_on(packets: list[RtpPacket], fanouts: dict[int, Fanout], now: float) -> bool:
    """Send these on, each stream's together; True if some of them cannot wait to be looked at."""
    pressing = False
    batches: dict[Fanout, list[RtpPacket]] = {}
    for packet in packets:
        fanout = fanouts.get(packet.payload_type)
        if fanout is None or not fanout.takes(packet):
            pressing = True
        else:
            pressing |= fanout.note(packet)
            batches.setdefault(fanout, []).append(packet)
    for fanout, batch in batches.items():
        fanout.send(batch, int(now * SEND_TIME_UNITS_PER_S) & 0xFFFFFF)
        if pressing:
            fanout.looked_at()
    return pressing


def parse(data: bytes, arrived_at: float = 0.0) -> RtpPacket | None:
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
    return RtpPacket(data, second & 0x7F, second > 127, sequence, timestamp, ssrc, start, end, arrived_at)


def send(to: Destination, packets: list[RtpPacket], identity: Identity, send_time: int) -> int:
    """Send packets on under another identity; returns how many the kernel took.

    Header extensions, CSRCs and padding of their sender end here: they belong to its connection. What the kernel does
    not take is lost, as on any network.

    Args:
        to: where; never blocks.
        packets: in the order to be sent.
        identity: as what.
        send_time: the value of abs-send-time, 24 bits: seconds in 6.18 fixed point, of any clock.
    """
    host_and_port = _host_and_port(to.address)
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
            to.socket.sendto(to.srtp.session.protect(data), socket.MSG_DONTWAIT, host_and_port)
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


def _signed(difference: int, bits: int) -> int:
    """The difference of two wrapping numbers (RFC 1982)."""
    half = 1 << (bits - 1)
    return (difference + half) % (1 << bits) - half


def _host_and_port(address: bytes) -> tuple[str, int]:
    return address[2:].decode(), address[0] << 8 | address[1]
