"""The data path in Python: what ``native.c`` does, for machines without a compiler, and for reading."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pylibsrtp

from inspect_server.media.datapath.burst import (
    MAX_CARRIES,
    MAX_DATAGRAM_BYTES,
    MAX_DATAGRAMS,
    MAX_EARLY,
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
        reach: how far a timestamp may be from the newest one, in ticks of its clock.
    """

    def __init__(self, reach: int) -> None:
        self._reach = reach
        self._ssrc = -1
        self._newest = 0
        self._newest_timestamp = 0
        self._sequence_offset = 0
        self._timestamp_offset = 0
        self._carries: dict[tuple[int, int], _Carry] = {}

    def let_wait(self, patience_s: float) -> None:
        """Packets that were expected next may wait so long to be looked at; here none waits."""

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

    def carry_to(self, to: Destination, identity: Identity) -> float | None:
        """Send on to this destination, too, as this identity; one that was there is changed.

        Returns:
            Monotonic time: what arrived until then is not sent on, what arrives later is. None: it is full.
        """
        key = (id(to.endpoint), identity.ssrc)
        before = self._carries.get(key)
        if before is None and len(self._carries) >= MAX_CARRIES:
            return None
        self._carries[key] = _Carry(to, identity, before.newest if before is not None else None)
        return time.monotonic()

    def drop_from(self, to: Destination, ssrc: int) -> tuple[int, int] | None:
        """Send nothing more there as this SSRC; unknown ones are fine.

        Returns:
            Sequence number and timestamp of the newest packet that was sent, as the viewer knows them; None: none was.
        """
        carry = self._carries.pop((id(to.endpoint), ssrc), None)
        return carry.newest if carry is not None else None

    def takes(self, packet: RtpPacket) -> bool:
        """Whether the packet is to be carried."""
        ahead = _signed(packet.sequence - self._newest, 16)
        later = _signed(packet.timestamp - self._newest_timestamp, 32)
        return packet.ssrc == self._ssrc and abs(ahead) < REACH_PACKETS and abs(later) <= self._reach

    def note(self, packet: RtpPacket) -> None:
        """Take in a packet that is carried."""
        if _signed(packet.sequence - self._newest, 16) > 0:
            self._newest, self._newest_timestamp = packet.sequence, packet.timestamp
        packet.carried = True

    def send(self, packets: list[RtpPacket], send_time: int) -> None:
        """Send these on to everybody; a closed endpoint takes nothing."""
        for carry in self._carries.values():
            shifted = carry.identity._replace(
                sequence_shift=carry.identity.sequence_shift + self._sequence_offset,
                timestamp_shift=carry.identity.timestamp_shift + self._timestamp_offset,
            )
            for packet in packets:
                carry.note(shifted.sequence(packet.sequence), shifted.timestamp(packet.timestamp))
            send(carry.to, packets, shifted, send_time)


@dataclass
class _Carry:
    """One destination of a fanout; ``newest``: sequence number and timestamp that went there."""

    to: Destination
    identity: Identity
    newest: tuple[int, int] | None

    def note(self, sequence: int, timestamp: int) -> None:
        if self.newest is None or _signed(sequence - self.newest[0], 16) > 0:
            self.newest = sequence, timestamp


