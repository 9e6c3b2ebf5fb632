"""Both data paths, the portable and the compiled one, do the same: on real sockets with real keys."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from types import ModuleType

import pylibsrtp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.media.aiortc_hooks import _srtp
from inspect_server.media.datapath import COMPILED, Burst, Destination, Identity, Srtp, portable
from inspect_server.media.datapath.burst import MAX_CARRIES, MAX_DATAGRAM_BYTES, MAX_DATAGRAMS, REACH_PACKETS

KEY = bytes(range(30))
REACH = 90_000
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


@pytest.fixture(params=["127.0.0.1", "::1"])
def sockets(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """(sender, receiver), bound on loopback; they never block."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sender, socket.socket(family, socket.SOCK_DGRAM) as receiver:
        for end in (sender, receiver):
            end.bind((request.param, 0))
            end.settimeout(0)
        yield sender, receiver


def destination(path: ModuleType, sender: socket.socket, receiver: socket.socket, outbound: Srtp) -> Destination:
    return Destination(sender, path.socket_address(receiver.getsockname(), receiver.family), outbound)


def rtp(*, sequence: int = 7, first: int = 0x80, payload: bytes = b"payload", marker: bool = True) -> bytes:
    kind = 102 | (0x80 if marker else 0)
    return bytes([first, kind]) + sequence.to_bytes(2) + (1000).to_bytes(4) + (42).to_bytes(4) + payload


def fields(packet: portable.RtpPacket) -> tuple[object, ...]:
    return (
        packet.data, packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc,
        packet.payload_start, packet.payload_end, packet.payload,
    )  # fmt: skip


def test_media_arrives_decrypted_and_the_rest_with_its_sender(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], inbound: Srtp, outbound: Srtp
) -> None:
    sender, receiver = sockets
    report = bytes([0x81, 206, 0, 2]) + bytes(8)
    for datagram in (
        outbound.session.protect(rtp()),
        b"\x00\x01stun",
        outbound.session.protect_rtcp(report),
        outbound.session.protect(rtp(sequence=8, marker=False)),
        b"\x16dtls",
    ):
        sender.sendto(datagram, receiver.getsockname())
    burst = path.receive(receiver, inbound, {})
    assert [fields(packet) for packet in burst.rtp] == [
        (rtp(), 102, True, 7, 1000, 42, 12, 19, b"payload"),
        (rtp(sequence=8, marker=False), 102, False, 8, 1000, 42, 12, 19, b"payload"),
    ]
    assert burst.rtcp == [report]
    own_address = sender.getsockname()[:2]
    assert burst.rest == [(b"\x00\x01stun", own_address), (b"\x16dtls", own_address)]
    assert burst.refused == 0
    assert path.receive(receiver, inbound, {}) == ([], [], [], 0, False)


def test_what_is_forged_replayed_malformed_or_too_long_is_counted_and_dropped(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], inbound: Srtp, outbound: Srtp
) -> None:
    sender, receiver = sockets
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
        sender.sendto(datagram, receiver.getsockname())
    burst = path.receive(receiver, inbound, {})
    assert len(burst.rtp) == 1
    assert (burst.rtcp, burst.rest, burst.refused) == ([], [], len(refused) + 1)


def test_before_there_are_keys_media_is_dropped(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], outbound: Srtp
) -> None:
    sender, receiver = sockets
    sender.sendto(outbound.session.protect(rtp()), receiver.getsockname())
    assert path.receive(receiver, None, {}) == ([], [], [], 1, False)


def test_one_read_is_bounded(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], inbound: Srtp, outbound: Srtp
) -> None:
    sender, receiver = sockets
    for sequence in range(MAX_DATAGRAMS + 5):
        sender.sendto(outbound.session.protect(rtp(sequence=sequence)), receiver.getsockname())
    assert len(path.receive(receiver, inbound, {}).rtp) == MAX_DATAGRAMS
    assert len(path.receive(receiver, inbound, {}).rtp) == 5


