"""Real H264, VP9 and Opus for tests, made by PyAV's encoders the way a browser sets them: no B-frames, low delay."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av
import numpy as np

FRAMES_PER_SECOND = 30


@dataclass(frozen=True, slots=True)
class CodedFrame:
    """``rtp_time`` counts from 0 in the medium's RTP clock; H264 is Annex B, as encoders give it."""

    data: bytes
    rtp_time: int
    keyframe: bool


@cache
def h264_clip(
    frames: int, width: int = 320, height: int = 240, keyframe_every: int = 120, bit_rate: int = 0
) -> tuple[CodedFrame, ...]:
    options = {
        "profile": "baseline",
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x264-params": f"scenecut=0:keyint={keyframe_every}:min-keyint={keyframe_every}:repeat-headers=1:annexb=1",
    }
    return _encode("libx264", frames, width, height, keyframe_every, options, bit_rate)


@cache
def vp9_clip(frames: int, width: int = 320, height: int = 240, keyframe_every: int = 120) -> tuple[CodedFrame, ...]:
    options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1"}
    return _encode("libvpx-vp9", frames, width, height, keyframe_every, options, 0)


def _encode(
    name: str, frames: int, width: int, height: int, keyframe_every: int, options: dict[str, str], bit_rate: int
) -> tuple[CodedFrame, ...]:
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, 90_000)
    encoder.framerate = Fraction(FRAMES_PER_SECOND, 1)
    encoder.gop_size = keyframe_every
    encoder.bit_rate = bit_rate or 800_000
    encoder.options = options
    packets = []
    background = np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8)
    for number in range(frames):
        picture = np.roll(background, 3 * number, axis=1)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = number * 90_000 // FRAMES_PER_SECOND, Fraction(1, 90_000)
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return tuple(CodedFrame(bytes(packet), packet.pts or 0, packet.is_keyframe) for packet in packets)


@cache
def opus_clip(seconds: float) -> tuple[CodedFrame, ...]:
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "s16"
    encoder.time_base = Fraction(1, 48_000)
    encoder.options = {"application": "voip", "frame_duration": "20"}
    encoder.bit_rate = 32_000
    packets = []
    for number in range(round(seconds * 50)):
        at = (np.arange(960) + 960 * number) / 48_000
        tone = (8_000 * np.sin(2 * math.pi * 440 * at)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 960 * number, Fraction(1, 48_000)
        packets += encoder.encode(frame)
    return tuple(CodedFrame(bytes(packet), 960 * number, keyframe=True) for number, packet in enumerate(packets))
