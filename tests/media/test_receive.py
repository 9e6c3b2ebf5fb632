"""One received stream: what it hands on, what it tells the sender."""

import pytest

from inspect_server.media import rtcp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.clock import PublisherClock, WallClock
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.nack import GIVE_UP_AFTER_S
from inspect_server.media.receive import ReceiveStream
from inspect_server.media.sdp import AcceptedMedia

SPS = b"\x67\x42\xe0\x1f"
DELTA = b"\x41\x9a\x00\x00"
NOON_US = 1_790_000_000_000_000


@pytest.fixture
def stream() -> ReceiveStream:
    media = AcceptedMedia(MediaKind.VIDEO, "1", Codec.H264, 102, abs_send_time_id=None)
    return ReceiveStream(media, PublisherClock(), WallClock(utc_us=NOON_US, monotonic_s=0.0))


def packet(sequence: int, *, timestamp: int = 0, payload: bytes = DELTA, ssrc: int = 9) -> RtpPacket:
    data = bytes(12) + payload
    return RtpPacket(
        data, 102, marker=True, sequence=sequence, timestamp=timestamp, ssrc=ssrc, payload_start=12,
        payload_end=len(data),
    )  # fmt: skip


def test_numbers_are_unwrapped_in_place(stream: ReceiveStream) -> None:
    stream.take([packet(65535, timestamp=2**32 - 1)], 0.0)
    (later,) = stream.take([packet(0, timestamp=2999)], 0.03)
    assert (later.sequence, later.timestamp) == (65536, 2**32 + 2999)


def test_a_duplicate_is_not_handed_on(stream: ReceiveStream) -> None:
    assert [taken.sequence for taken in stream.take([packet(5), packet(6), packet(5)], 0.0)] == [5, 6]
    assert stream.take([packet(6)], 0.0) == []
    assert stream.packets == 2


def test_a_keyframe_is_seen_where_it_starts(stream: ReceiveStream) -> None:
    stream.take([packet(1)], 0.0)
    assert not stream.keyframe_seen
    stream.take([packet(2, payload=SPS)], 0.0)
    assert stream.keyframe_seen


def test_the_sender_hears_of_unrepaired_loss_only(stream: ReceiveStream) -> None:
    stream.take([packet(sequence) for sequence in (1, 2, 4, 5, 7, 8)], 0.0)
    stream.take([packet(3)], 0.1)
    assert stream.missed == 2
    block = stream.report_block(1.0)
    assert (block.fraction_lost, block.total_lost, block.highest_sequence) == (0, 0, 8)
    assert stream.given_up(GIVE_UP_AFTER_S) == [6]
    stream.take([packet(sequence) for sequence in range(9, 17)], 3.0)
    block = stream.report_block(4.0)
    assert (block.fraction_lost, block.total_lost) == (256 // 8, 1)


def test_the_report_names_the_senders_last_report_and_how_long_ago_it_came(stream: ReceiveStream) -> None:
    stream.take([packet(1, timestamp=1000)], 0.0)
    stream.sender_report(rtcp.SenderReport(9, NOON_US, 1000, 1, 1), 1.0)
    block = stream.report_block(1.5)
    assert block.last_report == rtcp.middle_32(*rtcp.unix_us_to_ntp(NOON_US))
    assert block.delay == 32768
    assert stream.utc_us(1000 + 90_000) == NOON_US + 2_000_000


def test_another_ssrc_begins_the_stream_anew(stream: ReceiveStream) -> None:
    stream.take([packet(60_000, timestamp=5_000_000)], 0.0)
    (first,) = stream.take([packet(3, timestamp=7, ssrc=10)], 1.0)
    assert (first.sequence, first.timestamp, stream.ssrc) == (3, 7, 10)
    assert stream.quiet
