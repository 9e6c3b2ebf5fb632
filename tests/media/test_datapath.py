"""Both data paths, the portable and the compiled one, do the same: on real sockets with real keys."""

from __future__ import annotations

import fcntl
import select
import socket
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from types import ModuleType

import pylibsrtp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.media.aiortc_hooks import _srtp
from inspect_server.media.datapath import COMPILED, Burst, Destination, Endpoint, Identity, Reader, Srtp, portable
from inspect_server.media.datapath.burst import (
    MAX_CARRIES,
    MAX_DATAGRAM_BYTES,
    MAX_DATAGRAMS,
    MAX_EARLY,
    MAX_WAITING,
    REACH_PACKETS,
)
from inspect_server.media.rtp import originals_of_retransmissions, retransmission_of

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


@pytest.fixture(params=implementations(), ids=lambda module: module.__name__.rpartition(".")[2])
def path(request: pytest.FixtureRequest) -> ModuleType:
    module: ModuleType = request.param
    return module


def srtp(direction: int) -> Srtp:
    policy = pylibsrtp.Policy(key=KEY, ssrc_type=direction)
    policy.allow_repeat_tx = True
    return _srtp(pylibsrtp.Session(policy))


@pytest.fixture
def inbound() -> Srtp:
    return srtp(pylibsrtp.Policy.SSRC_ANY_INBOUND)


@pytest.fixture
def outbound() -> Srtp:
    return srtp(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)


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


@pytest.fixture(params=[socket.AF_INET, socket.AF_INET6], ids=["IPv4", "IPv6"])
def inbox(request: pytest.FixtureRequest, path: ModuleType, inbound: Srtp) -> Iterator[Inbox]:
    with closing(Inbox(path, request.param)) as inbox:
        inbox.endpoint.authenticate_by(inbound)
        yield inbox


@pytest.fixture
def sender(inbox: Inbox) -> Iterator[socket.socket]:
    with bound(inbox.socket.family) as sender:
        yield sender


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


def test_media_arrives_decrypted_and_the_rest_with_its_sender(
    inbox: Inbox, sender: socket.socket, outbound: Srtp
) -> None:
    report = bytes([0x81, 206, 0, 2]) + bytes(8)
    for datagram in (
        outbound.session.protect(rtp()),
        b"\x00\x01stun",
        outbound.session.protect_rtcp(report),
        outbound.session.protect(rtp(sequence=8, marker=False)),
        b"\x16dtls",
    ):
        sender.sendto(datagram, inbox.socket.getsockname())
    before = time.monotonic()
    burst = inbox.arrived()
    assert [fields(packet) for packet in burst.rtp] == [
        (rtp(), 102, True, 7, 1000, 42, 12, 19, b"payload"),
        (rtp(sequence=8, marker=False), 102, False, 8, 1000, 42, 12, 19, b"payload"),
    ]
    ((data, arrived_at),) = burst.rtcp
    assert data == report
    assert before - 60 < arrived_at <= time.monotonic()
    own_address = sender.getsockname()[:2]
    assert burst.rest == [(b"\x00\x01stun", own_address), (b"\x16dtls", own_address)]
    assert burst.refused == 0
    assert inbox.arrived() == ([], [], [], 0)


def test_what_is_forged_replayed_malformed_or_too_long_is_counted_and_dropped(
    inbox: Inbox, sender: socket.socket, outbound: Srtp
) -> None:
    good = outbound.session.protect(rtp())
    refused = [
        good[:-1] + bytes([good[-1] ^ 1]),
        b"\x80",
        b"\x80" * 30,
        b"\x80\xc8" + bytes(30),
        outbound.session.protect(rtp(sequence=9, first=0xA0, payload=b"\0")),
        b"\x80" * (MAX_DATAGRAM_BYTES + 1),
    ]
    for datagram in [good, good, *refused]:
        sender.sendto(datagram, inbox.socket.getsockname())
    burst = inbox.arrived()
    assert len(burst.rtp) == 1
    assert (burst.rtcp, burst.rest, burst.refused) == ([], [], len(refused) + 1)