def test_a_packet_goes_out_under_its_new_identity(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], inbound: Srtp, outbound: Srtp
) -> None:
    sender, receiver = sockets
    data = rtp(payload=b"first" + bytes(1100))
    packets = [
        path.RtpPacket(data, 96, True, 2**16 - 1000 + index, 2**32 + 4 + index, 42, 12, len(data))  # noqa: FBT003 - marker
        for index in range(MAX_DATAGRAMS + 3)
    ]
    to = destination(path, sender, receiver, outbound)
    identity = IDENTITY._replace(send_time_id=3)
    assert path.send(to, packets, identity, 0x010203) == len(packets)
    got = path.receive(receiver, inbound, {}).rtp + path.receive(receiver, inbound, {}).rtp
    assert [packet.sequence for packet in got] == [index % 2**16 for index in range(MAX_DATAGRAMS + 3)]
    assert [packet.timestamp for packet in got] == [(index - 1) % 2**32 for index in range(MAX_DATAGRAMS + 3)]
    assert {(packet.ssrc, packet.payload_type, packet.marker) for packet in got} == {(77, 102, True)}
    assert {packet.payload for packet in got} == {b"first" + bytes(1100)}
    assert got[0].data[12:20] == b"\xbe\xde\x00\x01\x32\x01\x02\x03"


