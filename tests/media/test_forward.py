"""What a viewer gets: one unbroken stream, whoever sends."""

import time

import pytest

from inspect_server.media import rtcp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.datapath import Fanout, Identity, RtpPacket, portable
from inspect_server.media.forward import ForwardStream
from inspect_server.media.history import HISTORY_PACKETS
from inspect_server.media.sdp.watch_offer import Agreement

SPS = b"\x67\x42\xe0\x1f"
IDR_START = b"\x7c\x85\x00\x00"
DELTA = b"\x41\x9a\x00\x00"


def video(sequence: int, timestamp: int, payload: bytes = DELTA) -> RtpPacket:
    data = bytes(12) + payload
    return RtpPacket(data, 96, False, sequence, timestamp, 5, 12, len(data))  # noqa: FBT003 - the marker


class Viewer:
    """What arrives there: (sequence, timestamp) of each packet."""

    lost_before = float("-inf")

    def __init__(self) -> None:
        self.got: list[tuple[int, int]] = []
        self.carried: tuple[Fanout, Identity] | None = None
        self.newest_carried: tuple[int, int] | None = None
        self.rtx: list[tuple[int, int, bytes]] = []

    def send_rtp(self, packets: list[RtpPacket], identity: Identity) -> None:
        if (identity.ssrc, identity.payload_type) == (78, 103):
            self.rtx += [
                (packet.sequence + identity.sequence_shift, packet.timestamp + identity.timestamp_shift, packet.payload)
                for packet in packets
            ]
            return
        assert (identity.ssrc, identity.payload_type) == (77, 102)
        self.got += [
            (packet.sequence + identity.sequence_shift, packet.timestamp + identity.timestamp_shift)
            for packet in packets
        ]

    def carry(self, fanout: Fanout, identity: Identity) -> float:
        self.carried = (fanout, identity)
        return time.monotonic()

    def drop(self, ssrc: int) -> tuple[int, int] | None:
        assert ssrc == 77
        newest, self.newest_carried = self.newest_carried, None
        self.carried = None
        return newest

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
    return ForwardStream(MediaKind.VIDEO, Codec.H264, ssrc=77, payload_type=102, way=viewer, rtx_ssrc=78)


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
    stream.retransmit([5, 15], 0.1)
    assert viewer.got[-2:] == [viewer.got[4], viewer.got[14]]


def test_who_agreed_to_rtx_gets_a_lost_packet_on_a_stream_of_its_own(stream: ForwardStream, viewer: Viewer) -> None:
    stream.agree(Agreement(rtx_payload_type=103))
    stream.forward([video(sequence, 3000 * sequence, SPS) for sequence in range(65_530, 65_550)], 0.0)
    stream.retransmit([5, 15], 0.1)
    stream.retransmit([16], 0.2)
    assert viewer.sequences == list(range(1, 21))
    assert viewer.rtx == [
        (0, viewer.got[4][1], b"\0\5" + SPS),
        (1, viewer.got[14][1], b"\0\x0f" + SPS),
        (2, viewer.got[15][1], b"\0\x10" + SPS),
    ]


def test_who_asks_again_before_the_answer_can_be_there_gets_it_once(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(sequence, 3000 * sequence, SPS) for sequence in range(10)], 0.0)
    for now in (0.1, 0.11, 0.13):
        stream.retransmit([4, 4], now)
    assert viewer.sequences[10:] == [4, 4]


def test_retransmissions_cost_no_more_than_the_stream_itself(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(sequence, 3000 * sequence, SPS) for sequence in range(10)], 0.0)
    for round_ in range(50):
        stream.retransmit(range(1, 11), 0.1 + round_)
    assert len(viewer.got) == 20
    stream.forward([video(10, 30_000)], 60.0)
    stream.retransmit([11, 10], 60.1)
    assert viewer.sequences[20:] == [11, 11]


def test_a_viewer_whose_losses_all_came_again_as_rtx_follows(stream: ForwardStream, viewer: Viewer) -> None:
    stream.agree(Agreement(rtx_payload_type=103))
    stream.restart(Fanout(90_000))
    for second in range(8):
        stream.forward([video(100 * second + n, 90_000 * second, SPS + bytes(1000)) for n in range(100)], second)
        # A third of what goes out is lost, of the retransmissions, too.
        stream.retransmit([100 * second + n + 1 for n in range(33)], second + 0.3)
        stream.retransmit([100 * second + n + 1 for n in range(16)], second + 0.5)
        stream.reported(rtcp.ReportBlock(77, 85, 0, viewer.sequences[-1], 0, 0, 0), second + 0.9)
    assert viewer.is_carried()
    for second in range(8, 12):
        stream.forward([video(100 * second + n, 90_000 * second, SPS + bytes(1000)) for n in range(100)], second)
        stream.reported(rtcp.ReportBlock(77, 85, 0, viewer.sequences[-1], 0, 0, 0), second + 0.9)
    assert not viewer.is_carried(), "what does not come again is too much"


def test_the_time_of_sending_goes_along_from_when_the_viewer_agreed(stream: ForwardStream, viewer: Viewer) -> None:
    stream.restart(Fanout(90_000))
    stream.forward([video(10, 0, SPS)], 0.0)
    stream.agree(Agreement(send_time_id=5))
    assert viewer.carried is not None
    assert viewer.carried[1].send_time_id == 5
    stream.stop()
    stream.agree(Agreement(send_time_id=6))
    assert viewer.carried is None


