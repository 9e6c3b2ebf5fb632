import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media.codecs import OpusDepacketizer
from inspect_server.media.codecs.depacketizer import MalformedPayload
from inspect_server.media.codecs.opus import packet_samples
from tests.media.codecs.coded_media import opus_clip


def test_packets_come_out_as_they_went_in() -> None:
    clip = opus_clip(1)
    machine = OpusDepacketizer()

    frames = [
        f for i, packet in enumerate(clip) for f in machine.push(i, packet.rtp_time, marker=False, payload=packet.data)
    ]

    assert [(frame.rtp_time, frame.data) for frame in frames] == [(p.rtp_time, p.data) for p in clip]
    assert all(frame.keyframe and not frame.follows_loss for frame in frames)
    assert {packet_samples(frame.data) for frame in frames} == {960}


def test_a_loss_marks_the_next_packet_only() -> None:
    machine = OpusDepacketizer()
    clip = opus_clip(1)

    frames = [f for i in (0, 1, 4, 5) for f in machine.push(i, clip[i].rtp_time, marker=False, payload=clip[i].data)]

    assert [frame.follows_loss for frame in frames] == [False, False, True, False]


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (bytes((31 << 3,)) + b"x", 960),  # CELT 20 ms
        (bytes((16 << 3,)) + b"x", 120),  # CELT 2.5 ms
        (bytes((3 << 3,)) + b"x", 2880),  # SILK 60 ms
        (bytes((13 << 3,)) + b"x", 960),  # hybrid 20 ms
        (bytes((31 << 3 | 1,)) + b"xx", 1920),
        (bytes((31 << 3 | 2, 1)) + b"xyy", 1920),
        (bytes((31 << 3 | 3, 3)) + b"xxx", 2880),
        (bytes((31 << 3 | 3, 0x80 | 2, 1)) + b"xyy", 1920),
        (bytes((31 << 3 | 3, 0x40 | 1, 2)) + b"x\0\0", 960),
    ],
)
def test_the_duration_of_a_packet_is_in_its_framing(packet: bytes, samples: int) -> None:
    assert packet_samples(packet) == samples


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        bytes((31 << 3 | 1,)) + b"x",  # two equal frames in one byte
        bytes((31 << 3 | 2, 9)) + b"x",  # first frame longer than the packet
        bytes((31 << 3 | 3,)),
        bytes((31 << 3 | 3, 0)),
        bytes((31 << 3 | 3, 7)) + bytes(7),  # 140 ms
        bytes((31 << 3 | 3, 0x40 | 1, 9)) + b"x",  # more padding than packet
        bytes((31 << 3,)) + bytes(1276),
    ],
)
def test_wrong_framing_is_malformed(packet: bytes) -> None:
    with pytest.raises(MalformedPayload):
        packet_samples(packet)


@given(st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=20)), max_size=50))
def test_garbage_never_raises_and_is_counted(packets: list[tuple[int, bytes]]) -> None:
    machine = OpusDepacketizer()
    sequence = 0
    passed = 0
    for step, payload in packets:
        sequence += step
        passed += len(machine.push(sequence, 0, marker=False, payload=payload))
    assert passed + machine.malformed <= len(packets)
