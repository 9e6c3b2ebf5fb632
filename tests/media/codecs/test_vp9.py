from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_server.media.codecs import Frame, Vp9Depacketizer
from inspect_server.media.codecs.vp9 import parse_descriptor, superframe
from tests.media.codecs.coded_media import vp9_clip
from tests.media.codecs.rtp_packetizer import Packet, Packetizer, vp9_payloads


def feed(machine: Vp9Depacketizer, packets: list[Packet]) -> list[Frame]:
    frames = []
    for packet in packets:
        frames += machine.push(packet.sequence, packet.rtp_time, packet.marker, packet.payload)
    return frames


def pictures_of(frames: int, mtu: int = 1200) -> list[list[Packet]]:
    packetizer = Packetizer()
    return [
        packetizer.send(
            frame.rtp_time, vp9_payloads(frame.data, keyframe=frame.keyframe, picture_id=index + 32_760, mtu=mtu)
        )
        for index, frame in enumerate(vp9_clip(frames, keyframe_every=15))
    ]


def flat(pictures: list[list[Packet]]) -> list[Packet]:
    return [packet for picture in pictures for packet in picture]


@settings(max_examples=20, deadline=None)
@given(st.integers(20, 1500))
def test_a_clip_comes_out_as_it_went_in_at_any_packet_size(mtu: int) -> None:
    clip = vp9_clip(20, keyframe_every=15)
    machine = Vp9Depacketizer()

    frames = feed(machine, flat(pictures_of(20, mtu)))

    assert [frame.data for frame in frames] == [frame.data for frame in clip]
    assert [frame.keyframe for frame in frames] == [index % 15 == 0 for index in range(20)]
    assert {(frame.width, frame.height) for frame in frames} == {(320, 240)}
    assert machine.malformed == 0


def test_after_a_loss_nothing_comes_until_the_next_keyframe() -> None:
    clip = vp9_clip(40, keyframe_every=15)
    pictures = pictures_of(40, mtu=200)
    del pictures[20][0]
    machine = Vp9Depacketizer()

    frames = feed(machine, flat(pictures))

    assert [frame.rtp_time for frame in frames] == [clip[i].rtp_time for i in [*range(20), *range(30, 40)]]
    assert [frame.rtp_time for frame in frames if frame.follows_loss] == [clip[30].rtp_time]


def test_a_loss_right_before_a_keyframe_costs_only_the_picture_it_hit() -> None:
    clip = vp9_clip(40, keyframe_every=15)
    pictures = pictures_of(40, mtu=200)
    del pictures[14][-1]

    frames = feed(Vp9Depacketizer(), flat(pictures))

    assert [frame.rtp_time for frame in frames] == [clip[i].rtp_time for i in [*range(14), *range(15, 40)]]


def test_the_layers_of_a_picture_become_one_superframe_of_the_announced_size() -> None:
    base = vp9_clip(1, width=160, height=120)[0].data
    upper = vp9_clip(2)[1].data
    scalability = bytes((1 << 5 | 0x10,)) + b"".join(n.to_bytes(2, "big") for n in (160, 120, 320, 240))
    layer_0 = bytes((0x20 | 0x08 | 0x04 | 0x02, 0, 0)) + scalability + base
    layer_1 = bytes((0x20 | 0x40 | 0x08 | 0x04, 1 << 1, 0)) + upper
    machine = Vp9Depacketizer()

    (frame,) = feed(machine, Packetizer().send(0, [layer_0, layer_1]))

    assert frame.data == superframe([base, upper])
    assert frame.data[-1] == frame.data[len(base) + len(upper)]  # the index is framed by its marker
    assert (frame.width, frame.height) == (320, 240)


def test_the_descriptor_of_flexible_mode_with_references_is_skipped() -> None:
    payload = bytes((0x80 | 0x40 | 0x20 | 0x10 | 0x08, 0x81, 0x02, 0x02, 0x03, 0x02)) + b"frame"

    descriptor = parse_descriptor(payload)

    assert payload[descriptor.header_bytes :] == b"frame"
    assert descriptor.spatial_layer == 1


def test_the_picture_groups_of_a_scalability_structure_are_skipped() -> None:
    payload = bytes((0x02 | 0x08, 0x08, 2, 0x04, 0x01, 0x08, 0x01, 0x02)) + b"frame"

    assert payload[parse_descriptor(payload).header_bytes :] == b"frame"


def test_a_size_that_no_file_can_tell_is_malformed() -> None:
    bits = 0b1000_0010 << 24 | 0x498342  # marker, profile 0, keyframe that is shown; sync code
    bits = (bits << 4 | 0b0010) << 32 | 0xFFFF_FFFF  # colours; 65536 by 65536
    giant = (bits << 4).to_bytes(9) + bytes(8)
    machine = Vp9Depacketizer()

    assert feed(machine, Packetizer().send(0, vp9_payloads(giant, keyframe=True, picture_id=1))) == []
    assert machine.malformed == 1


def test_other_profiles_are_malformed() -> None:
    profile_1 = bytes((0b1010_0000,)) + vp9_clip(1)[0].data[1:]
    machine = Vp9Depacketizer()

    assert feed(machine, Packetizer().send(0, vp9_payloads(profile_1, keyframe=True, picture_id=1))) == []
    assert machine.malformed == 1


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), st.booleans(), st.binary(max_size=30)), max_size=60))
def test_garbage_never_raises_and_the_next_clip_is_whole(packets: list[tuple[int, int, bool, bytes]]) -> None:
    machine = Vp9Depacketizer()
    sequence = 0
    for step, rtp_time, marker, payload in packets:
        sequence += step
        machine.push(sequence, rtp_time, marker, payload)
    assert machine.malformed <= len(packets)
    clip = vp9_clip(3, keyframe_every=15)
    packetizer = Packetizer(sequence + 100)
    for frame in clip:
        packetizer.send(frame.rtp_time + 10_000, vp9_payloads(frame.data, keyframe=frame.keyframe, picture_id=1))

    frames = feed(machine, packetizer.packets)

    assert [frame.data for frame in frames if frame.rtp_time >= 10_000] == [frame.data for frame in clip]
