"""What is read goes on to those that watch, in that moment: both data paths do the same."""

from __future__ import annotations

import socket
import time
from types import ModuleType

import pytest

from inspect_server.media.datapath import Destination
from inspect_server.media.datapath.burst import MAX_CARRIES, REACH_PACKETS
from tests.media.datapath.stage import IDENTITY, REACH, Carried, Inbox


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
