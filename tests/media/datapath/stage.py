"""One socket read by a data path, and a stream that is carried from one to another: real sockets with real keys."""

from __future__ import annotations

import select
import socket
from types import ModuleType

import pylibsrtp

from inspect_server.media.aiortc_hooks import _srtp
from inspect_server.media.datapath import COMPILED, Burst, Destination, Endpoint, Identity, Reader, Srtp, portable

KEY = bytes(range(30))
REACH = 90_000
TIMEOUT_S = 10
LAST = b"\x00last"
IDENTITY = Identity(payload_type=102, ssrc=77, sequence_shift=1000, timestamp_shift=-5)


def implementations() -> list[ModuleType]:
    if not COMPILED:
        return [portable]
    from inspect_server.media.datapath import compiled

    return [portable, compiled]


def srtp(direction: int) -> Srtp:
    policy = pylibsrtp.Policy(key=KEY, ssrc_type=direction)
    policy.allow_repeat_tx = True
    return _srtp(pylibsrtp.Session(policy))


class Inbox:
    """One socket with an endpoint on it, read by a reader of its own."""

    def __init__(self, path: ModuleType, family: socket.AddressFamily = socket.AF_INET) -> None:
        self.socket = bound(family)
        self.reader: Reader = path.Reader()
        self.endpoint: Endpoint = self.reader.open(self.socket)

    def look(self) -> Burst | None:
        """What is taken when the reader calls; None if it does not within the time limit."""
        if not select.select([self.reader], [], [], TIMEOUT_S)[0]:
            return None
        return self.endpoint.take() if self.endpoint in self.reader.ready() else Burst([], [], [], 0)

    def arrived(self) -> Burst:
        """All that was sent until now."""
        with bound(self.socket.family) as last:
            last.sendto(LAST, self.socket.getsockname())
        got = Burst([], [], [], 0)
        while not any(data == LAST for data, _ in got.rest):
            more = self.look()
            assert more is not None
            got = Burst(got.rtp + more.rtp, got.rtcp + more.rtcp, got.rest + more.rest, got.refused + more.refused)
        return got._replace(rest=[one for one in got.rest if one[0] != LAST])

    def calls_within(self, seconds: float) -> bool:
        return bool(select.select([self.reader], [], [], seconds)[0])

    def close(self) -> None:
        self.endpoint.close()
        self.socket.close()
        self.reader.close()


def bound(family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    made.settimeout(0)
    return made


def rtp(*, sequence: int = 7, first: int = 0x80, payload: bytes = b"payload", marker: bool = True) -> bytes:
    kind = 102 | (0x80 if marker else 0)
    return bytes([first, kind]) + sequence.to_bytes(2) + (1000).to_bytes(4) + (42).to_bytes(4) + payload


def as_built(packet: portable.RtpPacket) -> tuple[object, ...]:
    """What makes the same packet in either implementation."""
    return (
        packet.data, packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc,
        packet.payload_start, packet.payload_end,
    )  # fmt: skip


def fields(packet: portable.RtpPacket) -> tuple[object, ...]:
    return (
        packet.data, packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc,
        packet.payload_start, packet.payload_end, packet.payload,
    )  # fmt: skip


def destination(path: ModuleType, source: Inbox, to: Inbox, outbound: Srtp) -> Destination:
    return Destination(source.endpoint, path.socket_address(to.socket.getsockname(), to.socket.family), outbound)


class Carried:
    """A publisher's stream that is read at one socket and carried to a viewer at another."""

    def __init__(self, path: ModuleType, *, first: int = 7) -> None:
        self.sender = bound()
        self.server, self.viewer = Inbox(path), Inbox(path)
        self.publishing = srtp(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.server.endpoint.authenticate_by(srtp(pylibsrtp.Policy.SSRC_ANY_INBOUND))
        self.viewer.endpoint.authenticate_by(srtp(pylibsrtp.Policy.SSRC_ANY_INBOUND))
        self.fanout = path.Fanout(REACH)
        self.fanout.follow(42, first - 1 & 0xFFFF, 1000, 0, 0)
        self.server.endpoint.fan_out(102, self.fanout)
        self.to = destination(path, self.server, self.viewer, srtp(pylibsrtp.Policy.SSRC_ANY_OUTBOUND))

    def send(self, *sequences: int) -> None:
        for sequence in sequences:
            data = self.publishing.session.protect(rtp(sequence=sequence))
            self.sender.sendto(data, self.server.socket.getsockname())

    def publish(self, *sequences: int) -> list[portable.RtpPacket]:
        self.send(*sequences)
        return self.server.arrived().rtp

    def seen(self) -> list[tuple[int, int]]:
        return [(packet.ssrc, packet.sequence) for packet in self.viewer.arrived().rtp]

    def close(self) -> None:
        self.sender.close()
        self.server.close()
        self.viewer.close()