def test_where_media_comes_from_is_told_if_it_authenticates(
    inbox: Inbox, sender: socket.socket, outbound: Srtp
) -> None:
    forged = bytes([0x80, 0xC8, 0, 6]) + bytes(30)
    report = bytes([0x81, 206, 0, 2]) + bytes(8)
    told = [inbox.endpoint.source]
    with bound(inbox.socket.family) as elsewhere:
        for source, datagram in (
            (elsewhere, b"\x00\x01stun"),
            (sender, outbound.session.protect(rtp())),
            (elsewhere, forged),
            (elsewhere, outbound.session.protect_rtcp(report)),
            (sender, outbound.session.protect(rtp(sequence=8))),
        ):
            source.sendto(datagram, inbox.socket.getsockname())
            inbox.arrived()
            told.append(inbox.endpoint.source)
        here, there = sender.getsockname()[:2], elsewhere.getsockname()[:2]
    assert told == [None, None, here, here, there, here]
    assert inbox.endpoint.source is inbox.endpoint.source


def test_media_that_overtakes_the_end_of_the_handshake_waits_for_the_keys(
    inbox: Inbox, sender: socket.socket, inbound: Srtp, outbound: Srtp
) -> None:
    inbox.endpoint.authenticate_by(None)
    report = bytes([0x81, 206, 0, 2]) + bytes(8)
    sender.sendto(outbound.session.protect_rtcp(report), inbox.socket.getsockname())
    half = MAX_EARLY // 2
    for sequence in range(half):
        sender.sendto(outbound.session.protect(rtp(sequence=sequence)), inbox.socket.getsockname())
    assert inbox.arrived() == ([], [], [], 0)
    for sequence in range(half, MAX_EARLY + 1):
        sender.sendto(outbound.session.protect(rtp(sequence=sequence)), inbox.socket.getsockname())
    assert inbox.arrived() == ([], [], [], 2)
    arrived_until = time.monotonic()
    inbox.endpoint.authenticate_by(inbound)
    burst = inbox.endpoint.take()
    assert [data for data, _ in burst.rtcp] == [report]
    assert [packet.sequence for packet in burst.rtp] == list(range(MAX_EARLY - 1))
    assert all(packet.arrived_at <= arrived_until for packet in burst.rtp)
    inbox.endpoint.authenticate_by(inbound)
    assert inbox.endpoint.take() == ([], [], [], 0)


def test_more_than_one_read_takes_arrives_in_order(inbox: Inbox, sender: socket.socket, outbound: Srtp) -> None:
    count = 2 * MAX_DATAGRAMS + 5
    for sequence in range(count):
        sender.sendto(outbound.session.protect(rtp(sequence=sequence)), inbox.socket.getsockname())
    assert [packet.sequence for packet in inbox.arrived().rtp] == list(range(count))


def test_a_closed_endpoint_brings_nothing_and_takes_nothing(
    path: ModuleType, inbox: Inbox, sender: socket.socket, outbound: Srtp
) -> None:
    inbox.endpoint.close()
    inbox.socket.close()
    assert inbox.endpoint.take() == ([], [], [], 0)
    nowhere = path.socket_address(sender.getsockname(), sender.family)
    packet = path.RtpPacket(rtp(), 96, True, 1, 1, 42, 12, 19)  # noqa: FBT003 - the marker
    to = Destination(inbox.endpoint, nowhere, outbound)
    assert path.send(to, [packet], IDENTITY, 0) == 0
    path.send_rtcp(to, bytes([0x80, 201, 0, 1]) + bytes(4))
    inbox.endpoint.close()


def test_a_packet_goes_out_under_its_new_identity(path: ModuleType, inbox: Inbox, outbound: Srtp) -> None:
    data = rtp(payload=b"first" + bytes(1100))
    packets = [
        path.RtpPacket(data, 96, True, 2**16 - 1000 + index, 2**32 + 4 + index, 42, 12, len(data))  # noqa: FBT003 - marker
        for index in range(MAX_DATAGRAMS + 3)
    ]
    to = destination(path, inbox, inbox, outbound)
    identity = IDENTITY._replace(send_time_id=3)
    assert path.send(to, packets, identity, 0x010203) == len(packets)
    got = inbox.arrived().rtp
    assert [packet.sequence for packet in got] == [index % 2**16 for index in range(MAX_DATAGRAMS + 3)]
    assert [packet.timestamp for packet in got] == [(index - 1) % 2**32 for index in range(MAX_DATAGRAMS + 3)]
    assert {(packet.ssrc, packet.payload_type, packet.marker) for packet in got} == {(77, 102, True)}
    assert {packet.payload for packet in got} == {b"first" + bytes(1100)}
    assert got[0].data[12:20] == b"\xbe\xde\x00\x01\x32\x01\x02\x03"


