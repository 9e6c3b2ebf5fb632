"""What a viewer gets: one unbroken stream, whoever sends."""

import pytest

from inspect_server.media import rtcp, rtp
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.forward import HISTORY_PACKETS, ForwardStream

SPS = b"\x67\x42\xe0\x1f"
DELTA = b"\x41\x9a\x00\x00"


def video(sequence: int, timestamp: int, payload: bytes = DELTA, *, marker: bool = False) -> rtp.RtpPacket:
    data = bytes(12) + payload
    return rtp.RtpPacket(data, 96, marker, sequence, timestamp, 5, 12, len(data))


@pytest.fixture
def sent() -> list[bytes]:
    return []


@pytest.fixture
def stream(sent: list[bytes]) -> ForwardStream:
    return ForwardStream(MediaKind.VIDEO, Codec.H264, ssrc=77, payload_type=102, send=sent.append)


def identity(data: bytes) -> tuple[int, int]:
    parsed = rtp.parse(data)
    assert (parsed.ssrc, parsed.payload_type) == (77, 102)
    return parsed.sequence, parsed.timestamp


def test_the_picture_begins_with_a_keyframe(stream: ForwardStream, sent: list[bytes]) -> None:
    stream.forward(video(100, 9000), 0.0)
    stream.forward(video(101, 12000, SPS), 0.03)
    stream.forward(video(100, 9000), 0.04)
    assert [identity(data)[0] for data in sent] == [1]


def test_order_and_holes_are_passed_on_as_they_came(stream: ForwardStream, sent: list[bytes]) -> None:
    for sequence in (10, 12, 11, 15):
        stream.forward(video(sequence, 3000 * sequence, SPS), 0.0)
    assert [identity(data)[0] for data in sent] == [1, 3, 2, 6]


def test_another_source_goes_on_where_the_first_one_ended(stream: ForwardStream, sent: list[bytes]) -> None:
    stream.forward(video(65_000, 4_000_000_000, SPS), 10.0)
    stream.forward(video(65_001, 4_000_003_000), 10.033)
    stream.restart()
    stream.forward(video(3, 50, DELTA), 12.0)
    stream.forward(video(4, 3050, SPS), 12.033)
    (first, at_first), (second, at_second), (third, at_third) = map(identity, sent)
    assert (second, third) == (first + 1, first + 2)
    assert at_second - at_first == 3000
    assert at_third - at_second == pytest.approx(2 * 90_000, abs=2)


def test_a_lost_packet_is_sent_again_as_it_was(stream: ForwardStream, sent: list[bytes]) -> None:
    for sequence in range(10, 20):
        stream.forward(video(sequence, 3000 * sequence, SPS), 0.0)
    original = sent[4]
    stream.retransmit([identity(original)[0]])
    assert sent[-1] == original


def test_what_is_no_longer_known_is_not_sent_again(stream: ForwardStream, sent: list[bytes]) -> None:
    for sequence in range(HISTORY_PACKETS + 10):
        stream.forward(video(sequence, 0, SPS), 0.0)
    before = len(sent)
    stream.retransmit([1, 5, 60_000])
    assert len(sent) == before


def test_the_publishers_report_speaks_of_the_stream_that_the_viewer_gets(
    stream: ForwardStream, sent: list[bytes]
) -> None:
    report = rtcp.SenderReport(5, 1_790_000_000_000_000, 0, 1, 1)
    assert stream.sender_report(report, 9000) is None
    stream.forward(video(100, 9000, SPS), 0.0)
    data = stream.sender_report(report, 9000)
    assert data is not None
    (own,) = rtcp.parse(data)
    assert isinstance(own, rtcp.SenderReport)
    assert own.ssrc == 77
    assert own.rtp_time == identity(sent[0])[1]
    assert abs(own.ntp_us - report.ntp_us) <= 1
