"""What only the compiled path does: it reads by itself, and lets Python wait while nothing is odd."""

from __future__ import annotations

import fcntl
import socket
import termios
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from inspect_server.media.datapath import COMPILED
from inspect_server.media.datapath.burst import MAX_DATAGRAMS, MAX_WAITING, REACH_PACKETS
from tests.media.datapath.stage import IDENTITY, TIMEOUT_S, Carried, Inbox, rtp

FOR_EVER_S = 3600.0
"""A patience that no test outlasts."""


@pytest.fixture
def stream() -> Iterator[Carried]:
    if not COMPILED:
        pytest.skip("the compiled data path is not built here: no C compiler, or no Python.h")
    from inspect_server.media.datapath import compiled

    with closing(Carried(compiled, first=65_534)) as stream:
        stream.fanout.let_wait(FOR_EVER_S)
        stream.fanout.carry_to(stream.to, IDENTITY)
        yield stream


def seen(stream: Carried, count: int) -> list[int]:
    """Wait for so many packets at the viewer, nobody looking at the server."""
    got: list[int] = []
    while len(got) < count:
        more = stream.viewer.look()
        assert more is not None
        got += [packet.sequence for packet in more.rtp]
    return got


def test_expected_packets_go_on_while_nobody_looks(stream: Carried) -> None:
    stream.send(65_534, 65_535, 0, 1)
    assert seen(stream, 4) == [998, 999, 1000, 1001]
    assert not stream.server.calls_within(0)
    assert [packet.sequence for packet in stream.server.endpoint.take().rtp] == [65_534, 65_535, 0, 1]


@pytest.mark.parametrize("odd", [(65_534, 0), (65_534, 65_533), (65_534, 65_534 + 2 * REACH_PACKETS & 0xFFFF)])
def test_a_hole_a_late_packet_and_numbers_begun_anew_are_told_at_once(stream: Carried, odd: tuple[int, ...]) -> None:
    stream.send(*odd)
    assert stream.server.calls_within(TIMEOUT_S)
    assert stream.server.reader.ready() == [stream.server.endpoint]


def test_patience_ends(stream: Carried) -> None:
    stream.fanout.let_wait(0.05)
    stream.send(65_534)
    assert stream.server.calls_within(TIMEOUT_S)


@pytest.mark.parametrize("request_type", [bytes([0x81, 205]), bytes([0x81, 206])])
def test_requests_are_told_at_once_and_reports_soon(stream: Carried, request_type: bytes) -> None:
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


def test_what_waits_is_bounded_and_what_was_dropped_may_be_sent_again(stream: Carried) -> None:
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


def test_a_reader_ends_while_packets_come_and_endpoints_come_and_go(stream: Carried) -> None:
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