def test_a_report_goes_out_protected(path: ModuleType, inbox: Inbox, outbound: Srtp) -> None:
    report = bytes([0x80, 201, 0, 1]) + bytes(4)
    path.send_rtcp(destination(path, inbox, inbox, outbound), report)
    path.send_rtcp(destination(path, inbox, inbox, outbound), b"too short")
    assert [data for data, _ in inbox.arrived().rtcp] == [report]


def test_a_retransmission_goes_out_and_is_read_as_what_it_carries(
    path: ModuleType, inbox: Inbox, outbound: Srtp
) -> None:
    data = rtp(sequence=70_000 & 0xFFFF)
    lost = path.RtpPacket(data, 96, True, 70_000, 9000, 42, 12, len(data))  # noqa: FBT003 - the marker
    identity = IDENTITY._replace(payload_type=103, ssrc=78, sequence_shift=0)
    retransmission = retransmission_of(lost, 70_000 + 5, sequence=3)
    to = destination(path, inbox, inbox, outbound)
    assert path.send(to, [path.RtpPacket(*as_built(retransmission))], identity, 0) == 1
    (got,) = inbox.arrived().rtp
    assert (got.ssrc, got.payload_type, got.sequence) == (78, 103, 3)
    (original,) = originals_of_retransmissions([got], payload_type=102, ssrc=77)
    assert (original.ssrc, original.payload_type, original.sequence) == (77, 102, (70_000 + 5) & 0xFFFF)
    assert (original.marker, original.payload, original.timestamp) == (True, lost.payload, got.timestamp)


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


@pytest.fixture
def stream(path: ModuleType) -> Iterator[Carried]:
    with closing(Carried(path)) as stream:
        yield stream


def test_what_is_read_goes_on_at_once_as_the_viewer_knows_it(stream: Carried) -> None:
    assert stream.fanout.carry_to(stream.to, IDENTITY)
    stream.fanout.follow(42, 64_999, 1000, 10, 0)
    packets = stream.publish(65_000, 65_001)
    assert stream.seen() == [(77, 474), (77, 475)]
    assert [(packet.sequence, packet.carried) for packet in packets] == [(65_000, True), (65_001, True)]
    assert time.monotonic() - 60 < packets[0].arrived_at <= time.monotonic()


def test_a_viewer_that_is_changed_gets_it_once_and_one_that_is_dropped_not_at_all(stream: Carried) -> None:
    stream.fanout.carry_to(stream.to, IDENTITY)
    stream.fanout.carry_to(stream.to, IDENTITY._replace(sequence_shift=0))
    stream.publish(7)
    assert stream.seen() == [(77, 7)]
    assert stream.fanout.drop_from(stream.to, 77) == (7, 995)
    assert stream.fanout.drop_from(stream.to, 77) is None
    assert stream.publish(8)[0].carried
    assert stream.seen() == []


def test_whoever_drops_a_viewer_learns_which_numbers_were_used(stream: Carried) -> None:
    stream.fanout.carry_to(stream.to, IDENTITY)
    assert stream.fanout.drop_from(stream.to, 77) is None
    stream.fanout.follow(42, 65_530, 1000, 5, 7)
    stream.fanout.carry_to(stream.to, IDENTITY)
    stream.publish(65_531, 2, 65_535)
    stream.fanout.carry_to(stream.to, IDENTITY)
    assert stream.fanout.drop_from(stream.to, 77) == (1007, 1002)


def test_since_when_a_viewer_is_served_is_exact(stream: Carried) -> None:
    (before,) = stream.publish(7)
    since = stream.fanout.carry_to(stream.to, IDENTITY)
    assert since is not None
    (after,) = stream.publish(8)
    assert before.arrived_at <= since < after.arrived_at
    assert stream.seen() == [(77, 1008)]


def test_packets_of_another_ssrc_are_not_carried(stream: Carried) -> None:
    stream.fanout.carry_to(stream.to, IDENTITY)
    stream.fanout.follow(43, 6, 1000, 0, 0)
    assert not stream.publish(7)[0].carried
    assert stream.seen() == []


