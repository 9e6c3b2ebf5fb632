import random
from fractions import Fraction

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.media.codecs import Frame, H264Depacketizer
from inspect_server.media.codecs.h264 import MAX_PARAMETER_SETS
from inspect_server.media.codecs.h264_syntax import NalType, nal_type, parse_sps, split_annex_b, to_avcc
from tests.media.codecs.coded_media import CodedFrame, h264_clip
from tests.media.codecs.rtp_packetizer import Packet, Packetizer, fu_a, h264_payloads, h264_payloads_any, stap_a


def feed(machine: H264Depacketizer, packets: list[Packet]) -> list[Frame]:
    frames = []
    for packet in packets:
        frames += machine.push(packet.sequence, packet.rtp_time, packet.marker, packet.payload)
    return frames


def packets_of(clip: tuple[CodedFrame, ...]) -> list[list[Packet]]:
    packetizer = Packetizer()
    return [packetizer.send(frame.rtp_time, h264_payloads(split_annex_b(frame.data))) for frame in clip]


def flat(pictures: list[list[Packet]]) -> list[Packet]:
    return [packet for picture in pictures for packet in picture]


def sample_of(frame: CodedFrame) -> bytes:
    """What the frame must look like in the file."""
    return to_avcc(n for n in split_annex_b(frame.data) if nal_type(n) not in (NalType.SPS, NalType.PPS))


def test_a_clip_comes_out_as_it_went_in() -> None:
    clip = h264_clip(40, keyframe_every=15)
    machine = H264Depacketizer()

    frames = feed(machine, flat(packets_of(clip)))

    assert [frame.data for frame in frames] == [sample_of(frame) for frame in clip]
    assert [frame.rtp_time for frame in frames] == [frame.rtp_time for frame in clip]
    assert [frame.keyframe for frame in frames] == [index % 15 == 0 for index in range(40)]
    assert {(frame.width, frame.height) for frame in frames} == {(320, 240)}
    assert all([nal_type(nal) for nal in frame.parameter_sets] == [NalType.SPS, NalType.PPS] for frame in frames)
    assert machine.malformed == 0


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_legal_split_gives_the_same_access_units(chance: random.Random) -> None:
    clip = h264_clip(6, keyframe_every=3)
    packetizer = Packetizer()
    for frame in clip:
        packetizer.send(frame.rtp_time, h264_payloads_any(split_annex_b(frame.data), chance.randrange))
    machine = H264Depacketizer()

    frames = feed(machine, packetizer.packets)

    assert [frame.data for frame in frames] == [sample_of(frame) for frame in clip]
    assert machine.malformed == 0


def test_a_missing_marker_is_made_good_by_the_next_timestamp() -> None:
    clip = h264_clip(4)
    packetizer = Packetizer()
    for frame in clip:
        packetizer.send(frame.rtp_time, h264_payloads(split_annex_b(frame.data)), marker=False)

    frames = feed(H264Depacketizer(), packetizer.packets)

    assert [frame.data for frame in frames] == [sample_of(frame) for frame in clip[:3]]  # the last may go on


@pytest.mark.parametrize("tell", [True, False], ids=["told", "only a hole in the numbers"])
@pytest.mark.parametrize("position", ["first packet", "last packet"])
def test_after_a_loss_nothing_comes_until_the_next_keyframe(tell: bool, position: str) -> None:
    clip = h264_clip(40, keyframe_every=15)
    pictures = packets_of(clip)
    del pictures[20][0 if position == "first packet" else -1]
    machine = H264Depacketizer()

    frames = feed(machine, flat(pictures[:20]))
    assert not machine.awaiting_keyframe
    if tell and position == "first packet":
        machine.lost()
        assert machine.awaiting_keyframe
    frames += feed(machine, flat(pictures[20:]))

    assert [frame.rtp_time for frame in frames] == [clip[i].rtp_time for i in [*range(20), *range(30, 40)]]
    assert [frame.rtp_time for frame in frames if frame.follows_loss] == [clip[30].rtp_time]


def test_a_loss_right_before_a_keyframe_costs_only_the_picture_it_hit() -> None:
    clip = h264_clip(40, keyframe_every=15)
    pictures = packets_of(clip)
    del pictures[14][-1]

    frames = feed(H264Depacketizer(), flat(pictures))

    assert [frame.rtp_time for frame in frames] == [clip[i].rtp_time for i in [*range(14), *range(15, 40)]]


def test_a_keyframe_that_lost_its_beginning_is_not_taken_for_whole() -> None:
    clip = h264_clip(31, keyframe_every=15)
    pictures = packets_of(clip)
    assert len(pictures[15]) > 1
    del pictures[15][0]

    frames = feed(H264Depacketizer(), flat(pictures))

    assert [frame.rtp_time for frame in frames] == [clip[i].rtp_time for i in [*range(15), 30]]


