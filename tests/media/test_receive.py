"""One received stream: what it hands on, what it tells the sender."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media import rtcp
from inspect_server.media.access_unit import AccessUnit, Codec, MediaKind
from inspect_server.media.clock import PublisherClock, WallClock
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.nack import GIVE_UP_AFTER_S, MAX_MISSING
from inspect_server.media.receive import EARLIER_PACKETS, ReceiveStream
from inspect_server.media.recording import RecordingSubscriber
from inspect_server.media.sdp.publish_answer import AcceptedMedia

SPS = b"\x67\x42\xe0\x1f"
DELTA = b"\x41\x9a\x00\x00"
NOON_US = 1_790_000_000_000_000
RTT_S = 0.1


def take(stream: ReceiveStream, packets: list[RtpPacket], at: float = 0.0) -> list[RtpPacket]:
    """Let these arrive now."""
    return stream.take(
        RtpPacket(
            one.data, one.payload_type, one.marker, one.sequence, one.timestamp, one.ssrc, one.payload_start,
            one.payload_end, at,
        )
        for one in packets
    )  # fmt: skip


@pytest.fixture
def stream() -> ReceiveStream:
    media = AcceptedMedia(MediaKind.VIDEO, "1", Codec.H264, 102, abs_send_time_id=None)
    return ReceiveStream(media, PublisherClock(), WallClock(utc_us=NOON_US, monotonic_s=0.0))


def packet(sequence: int, *, timestamp: int = 0, payload: bytes = DELTA, ssrc: int = 9, at: float = 0.0) -> RtpPacket:
    data = bytes(12) + payload
    return RtpPacket(
        data, 102, marker=True, sequence=sequence, timestamp=timestamp, ssrc=ssrc, payload_start=12,
        payload_end=len(data),
    )  # fmt: skip


def test_numbers_are_unwrapped_in_place(stream: ReceiveStream) -> None:
    take(stream, [packet(65535, timestamp=2**32 - 1)], at=0.0)
    (later,) = take(stream, [packet(0, timestamp=2999)], at=0.03)
    assert (later.sequence, later.timestamp) == (65536, 2**32 + 2999)


def test_a_duplicate_is_not_handed_on(stream: ReceiveStream) -> None:
    assert [taken.sequence for taken in take(stream, [packet(5), packet(6), packet(5)], at=0.0)] == [5, 6]
    assert take(stream, [packet(6)], at=0.0) == []
    assert stream.packets == 2


def test_a_keyframe_is_seen_where_it_starts(stream: ReceiveStream) -> None:
    take(stream, [packet(1)], at=0.0)
    assert stream.newest_keyframe == -1
    take(stream, [packet(2, timestamp=3000, payload=SPS), packet(3, timestamp=3000)], at=0.0)
    assert stream.newest_keyframe == 2


def test_a_keyframe_is_seen_though_its_first_packet_came_last(stream: ReceiveStream) -> None:
    take(stream, [packet(1), packet(3, timestamp=3000), packet(2, timestamp=3000, payload=SPS)], at=0.0)
    assert stream.newest_keyframe == 2


def test_the_sender_hears_of_unrepaired_loss_only(stream: ReceiveStream) -> None:
    take(stream, [packet(1, payload=SPS), *(packet(sequence) for sequence in (2, 4, 5, 7, 8))], 0.0)
    take(stream, [packet(3)], 0.1)
    assert stream.missed == 2
    block = stream.report_block(1.0)
    assert (block.fraction_lost, block.total_lost, block.highest_sequence) == (0, 0, 8)
    assert stream.given_up(GIVE_UP_AFTER_S, RTT_S) == [6]
    take(stream, [packet(sequence) for sequence in range(9, 17)], 3.0)
    block = stream.report_block(4.0)
    assert (block.fraction_lost, block.total_lost) == (256 // 8, 1)


def test_the_report_names_the_senders_last_report_and_how_long_ago_it_came(stream: ReceiveStream) -> None:
    take(stream, [packet(1, timestamp=1000)], at=0.0)
    stream.sender_report(rtcp.SenderReport(9, NOON_US, 1000, 1, 1), 1.0)
    block = stream.report_block(1.5)
    assert block.last_report == rtcp.middle_32(*rtcp.unix_us_to_ntp(NOON_US))
    assert block.delay == 32768
    assert stream.utc_us(1000 + 90_000) == NOON_US + 2_000_000


def test_another_ssrc_takes_the_stream_over_behind_a_hole(stream: ReceiveStream) -> None:
    take(stream, [packet(60_000, timestamp=5_000_000, payload=SPS)], 0.0)
    first, second = take(stream, [packet(3, timestamp=7, ssrc=10), packet(4, timestamp=3007, ssrc=10)], 1.0)
    assert stream.ssrc == 10
    assert [first.sequence, second.sequence] == [60_002, 60_003]
    assert [first.timestamp, second.timestamp] == [5_090_000, 5_093_000]
    assert stream.given_up(1.0, RTT_S) == [60_001]
    assert stream.quiet
    block = stream.report_block(1.0)
    assert (block.ssrc, block.highest_sequence, block.total_lost) == (10, 4, 0)
    # Nothing dates back to what the SSRC before said of its clock.
    assert stream.utc_us(5_093_000) == pytest.approx(NOON_US + 1_000_000, abs=40_000)


def test_sequence_numbers_that_begin_anew_go_on_behind_a_hole(stream: ReceiveStream) -> None:
    take(stream, [packet(30_000, payload=SPS), packet(30_001)], 0.0)
    (first,) = take(stream, [packet(100), packet(101)], 0.1)
    assert first.sequence == 30_003
    assert [taken.sequence for taken in take(stream, [packet(103), packet(102)], 0.2)] == [30_005, 30_004]
    assert stream.report_block(1.0).highest_sequence == 103


def test_old_duplicates_are_no_new_beginning(stream: ReceiveStream) -> None:
    take(stream, [packet(30_000, payload=SPS), *(packet(sequence) for sequence in range(30_001, 30_100))], 0.0)
    assert take(stream, [packet(sequence) for sequence in range(30_000, 30_050)], 0.1) == []
    assert [taken.sequence for taken in take(stream, [packet(30_100)], 0.2)] == [30_100]


@pytest.mark.parametrize("jump_s", [3600, -3600, -15, 40])
def test_a_timestamp_that_jumps_goes_on_with_the_time_that_has_passed(stream: ReceiveStream, jump_s: int) -> None:
    start = 2**31
    take(stream, [packet(1, timestamp=start, payload=SPS)], 0.0)
    stream.sender_report(rtcp.SenderReport(9, NOON_US, start, 1, 1), 0.0)
    jumped = (start + 90_000 + jump_s * 90_000) % 2**32
    taken = take(stream, [packet(2, timestamp=jumped), packet(3, timestamp=(jumped + 3000) % 2**32)], 1.0)
    assert [one.timestamp for one in taken] == [start + 90_000, start + 93_000]
    assert stream.utc_us(start + 90_000) == pytest.approx(NOON_US + 1_000_000, abs=40_000)


def test_an_outage_is_no_jump_of_timestamps(stream: ReceiveStream) -> None:
    take(stream, [packet(1, timestamp=0, payload=SPS)], 0.0)
    (after,) = take(stream, [packet(2, timestamp=90_000 * 60)], 61.5)
    assert after.timestamp == 90_000 * 60


def test_what_may_have_come_before_a_first_packet_is_asked_for_and_is_no_loss(stream: ReceiveStream) -> None:
    take(stream, [packet(100), packet(101)], 0.0)
    assert stream.retransmissions_due(1.0, RTT_S) == list(range(100 - EARLIER_PACKETS, 100))
    assert [taken.sequence for taken in take(stream, [packet(99, payload=SPS)], 0.1)] == [99]
    assert stream.given_up(1.0, RTT_S) == list(range(100 - EARLIER_PACKETS, 99))
    assert stream.report_block(1.0).total_lost == 0


def test_nothing_is_asked_for_before_a_packet_that_begins_a_picture(stream: ReceiveStream) -> None:
    take(stream, [packet(100, payload=SPS)], 0.0)
    assert stream.quiet


WIRE_PACKETS = st.lists(
    st.tuples(
        st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.sampled_from([9, 10, 11]), st.binary(max_size=6)
    ),
    max_size=200,
)


@given(WIRE_PACKETS, st.lists(st.floats(0, 20), max_size=200))
def test_whatever_comes_no_number_comes_twice_and_memory_stays_bounded(
    arrivals: list[tuple[int, int, int, bytes]], pauses: list[float]
) -> None:
    media = AcceptedMedia(MediaKind.VIDEO, "1", Codec.H264, 102, abs_send_time_id=None)
    stream = ReceiveStream(media, PublisherClock(), WallClock(utc_us=NOON_US, monotonic_s=0.0))
    units: list[AccessUnit] = []
    recording = RecordingSubscriber({MediaKind.VIDEO: stream}, _Writer(units), need_keyframe=lambda: None)
    seen: set[int] = set()
    now = 0.0
    for index, (sequence, timestamp, ssrc, payload) in enumerate(arrivals):
        now += pauses[index] if index < len(pauses) else 0.01
        taken = take(stream, [packet(sequence, timestamp=timestamp, ssrc=ssrc, payload=payload)], now)
        for one in taken:
            assert one.sequence not in seen
            seen.add(one.sequence)
        if taken:
            recording.on_packets(MediaKind.VIDEO, taken, now)
        if lost := stream.given_up(now, RTT_S):
            recording.on_lost(MediaKind.VIDEO, lost[-1])
        assert len(stream.retransmissions_due(now, RTT_S)) <= MAX_MISSING
        stream.report_block(now)
    recording.close()
    assert all(later.rtp_time >= earlier.rtp_time - 10 * 90_000 for earlier, later in pairwise(units))


@dataclass
class _Writer:
    units: list[AccessUnit]

    def write(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def left_out(self, kind: MediaKind, until_us: int) -> None: ...
