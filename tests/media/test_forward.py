"""What a viewer gets: one unbroken stream, whoever sends."""

import time

import pytest

from inspect_server.media import rtcp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.datapath import Fanout, Identity, RtpPacket, portable
from inspect_server.media.forward import HISTORY_PACKETS, ForwardStream

SPS = b"\x67\x42\xe0\x1f"
IDR_START = b"\x7c\x85\x00\x00"
DELTA = b"\x41\x9a\x00\x00"


def video(sequence: int, timestamp: int, payload: bytes = DELTA) -> RtpPacket:
    data = bytes(12) + payload
    return RtpPacket(data, 96, False, sequence, timestamp, 5, 12, len(data))  # noqa: FBT003 - the marker


class Viewer:
    """What arrives there: (sequence, timestamp) of each packet."""

    def __init__(self) -> None:
        self.got: list[tuple[int, int]] = []
        self.carried: tuple[Fanout, Identity] | None = None

    def send_rtp(self, packets: list[RtpPacket], identity: Identity) -> None:
        assert (identity.ssrc, identity.payload_type) == (77, 102)
        self.got += [
            (packet.sequence + identity.sequence_shift, packet.timestamp + identity.timestamp_shift)
            for packet in packets
        ]

    def carry(self, fanout: Fanout, identity: Identity) -> bool:
        self.carried = (fanout, identity)
        return True

    def drop(self, ssrc: int) -> None:
        assert ssrc == 77
        self.carried = None

    def is_carried(self) -> bool:
        return self.carried is not None

    @property
    def sequences(self) -> list[int]:
        return [sequence for sequence, _ in self.got]


@pytest.fixture
def viewer() -> Viewer:
    return Viewer()


@pytest.fixture
def stream(viewer: Viewer) -> ForwardStream:
    return ForwardStream(MediaKind.VIDEO, Codec.H264, ssrc=77, payload_type=102, way=viewer)


def test_the_picture_begins_with_a_keyframe(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(100, 9000)], 0.0)
    stream.forward([video(101, 9000), video(102, 12000, SPS), video(103, 12000)], 0.03)
    stream.forward([video(100, 9000)], 0.04)
    assert viewer.sequences == [1, 2]


def test_the_beginning_of_the_first_picture_may_come_late(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(101, 9000, IDR_START), video(102, 9000)], 0.0)
    stream.forward([video(100, 9000, SPS), video(90, 6000)], 0.05)
    begun, gone_on, beginning = viewer.sequences
    assert (gone_on, beginning) == (begun + 1, begun - 1)
    assert beginning > 0


def test_order_and_holes_are_passed_on_as_they_came(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(sequence, 3000 * sequence, SPS) for sequence in (10, 12)], 0.0)
    stream.forward([video(sequence, 3000 * sequence) for sequence in (11, 15)], 0.01)
    assert viewer.sequences == [1, 3, 2, 6]


def test_another_source_goes_on_where_the_first_one_ended(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(65_000, 4_000_000_000, SPS), video(65_001, 4_000_003_000)], 10.0)
    stream.restart(None)
    stream.forward([video(3, 50, DELTA)], 12.0)
    stream.forward([video(4, 3050, SPS)], 12.033)
    (first, at_first), (second, at_second), (third, at_third) = viewer.got
    assert (second, third) == (first + 1, first + 2)
    assert at_second - at_first == 3000
    assert at_third - at_second == pytest.approx(2.033 * 90_000, abs=2)


def test_a_lost_packet_is_sent_again_as_it_was(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(sequence, 3000 * sequence, SPS) for sequence in range(65_530, 65_550)], 0.0)
    stream.retransmit([5, 15])
    assert viewer.got[-2:] == [viewer.got[4], viewer.got[14]]


def test_what_is_no_longer_known_is_not_sent_again(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(sequence, 0, SPS) for sequence in range(HISTORY_PACKETS + 10)], 0.0)
    before = len(viewer.got)
    stream.retransmit([1, 5, 60_000])
    assert len(viewer.got) == before