class Endpoint:
    """One bound UDP socket, in the care of a reader, which made it.

    Packets of streams that have a fanout are sent on when they are read. All that arrives waits here until it is taken:
    expected packets as long as their fanout lets them, reports (RTCP) a tenth of a second, all else for nothing.
    """

    def __init__(self, source: socket.socket, closed: Callable[[Endpoint], None]) -> None:
        self.socket = source
        self._closed = closed
        self._srtp: Srtp | None = None
        self._fanouts: dict[int, Fanout] = {}
        self._early: list[tuple[bytes, float]] = []
        self.source: tuple[str, int] | None = None
        """Where the media came from that authenticated last; None before the first."""

    def authenticate_by(self, srtp: Srtp | None) -> None:
        """Decrypt media by this (the receiving direction), beginning with what came shortly before; None: not yet."""
        self._srtp = srtp

    def fan_out(self, payload_type: int, fanout: Fanout) -> None:
        """Send on what comes with this payload type."""
        self._fanouts[payload_type] = fanout

    def close(self) -> None:
        """Read no more; before the socket is closed. Safe to call more than once."""
        self._closed(self)
        self._srtp = None
        self._fanouts.clear()

    def take(self) -> Burst:
        """What waits, oldest first; it waits no longer."""
        now = time.monotonic()
        media: list[tuple[bytes, float, tuple[str, int] | None]] = [(*early, None) for early in self._early]
        self._early = []
        rest: list[tuple[bytes, tuple[str, int]]] = []
        refused = 0
        for data, address in _datagrams(self.socket):
            if not 127 < data[0] < 192:
                rest.append((data, address))
            elif 8 <= len(data) <= MAX_DATAGRAM_BYTES:
                media.append((data, now, address))
            else:
                refused += 1
        if self._srtp is None:
            self._early = [(data, arrived_at) for data, arrived_at, _ in media[:MAX_EARLY]]
            return Burst([], [], rest, refused + len(media[MAX_EARLY:]))
        rtp: list[RtpPacket] = []
        rtcp: list[tuple[bytes, float]] = []
        for data, arrived_at, source in media:
            # RFC 5761, section 4: packet types 192 to 223 are RTCP.
            is_rtcp = 191 < data[1] < 224
            session = self._srtp.session
            try:
                plain = session.unprotect_rtcp(data) if is_rtcp else session.unprotect(data)
            except pylibsrtp.Error:
                refused += 1
                continue
            self.source = source or self.source
            if is_rtcp:
                rtcp.append((plain, arrived_at))
            elif (packet := parse(plain, arrived_at)) is not None:
                rtp.append(packet)
            else:
                refused += 1
        self._carry_on(rtp, now)
        return Burst(rtp, rtcp, rest, refused)

    def _carry_on(self, packets: list[RtpPacket], now: float) -> None:
        """Send these on, each stream's together."""
        batches: dict[Fanout, list[RtpPacket]] = {}
        for packet in packets:
            fanout = self._fanouts.get(packet.payload_type)
            if fanout is not None and fanout.takes(packet):
                fanout.note(packet)
                batches.setdefault(fanout, []).append(packet)
        for fanout, batch in batches.items():
            fanout.send(batch, int(now * SEND_TIME_UNITS_PER_S) & 0xFFFFFF)


class Reader:
    """Reads the sockets of a worker. Here: when its owner takes; the compiled one has a thread that reads at once.

    Its ``fileno`` is readable when something is to be looked at.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._endpoints: dict[int, Endpoint] = {}

    def fileno(self) -> int:
        """For the event loop."""
        return self._epoll.fileno()

    def open(self, source: socket.socket) -> Endpoint:
        """Take a bound socket into its care; whoever opens closes the endpoint, and then the socket."""
        number = source.fileno()

        def closed(endpoint: Endpoint) -> None:
            if self._endpoints.get(number) is endpoint:
                del self._endpoints[number]
                self._epoll.unregister(number)

        self._epoll.register(number, select.EPOLLIN)
        endpoint = self._endpoints[number] = Endpoint(source, closed)
        return endpoint

    def ready(self) -> list[Endpoint]:
        """The endpoints at which something is to be looked at now."""
        return [self._endpoints[number] for number, _ in self._epoll.poll(0)]

    def close(self) -> None:
        """Read no more. Endpoints may be closed afterwards, too."""
        self._endpoints.clear()
        self._epoll.close()


def _datagrams(source: socket.socket) -> Iterator[tuple[bytes, tuple[str, int]]]:
    for _ in range(MAX_DATAGRAMS):
        try:
            data, address = source.recvfrom(MAX_DATAGRAM_BYTES + 1, socket.MSG_DONTWAIT)
        except OSError:
            return
        if data:
            yield data, (address[0], address[1])


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
            identity.sequence(packet.sequence),
            identity.timestamp(packet.timestamp),
            identity.ssrc,
        )
        data = header + extension + packet.data[packet.payload_start : packet.payload_end]
        with contextlib.suppress(OSError, pylibsrtp.Error, ValueError):
            to.endpoint.socket.sendto(to.srtp.session.protect(data), socket.MSG_DONTWAIT, host_and_port)
            sent += 1
    return sent


def send_rtcp(to: Destination, packet: bytes) -> None:
    """Send one (compound) RTCP packet; what the kernel does not take is lost, as on any network."""
    with contextlib.suppress(OSError, pylibsrtp.Error):
        data = to.srtp.session.protect_rtcp(packet)
        to.endpoint.socket.sendto(data, socket.MSG_DONTWAIT, _host_and_port(to.address))


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