@pytest.mark.parametrize("far", [7 + REACH_PACKETS, 6 - REACH_PACKETS & 0xFFFF, 40_000])
def test_numbers_that_may_have_begun_anew_are_left_to_the_receive_path(stream: Carried, far: int) -> None:
    stream.fanout.carry_to(stream.to, IDENTITY)
    stream.publish(7)
    assert [packet.carried for packet in stream.publish(far, far + 1)] == [False, False]
    assert stream.seen() == [(77, 1007)]
    # It goes on from where the receive path says.
    stream.fanout.follow(42, far + 1, 1000, 1009 - (far + 1) & 0xFFFF, 0)
    assert stream.publish(far + 2)[0].carried
    assert stream.seen() == [(77, 2010)]


@pytest.mark.parametrize(("from_newest", "is_carried"), [(REACH, True), (REACH + 1, False), (-REACH - 1, False)])
def test_a_timestamp_out_of_reach_is_left_to_the_receive_path(
    stream: Carried, from_newest: int, is_carried: bool
) -> None:
    stream.fanout.follow(42, 6, 1000 - from_newest & 0xFFFFFFFF, 0, 0)
    assert [packet.carried for packet in stream.publish(7)] == [is_carried]


def test_a_closed_viewer_is_left_out_whatever_got_its_sockets_number_since(stream: Carried, path: ModuleType) -> None:
    other = Inbox(path)
    stream.fanout.carry_to(Destination(other.endpoint, stream.to.address, stream.to.srtp), IDENTITY)
    number = other.socket.fileno()
    other.endpoint.close()
    other.socket.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as successor:
        assert successor.fileno() == number
        stream.publish(7)
        assert stream.seen() == []
    other.reader.close()


def test_more_than_a_room_holds_are_refused(stream: Carried) -> None:
    for ssrc in range(MAX_CARRIES):
        assert stream.fanout.carry_to(stream.to, IDENTITY._replace(ssrc=ssrc))
    assert stream.fanout.carry_to(stream.to, IDENTITY) is None
    assert stream.fanout.carry_to(stream.to, IDENTITY._replace(ssrc=0, payload_type=98))


def test_what_the_kernel_does_not_take_is_lost_without_an_error(path: ModuleType, outbound: Srtp) -> None:
    with closing(Inbox(path)) as source:
        nowhere = path.socket_address(("255.255.255.255", 9), socket.AF_INET)
        packet = path.RtpPacket(rtp(), 96, True, 1, 1, 42, 12, 19)  # noqa: FBT003 - the marker
        assert path.send(Destination(source.endpoint, nowhere, outbound), [packet], IDENTITY, 0) == 0


@pytest.mark.parametrize("address", [("example.org", 1), ("::1", 1)])
def test_only_numeric_addresses_of_the_family_are_taken(path: ModuleType, address: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match="address"):
        path.socket_address(address, socket.AF_INET)


def test_a_payload_outside_of_the_packet_is_refused(path: ModuleType) -> None:
    with pytest.raises(ValueError, match="payload"):
        path.RtpPacket(b"short", 96, False, 1, 1, 1, 3, 9)  # noqa: FBT003 - the marker