def test_packets_of_the_source_before_are_not_sent_as_those_of_the_present_one(
    stream: ForwardStream, viewer: Viewer
) -> None:
    stream.forward([video(sequence, 0, SPS) for sequence in range(10, 20)], 0.0)
    stream.restart(None)
    stream.forward([video(500, 0, SPS)], 1.0)
    stream.retransmit([5, 11])
    assert viewer.sequences == [*range(1, 11), 11, 11]


def test_the_publishers_report_speaks_of_the_stream_that_the_viewer_gets(stream: ForwardStream, viewer: Viewer) -> None:
    report = rtcp.SenderReport(5, 1_790_000_000_000_000, 0, 1, 1)
    assert stream.sender_report(report, 9000) is None
    stream.forward([video(100, 9000, SPS)], 0.0)
    data = stream.sender_report(report, 9000)
    assert data is not None
    (own,) = rtcp.parse(data)
    assert isinstance(own, rtcp.SenderReport)
    assert own.ssrc == 77
    assert own.rtp_time == viewer.got[0][1]
    assert abs(own.ntp_us - report.ntp_us) <= 1


def carried(packet: RtpPacket, *, at: float) -> RtpPacket:
    """As if a fanout had read it at this time and sent it on."""
    fresh = portable.RtpPacket(
        packet.data, packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc,
        packet.payload_start, packet.payload_end, at,
    )  # fmt: skip
    fresh.carried = True
    return fresh


def test_once_begun_the_fanout_carries_and_only_the_rest_is_sent_from_here(
    stream: ForwardStream, viewer: Viewer
) -> None:
    fanout = Fanout(1, 90_000)
    stream.restart(fanout)
    before = time.monotonic()
    # All of the first ones were read before the fanout knew this viewer.
    stream.forward([carried(video(number, 0, SPS), at=before) for number in (10, 11)], before)
    stream.forward([carried(video(12, 0), at=before)], before)
    assert viewer.sequences == [1, 2, 3]
    assert viewer.carried is not None
    assert viewer.carried[0] is fanout
    later = time.monotonic() + 1
    stream.forward([carried(video(13, 0), at=later), video(14, 0), carried(video(15, 0), at=later)], later)
    assert viewer.sequences == [1, 2, 3, 5]
    stream.retransmit([4, 6])
    assert viewer.sequences[-2:] == [4, 6]


def test_a_stream_that_stopped_is_carried_no_longer(stream: ForwardStream, viewer: Viewer) -> None:
    stream.restart(Fanout(1, 90_000))
    stream.forward([video(10, 0, SPS)], 0.0)
    stream.stop()
    assert viewer.carried is None
    stream.forward([carried(video(11, 0), at=99.0)], 1.0)
    assert viewer.sequences == [1]


def test_a_viewer_behind_a_narrow_network_waits_for_the_next_keyframe(stream: ForwardStream, viewer: Viewer) -> None:
    stream.restart(Fanout(1, 90_000))
    big = SPS + bytes(60_000)
    for second in range(4):
        stream.forward([video(10 + second, 90_000 * second, big)], second)
        stream.reported(rtcp.ReportBlock(77, 128, 0, 0, 0, 0, 0), second + 0.9)
    stream.forward([video(14, 360_000, big)], 4.0)
    assert not viewer.is_carried(), "the budget is spent"
    sent = len(viewer.got)
    stream.forward([video(15, 363_000), video(16, 366_000, SPS)], 4.03)
    assert len(viewer.got) == sent
    assert not stream.wants_keyframe(4.03)
    stream.forward([video(100, 900_000)], 60.0)
    assert stream.wants_keyframe(60.0)
    stream.forward([video(101, 903_000, SPS)], 60.03)
    assert viewer.is_carried()
    # It saw no hole, only a picture that stood still.
    assert viewer.sequences == list(range(1, sent + 2))