class Carried:
    """A publisher's stream that is read at one socket and carried to a viewer at another."""

    def __init__(self, path: ModuleType, *, patience: int = 32, first: int = 7) -> None:
        self.path = path
        self.sender, self.server, self.viewer = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3))
        for end in (self.sender, self.server, self.viewer):
            end.bind(("127.0.0.1", 0))
            end.settimeout(0)
        self.publishing = srtp(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.published = srtp(pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self.forwarding = srtp(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.watched = srtp(pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self.fanout = path.Fanout(patience, REACH)
        self.fanout.follow(42, first - 1 & 0xFFFF, 1000, 0, 0)
        self.to = destination(path, self.server, self.viewer, self.forwarding)

    def publish(self, *sequences: int, ending: bool = False) -> Burst:
        for sequence in sequences:
            data = rtp(sequence=sequence, marker=ending and sequence == sequences[-1])
            self.sender.sendto(self.publishing.session.protect(data), self.server.getsockname())
        burst: Burst = self.path.receive(self.server, self.published, {102: self.fanout})
        return burst

    def seen(self) -> list[tuple[int, int]]:
        got = self.path.receive(self.viewer, self.watched, {}).rtp
        return [(packet.ssrc, packet.sequence) for packet in got]

    def close(self) -> None:
        for end in (self.sender, self.server, self.viewer):
            end.close()


@pytest.fixture
def stream(path: ModuleType) -> Iterator[Carried]:
    stream = Carried(path)
    yield stream
    stream.close()


def test_what_is_read_goes_on_at_once_as_the_viewer_knows_it(stream: Carried) -> None:
    assert stream.fanout.carry_to(stream.to, IDENTITY)
    stream.fanout.follow(42, 64_999, 1000, 10, 0)
    burst = stream.publish(65_000, 65_001)
    assert stream.seen() == [(77, 474), (77, 475)]
    assert [(packet.sequence, packet.carried) for packet in burst.rtp] == [(65_000, True), (65_001, True)]
    assert burst.rtp[0].arrived_at <= time.monotonic()
    assert burst.rtp[0].arrived_at > time.monotonic() - 60


def test_a_viewer_that_is_changed_gets_it_once_and_one_that_is_dropped_not_at_all(stream: Carried) -> None:
    stream.fanout.carry_to(stream.to, IDENTITY)
    stream.fanout.carry_to(stream.to, IDENTITY._replace(sequence_shift=0))
    stream.publish(7)
    assert stream.seen() == [(77, 7)]
    stream.fanout.drop_from(stream.to, 77)
    stream.fanout.drop_from(stream.to, 77)
    assert stream.publish(8).rtp[0].carried
    assert stream.seen() == []


def test_packets_of_another_ssrc_are_not_carried_and_press(stream: Carried) -> None:
    stream.fanout.carry_to(stream.to, IDENTITY)
    stream.fanout.follow(43, 6, 1000, 0, 0)
    burst = stream.publish(7)
    assert (burst.pressing, burst.rtp[0].carried) == (True, False)
    assert stream.seen() == []


@pytest.mark.parametrize("far", [7 + REACH_PACKETS, 6 - REACH_PACKETS & 0xFFFF, 40_000])
def test_numbers_that_may_have_begun_anew_are_left_to_the_receive_path(stream: Carried, far: int) -> None:
    stream.fanout.carry_to(stream.to, IDENTITY)
    stream.publish(7)
    burst = stream.publish(far, far + 1)
    assert (burst.pressing, [packet.carried for packet in burst.rtp]) == (True, [False, False])
    assert stream.seen() == [(77, 1007)]
    # It goes on from where the receive path says.
    stream.fanout.follow(42, far + 1, 1000, 1009 - (far + 1) & 0xFFFF, 0)
    assert stream.publish(far + 2).rtp[0].carried
    assert stream.seen() == [(77, 2010)]


@pytest.mark.parametrize(("from_newest", "is_carried"), [(REACH, True), (REACH + 1, False), (-REACH - 1, False)])
def test_a_timestamp_out_of_reach_is_left_to_the_receive_path(
    stream: Carried, from_newest: int, is_carried: bool
) -> None:
    stream.fanout.follow(42, 6, 1000 - from_newest & 0xFFFFFFFF, 0, 0)
    assert [packet.carried for packet in stream.publish(7).rtp] == [is_carried]


def test_a_closed_socket_is_left_out_whatever_got_its_number_since(stream: Carried, path: ModuleType) -> None:
    closed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stream.fanout.carry_to(Destination(closed, stream.to.address, stream.forwarding), IDENTITY)
    number = closed.fileno()
    closed.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as successor:
        assert successor.fileno() == number
        stream.publish(7)
        assert stream.seen() == []


def test_it_can_wait_until_a_picture_ends_something_is_missing_or_patience_does(path: ModuleType) -> None:
    stream = Carried(path, patience=4, first=65_534)
    assert not stream.publish(65_534, 65_535).pressing
    assert not stream.publish(0).pressing
    assert stream.publish(1).pressing, "patience"
    assert not stream.publish(2).pressing
    assert stream.publish(4).pressing, "a hole"
    assert stream.publish(3).pressing, "late"
    assert stream.publish(5, ending=True).pressing, "the end of a picture"
    assert not stream.publish(6).pressing
    stream.close()


def test_more_than_a_room_holds_are_refused(stream: Carried) -> None:
    for ssrc in range(MAX_CARRIES):
        assert stream.fanout.carry_to(stream.to, IDENTITY._replace(ssrc=ssrc))
    assert not stream.fanout.carry_to(stream.to, IDENTITY)
    assert stream.fanout.carry_to(stream.to, IDENTITY._replace(ssrc=0, payload_type=98))


def test_what_the_kernel_does_not_take_is_lost_without_an_error(path: ModuleType, outbound: Srtp) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        nowhere = path.socket_address(("255.255.255.255", 9), socket.AF_INET)
        packet = path.RtpPacket(rtp(), 96, True, 1, 1, 42, 12, 19)  # noqa: FBT003 - the marker
        assert path.send(Destination(sender, nowhere, outbound), [packet], IDENTITY, 0) == 0


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
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.bind(("127.0.0.1", 0))
            for data in datagrams[:MAX_DATAGRAMS]:
                try:
                    own.sendto(outbound.session.protect(data), own.getsockname())
                except pylibsrtp.Error:
                    continue
            burst = path.receive(own, inbound, {})
        results.append(([fields(packet) for packet in burst.rtp], burst.rtcp, burst.rest, burst.refused))
    assert results[0] == results[1]