@pytest.mark.skipif(not COMPILED, reason="the compiled data path is not built here: no C compiler, or no Python.h")
@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(min_size=12, max_size=80).map(lambda data: bytes([0x80 | data[0] & 0x3F]) + data[1:])))
def test_of_any_bytes_both_read_the_same_packets(datagrams: list[bytes]) -> None:
    from inspect_server.media.datapath import compiled

    results = []
    for path in (portable, compiled):
        inbound, outbound = srtp(pylibsrtp.Policy.SSRC_ANY_INBOUND), srtp(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        with closing(Inbox(path)) as own:
            own.endpoint.authenticate_by(inbound)
            for data in datagrams[:MAX_DATAGRAMS]:
                try:
                    own.socket.sendto(outbound.session.protect(data), own.socket.getsockname())
                except pylibsrtp.Error:
                    continue
            burst = own.arrived()
        rtcp = [data for data, _ in burst.rtcp]
        results.append(([fields(packet) for packet in burst.rtp], rtcp, burst.rest, burst.refused))
    assert results[0] == results[1]


class TestTheThread:
    """What only the compiled path does: it reads by itself, and lets Python wait while nothing is odd."""

    FOR_EVER_S = 3600.0
    """A patience that no test outlasts."""

    @pytest.fixture
    def stream(self) -> Iterator[Carried]:
        if not COMPILED:
            pytest.skip("the compiled data path is not built here: no C compiler, or no Python.h")
        from inspect_server.media.datapath import compiled

        with closing(Carried(compiled, first=65_534)) as stream:
            stream.fanout.let_wait(self.FOR_EVER_S)
            stream.fanout.carry_to(stream.to, IDENTITY)
            yield stream

    def seen(self, stream: Carried, count: int) -> list[int]:
        """Wait for so many packets at the viewer, nobody looking at the server."""
        got: list[int] = []
        while len(got) < count:
            more = stream.viewer.look()
            assert more is not None
            got += [packet.sequence for packet in more.rtp]
        return got

    def test_expected_packets_go_on_while_nobody_looks(self, stream: Carried) -> None:
        stream.send(65_534, 65_535, 0, 1)
        assert self.seen(stream, 4) == [998, 999, 1000, 1001]
        assert not stream.server.calls_within(0)
        assert [packet.sequence for packet in stream.server.endpoint.take().rtp] == [65_534, 65_535, 0, 1]

    @pytest.mark.parametrize("odd", [(65_534, 0), (65_534, 65_533), (65_534, 65_534 + 2 * REACH_PACKETS & 0xFFFF)])
    def test_a_hole_a_late_packet_and_numbers_begun_anew_are_told_at_once(
        self, stream: Carried, odd: tuple[int, ...]
    ) -> None:
        stream.send(*odd)
        assert stream.server.calls_within(TIMEOUT_S)
        assert stream.server.reader.ready() == [stream.server.endpoint]

    def test_patience_ends(self, stream: Carried) -> None:
        stream.fanout.let_wait(0.05)
        stream.send(65_534)
        assert stream.server.calls_within(TIMEOUT_S)

    @pytest.mark.parametrize("request_type", [bytes([0x81, 205]), bytes([0x81, 206])])
    def test_requests_are_told_at_once_and_reports_soon(self, stream: Carried, request_type: bytes) -> None:
        def told_after(*parts: bytes) -> float:
            compound = b"".join(part + bytes([0, 1]) + bytes(4) for part in parts)
            before = time.monotonic()
            data = stream.publishing.session.protect_rtcp(compound)
            stream.sender.sendto(data, stream.server.socket.getsockname())
            while not (burst := stream.server.look()) or not burst.rtcp:
                pass
            return time.monotonic() - before

        receiver_report, bandwidth = bytes([0x80, 201]), bytes([0x8F, 206])
        soonest = min(told_after(receiver_report, request_type) for _ in range(5))
        latest = max(told_after(receiver_report, bandwidth) for _ in range(5))
        assert soonest < latest / 2

    def test_what_waits_is_bounded_and_what_was_dropped_may_be_sent_again(self, stream: Carried) -> None:
        first = 65_534
        numbers = [(first + index) % 2**16 for index in range(MAX_WAITING + 1)]
        for start in range(0, len(numbers), MAX_DATAGRAMS):
            stream.send(*numbers[start : start + MAX_DATAGRAMS])
            until_read(stream.server.socket)
        again = stream.publishing.session.protect(rtp(sequence=numbers[-1]))
        burst = stream.server.endpoint.take()
        assert [packet.sequence for packet in burst.rtp] == numbers[:-1]
        assert burst.refused == 1
        stream.sender.sendto(again, stream.server.socket.getsockname())
        assert [packet.sequence for packet in stream.server.arrived().rtp] == numbers[-1:]

    def test_a_reader_ends_while_packets_come_and_endpoints_come_and_go(self, stream: Carried) -> None:
        from inspect_server.media.datapath import compiled

        for number in range(200):
            stream.send((65_534 + number) % 2**16)
            with closing(Inbox(compiled)) as other:
                stream.sender.sendto(b"\x00stun", other.socket.getsockname())
        assert len(stream.server.arrived().rtp) == 200


def until_read(receiver: socket.socket) -> None:
    """Wait until the kernel has nothing more for this socket."""
    deadline = time.monotonic() + TIMEOUT_S
    while fcntl.ioctl(receiver, termios.FIONREAD, bytes(4)) != bytes(4):
        assert time.monotonic() < deadline
