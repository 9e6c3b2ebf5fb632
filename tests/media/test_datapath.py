"""Both data paths, the portable and the compiled one, do the same: on real sockets with real keys."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import ModuleType

import pylibsrtp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.media.aiortc_hooks import _srtp
from inspect_server.media.datapath import COMPILED, Identity, Srtp, portable
from inspect_server.media.datapath.burst import MAX_DATAGRAM_BYTES, MAX_DATAGRAMS

KEY = bytes(range(30))
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
    burst = path.receive(receiver, inbound)
    assert [fields(packet) for packet in burst.rtp] == [
        (rtp(), 102, True, 7, 1000, 42, 12, 19, b"payload"),
        (rtp(sequence=8, marker=False), 102, False, 8, 1000, 42, 12, 19, b"payload"),
    ]
    assert burst.rtcp == [report]
    own_address = sender.getsockname()[:2]
    assert burst.rest == [(b"\x00\x01stun", own_address), (b"\x16dtls", own_address)]
    assert burst.refused == 0
    assert path.receive(receiver, inbound) == ([], [], [], 0)


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
    burst = path.receive(receiver, inbound)
    assert len(burst.rtp) == 1
    assert (burst.rtcp, burst.rest, burst.refused) == ([], [], len(refused) + 1)


def test_before_there_are_keys_media_is_dropped(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], outbound: Srtp
) -> None:
    sender, receiver = sockets
    sender.sendto(outbound.session.protect(rtp()), receiver.getsockname())
    assert path.receive(receiver, None) == ([], [], [], 1)


def test_one_read_is_bounded(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], inbound: Srtp, outbound: Srtp
) -> None:
    sender, receiver = sockets
    for sequence in range(MAX_DATAGRAMS + 5):
        sender.sendto(outbound.session.protect(rtp(sequence=sequence)), receiver.getsockname())
    assert len(path.receive(receiver, inbound).rtp) == MAX_DATAGRAMS
    assert len(path.receive(receiver, inbound).rtp) == 5


def test_a_packet_goes_out_under_its_new_identity(
    path: ModuleType, sockets: tuple[socket.socket, socket.socket], inbound: Srtp, outbound: Srtp
) -> None:
    sender, receiver = sockets
    data = rtp(payload=b"first" + bytes(1100))
    packets = [
        path.RtpPacket(data, 96, True, 2**16 - 1000 + index, 2**32 + 4 + index, 42, 12, len(data))  # noqa: FBT003
        for index in range(MAX_DATAGRAMS + 3)
    ]
    address = path.socket_address(receiver.getsockname(), receiver.family)
    identity = IDENTITY._replace(send_time_id=3)
    assert path.send(sender, address, outbound, packets, identity, 0x010203) == len(packets)
    got = path.receive(receiver, inbound).rtp + path.receive(receiver, inbound).rtp
    assert [packet.sequence for packet in got] == [index % 2**16 for index in range(MAX_DATAGRAMS + 3)]
    assert [packet.timestamp for packet in got] == [(index - 1) % 2**32 for index in range(MAX_DATAGRAMS + 3)]
    assert {(packet.ssrc, packet.payload_type, packet.marker) for packet in got} == {(77, 102, True)}
    assert {packet.payload for packet in got} == {b"first" + bytes(1100)}
    assert got[0].data[12:20] == b"\xbe\xde\x00\x01\x32\x01\x02\x03"


def test_what_the_kernel_does_not_take_is_lost_without_an_error(path: ModuleType, outbound: Srtp) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        nowhere = path.socket_address(("255.255.255.255", 9), socket.AF_INET)
        packet = path.RtpPacket(rtp(), 96, True, 1, 1, 42, 12, 19)  # noqa: FBT003 - the marker
        assert path.send(sender, nowhere, outbound, [packet], IDENTITY, 0) == 0


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
            burst = path.receive(own, inbound)
        results.append(([fields(packet) for packet in burst.rtp], burst.rtcp, burst.rest, burst.refused))
    assert results[0] == results[1]
