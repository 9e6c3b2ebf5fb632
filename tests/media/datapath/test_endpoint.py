"""What comes in by a socket and goes out by one: both data paths do the same."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from types import ModuleType

import pylibsrtp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.media.datapath import COMPILED, Destination, Srtp, portable
from inspect_server.media.datapath.burst import MAX_DATAGRAM_BYTES, MAX_DATAGRAMS, MAX_EARLY
from inspect_server.media.rtp import originals_of_retransmissions, retransmission_of
from tests.media.datapath.stage import IDENTITY, Inbox, as_built, bound, destination, fields, rtp, srtp


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