def test_what_is_no_longer_known_is_not_sent_again(stream: ForwardStream, viewer: Viewer) -> None:
    stream.forward([video(sequence, 0, SPS) for sequence in range(HISTORY_PACKETS + 10)], 0.0)
    before = len(viewer.got)
    stream.retransmit([1, 5, 60_000], 0.1)
    assert len(viewer.got) == before


def test_packets_of_the_source_before_are_not_sent_as_those_of_the_present_one(
    stream: ForwardStream, viewer: Viewer
) -> None:
    stream.forward([video(sequence, 0, SPS) for sequence in range(10, 20)], 0.0)
    stream.restart(None)
    stream.forward([video(500, 0, SPS)], 1.0)
    stream.retransmit([5, 11], 1.1)
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
    fanout = Fanout(90_000)
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
    stream.retransmit([4, 6], later + 0.1)
    assert viewer.sequences[-2:] == [4, 6]


def test_a_stream_that_stopped_is_carried_no_longer(stream: ForwardStream, viewer: Viewer) -> None:
    stream.restart(Fanout(90_000))
    stream.forward([video(10, 0, SPS)], 0.0)
    stream.stop()
    assert viewer.carried is None
    stream.forward([carried(video(11, 0), at=99.0)], 1.0)
    assert viewer.sequences == [1]


def test_what_was_carried_and_not_yet_looked_at_keeps_its_numbers(stream: ForwardStream, viewer: Viewer) -> None:
    stream.restart(Fanout(90_000))
    stream.forward([video(10, 1000, SPS)], 0.0)
    (_, began_at), *_ = viewer.got
    viewer.newest_carried = 5, (began_at + 9000) % 2**32
    stream.restart(Fanout(90_000))
    stream.forward([video(500, 77, SPS)], 0.0)
    sequence, timestamp = viewer.got[-1]
    assert sequence == 6
    assert timestamp > began_at + 9000


def report(highest: int, lost: float = 0.0) -> rtcp.ReportBlock:
    return rtcp.ReportBlock(77, round(lost * 256), 0, highest, 0, 0, 0)


@pytest.fixture
def narrow(stream: ForwardStream, viewer: Viewer) -> ForwardStream:
    """A stream to a viewer of whom, by second 2, no more than 40 kB a second was found to arrive."""
    stream.restart(Fanout(90_000))
    stream.forward([carried(video(0, 0, SPS + bytes(1000)), at=0.95)], 0.95)
    stream.reported(report(1), 1.0)
    for tenth in range(10):
        at = 1 + tenth / 10
        stream.forward([carried(video(1 + 20 * tenth + n, 9000 * tenth, bytes(1000)), at=at) for n in range(20)], at)
        stream.reported(report(5 + 4 * tenth), at + 0.05)
    assert stream.limited
    return stream


def test_a_viewer_behind_a_narrow_network_waits_for_the_next_keyframe(narrow: ForwardStream, viewer: Viewer) -> None:
    assert not viewer.is_carried()
    sent = len(viewer.got)
    narrow.forward([video(300, 300_000), video(301, 303_000)], 2.1)
    assert not narrow.wants_keyframe(2.1), "the queue in its network goes away first"
    assert narrow.wants_keyframe(6.0)
    assert not narrow.wants_keyframe(7.9), "others get it, too"
    narrow.forward([video(302, 900_000, SPS + bytes(1000)), video(303, 900_000, bytes(1000))], 8.0)
    narrow.forward([video(304, 903_000, bytes(1000))], 8.1)
    # It saw no hole, only a picture that stood still.
    assert viewer.sequences == list(range(1, sent + 4))


def test_what_a_narrow_network_gets_goes_out_no_faster_than_it_carries(narrow: ForwardStream, viewer: Viewer) -> None:
    sent = len(viewer.got)
    narrow.forward([video(300 + n, 900_000, SPS + bytes(1000)) for n in range(30)], 8.0)
    assert len(viewer.got) - sent < 5
    narrow.forward([video(330, 903_000)], 8.01)
    for hundredth in range(2, 50):
        narrow.let_out(8 + hundredth / 100)
    assert 5 < len(viewer.got) - sent < 30
    for tenth in range(20):
        narrow.let_out(8.5 + tenth / 10)
    # What followed would have come too late; the picture before it is whole.
    assert len(viewer.got) - sent == 30
    assert narrow.wants_keyframe(12.0)


def test_who_waits_for_a_keyframe_on_a_narrow_network_troubles_nobody_else_for_it(narrow: ForwardStream) -> None:
    assert not narrow.keyframe_needed()
    narrow.stop()
    assert not narrow.wants_keyframe(60.0)


def test_what_is_lost_before_the_next_keyframe_does_not_come_again(narrow: ForwardStream, viewer: Viewer) -> None:
    sent = len(viewer.got)
    narrow.retransmit([50, 51], 2.1)
    assert len(viewer.got) == sent
    narrow.forward([video(300 + n, 900_000, SPS + bytes(1000)) for n in range(3)], 8.0)
    first = viewer.sequences[sent]
    narrow.retransmit([first], 8.05)
    assert viewer.sequences[-1] == first


def test_another_source_does_not_get_what_waited_of_the_one_before(narrow: ForwardStream, viewer: Viewer) -> None:
    narrow.forward([video(300 + n, 900_000, SPS + bytes(1000)) for n in range(30)], 8.0)
    sent = len(viewer.got)
    narrow.restart(None)
    narrow.let_out(9.0)
    narrow.forward([video(5, 77, SPS)], 9.1)
    assert viewer.sequences == list(range(1, sent + 2))
