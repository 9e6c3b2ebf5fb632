"""RTCP: what is written is read back; what is not RTCP is passed over."""

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media import rtcp

U32 = st.integers(0, 2**32 - 1)


@given(st.sets(st.integers(0, 2**16 - 1), min_size=1, max_size=200))
def test_every_sequence_asked_for_again_is_in_the_nack_and_no_other(wanted: set[int]) -> None:
    (item,) = rtcp.parse(rtcp.nack(1, 42, sorted(wanted)))
    assert isinstance(item, rtcp.Nack)
    assert item.media_ssrc == 42
    assert set(item.sequences) == wanted


def test_a_nack_across_the_wrap_asks_for_both_sides() -> None:
    (item,) = rtcp.parse(rtcp.nack(1, 42, [65535, 65536, 65540]))
    assert isinstance(item, rtcp.Nack)
    assert item.sequences == (65535, 0, 4)


@given(ssrc=U32, rtp_time=U32, packets=U32, octets=U32, unix_us=st.integers(0, 4_000_000_000_000_000))
def test_a_sender_report_survives_within_a_microsecond(
    ssrc: int, rtp_time: int, packets: int, octets: int, unix_us: int
) -> None:
    (item,) = rtcp.parse(rtcp.sender_report(rtcp.SenderReport(ssrc, unix_us, rtp_time, packets, octets)))
    assert isinstance(item, rtcp.SenderReport)
    assert (item.ssrc, item.rtp_time, item.packets, item.octets) == (ssrc, rtp_time, packets, octets)
    assert abs(item.ntp_us - unix_us) <= 1


@given(st.integers(0, 10_000_000_000))
def test_remb_is_never_above_the_bitrate_and_close_to_it(bitrate: int) -> None:
    (item,) = rtcp.parse(rtcp.remb(1, bitrate, [42]))
    assert isinstance(item, rtcp.Remb)
    assert bitrate * 0.999 - 1 <= item.bitrate_bps <= bitrate


def test_report_blocks_and_keyframe_requests_of_a_compound_packet_are_all_found() -> None:
    block = rtcp.ReportBlock(42, 25, -3, 70_000, 12, 0xAABBCCDD, 655)
    compound = (
        rtcp.receiver_report(1, [block])
        + rtcp.source_description(1, "someone")
        + rtcp.pli(1, 42)
        + rtcp.receiver_reference_time(1, 1_700_000_000_000_000)
    )
    assert rtcp.parse(compound) == [block, rtcp.KeyframeRequest(42)]


def test_a_round_trip_answer_is_read() -> None:
    dlrr = bytes.fromhex("80cf0005") + bytes.fromhex("00000007") + bytes.fromhex("05000003")
    dlrr += bytes.fromhex("00000001") + bytes.fromhex("12345678") + bytes.fromhex("00010000")
    assert rtcp.parse(dlrr) == [rtcp.RoundTripBlock(0x12345678, 0x00010000)]


@given(st.binary(max_size=300))
def test_random_bytes_never_crash(data: bytes) -> None:
    assert len(rtcp.parse(data)) <= 300 * 17


@given(st.binary(max_size=100))
def test_garbage_behind_a_good_packet_does_not_hide_it(garbage: bytes) -> None:
    assert rtcp.KeyframeRequest(42) in rtcp.parse(rtcp.pli(1, 42) + garbage)