def test_a_stream_joined_in_the_middle_begins_with_its_first_keyframe() -> None:
    clip = h264_clip(40, keyframe_every=15)

    frames = feed(H264Depacketizer(), flat(packets_of(clip)[3:]))

    assert frames[0].keyframe
    assert frames[0].rtp_time == clip[15].rtp_time
    assert not frames[0].follows_loss


def test_padding_packets_between_pictures_change_nothing() -> None:
    clip = h264_clip(4)
    packetizer = Packetizer()
    for frame in clip:
        packetizer.send(frame.rtp_time, h264_payloads(split_annex_b(frame.data)))
        packetizer.send(frame.rtp_time, [b"", b""], marker=False)

    frames = feed(H264Depacketizer(), packetizer.packets)

    assert [frame.data for frame in frames] == [sample_of(frame) for frame in clip]


def test_an_idr_picture_without_parameter_sets_is_malformed_and_not_recorded() -> None:
    idr = next(nal for nal in split_annex_b(h264_clip(1)[0].data) if nal_type(nal) == NalType.IDR)
    machine = H264Depacketizer()

    frames = feed(machine, Packetizer().send(0, [bytes((NalType.DELIMITER, 0x10)), *fu_a(idr, [10])]))

    assert frames == []
    assert machine.malformed == 1
    assert machine.awaiting_keyframe


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(0, 3), st.booleans(), st.binary(max_size=40) | st.sampled_from(range(256))
        ),
        max_size=60,
    )
)
def test_garbage_never_raises_and_the_next_clip_is_whole(
    packets: list[tuple[int, int, bool, bytes | int]],
) -> None:
    machine = H264Depacketizer()
    sequence = 0
    for step, rtp_time, marker, payload in packets:
        sequence += step
        machine.push(sequence, rtp_time, marker, payload if isinstance(payload, bytes) else bytes((payload,)))
    assert machine.malformed <= len(packets)
    clip = h264_clip(3)
    packetizer = Packetizer(sequence + 100)
    for frame in clip:
        packetizer.send(frame.rtp_time + 10_000, h264_payloads(split_annex_b(frame.data)))

    frames = feed(machine, packetizer.packets)

    assert [frame.data for frame in frames if frame.rtp_time >= 10_000] == [sample_of(frame) for frame in clip]


def test_an_endless_picture_is_bounded() -> None:
    machine = H264Depacketizer()
    machine.push(1, 0, marker=False, payload=stap_a([bytes((NalType.SPS, 66, 0xC0, 31, 0xFF))]))
    machine.push(2, 0, marker=False, payload=bytes((28, 0x85)) + bytes(1000))
    for sequence in range(3, 6000):
        machine.push(sequence, 0, marker=False, payload=bytes((28, 0x05)) + bytes(1000))

    assert machine.malformed == 1


@pytest.mark.parametrize(("width", "height"), [(320, 240), (1280, 720), (720, 1280), (1920, 1080), (642, 362)])
def test_the_size_in_an_sps_takes_cropping_into_account(width: int, height: int) -> None:
    sps = next(nal for nal in split_annex_b(h264_clip(1, width, height)[0].data) if nal_type(nal) == NalType.SPS)

    parameters = parse_sps(sps)

    assert (parameters.width, parameters.height) == (width, height)
    assert parameters.codec_string.startswith("avc1.42C0")


@pytest.mark.parametrize("profile", ["baseline", "main", "high", "high444"])
def test_the_sps_of_every_profile_can_be_read(profile: str) -> None:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = 640, 360
    encoder.pix_fmt = "yuv444p" if profile == "high444" else "yuv420p"
    encoder.framerate = Fraction(30)
    encoder.options = {"profile": profile}
    stream = encoder.encode(av.VideoFrame(640, 360, encoder.pix_fmt)) + encoder.encode(None)
    sps = next(nal for nal in split_annex_b(bytes(stream[0])) if nal_type(nal) == NalType.SPS)

    parameters = parse_sps(sps)

    assert (parameters.width, parameters.height) == (640, 360)


def picture_parameters(number: int) -> bytes:
    """A PPS of this id on SPS 0, as far as it is read: two Exp-Golomb numbers."""
    value = f"{number + 1:b}"
    bits = "0" * (len(value) - 1) + value + "1"
    return b"\x68" + int(bits.ljust(24, "0"), 2).to_bytes(3) + b"\x80"


def test_more_parameter_sets_than_a_picture_can_need_are_malformed() -> None:
    nals = split_annex_b(h264_clip(1)[0].data)
    few, many = ([*nals[:-1], *map(picture_parameters, range(1, count)), nals[-1]] for count in (4, MAX_PARAMETER_SETS))
    machine = H264Depacketizer()

    (frame,) = feed(machine, Packetizer().send(0, h264_payloads(few)))
    assert len(frame.parameter_sets) == 1 + 4
    assert feed(H264Depacketizer(), Packetizer().send(0, h264_payloads(many))) == []
