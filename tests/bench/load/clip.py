"""What every camera of the generator sends: ten seconds of 720p30 H264 and of Opus, cut into RTP packets once."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from inspect_server.media.codecs.h264_syntax import split_annex_b
from inspect_server.media.datapath import RtpPacket
from tests.media.codecs.coded_media import h264_clip, opus_clip
from tests.media.codecs.rtp_packetizer import h264_payloads

SECONDS = 10
FRAMES_PER_SECOND = 30
BIT_RATE_BPS = 1_500_000
KEYFRAME_EVERY = 60
MTU = 1_150
VIDEO_TYPE = 102
AUDIO_TYPE = 111
PACE_S = 0.001
"""Between two packets of a picture, as browsers pace them."""


@dataclass(frozen=True)
class Due:
    """Packets that leave together, so many seconds after the clip's beginning."""

    at_s: float
    video: bool
    packets: list[RtpPacket]


@dataclass(frozen=True)
class Clip:
    """``schedule`` in the order of time; the other figures are of one turn of the clip."""

    schedule: list[Due]
    video_packets: int
    audio_packets: int
    frames: int
    octets: int


def make_clip() -> Clip:
    """Encode and cut; takes some seconds."""
    schedule: list[Due] = []
    frames = h264_clip(SECONDS * FRAMES_PER_SECOND, 1280, 720, KEYFRAME_EVERY, BIT_RATE_BPS)
    sequence = octets = 0
    for frame in frames:
        payloads = h264_payloads(split_annex_b(frame.data), mtu=MTU)
        for index, payload in enumerate(payloads):
            packet = _packet(payload, VIDEO_TYPE, index == len(payloads) - 1, sequence, frame.rtp_time)
            at_s = frame.rtp_time / 90_000 + min(index * PACE_S, 0.03)
            schedule.append(Due(at_s, video=True, packets=[packet]))
            sequence += 1
            octets += len(payload)
    sounds = opus_clip(SECONDS)
    for number, sound in enumerate(sounds):
        packet = _packet(sound.data, AUDIO_TYPE, marker=False, sequence=number, timestamp=sound.rtp_time)
        schedule.append(Due(sound.rtp_time / 48_000, video=False, packets=[packet]))
        octets += len(sound.data)
    schedule.sort(key=lambda due: due.at_s)
    return Clip(schedule, sequence, len(sounds), len(frames), octets)


def _packet(payload: bytes, payload_type: int, marker: bool, sequence: int, timestamp: int) -> RtpPacket:
    header = struct.pack("!BBHLL", 0x80, payload_type | marker << 7, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 0)
    data = header + payload
    return RtpPacket(data, payload_type, marker, sequence, timestamp, 0, len(header), len(data))
