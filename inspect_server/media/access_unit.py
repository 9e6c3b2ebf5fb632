"""What the receive path hands to the recorder: one coded picture or one Opus packet, as it came.

Plain values without behaviour: made on the event loop of the media worker, read in the footage writer's thread.
"""

from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    """The two media of a track."""

    VIDEO = "video"
    AUDIO = "audio"


class Codec(StrEnum):
    """The codecs that are accepted from a publisher; all of them fit MP4 and every browser's player."""

    H264 = "h264"
    VP9 = "vp9"
    OPUS = "opus"


CLOCK_RATE_HZ = {MediaKind.VIDEO: 90_000, MediaKind.AUDIO: 48_000}
"""RTP clock, and at the same time the timescale in the file, of each medium."""


@dataclass(slots=True)
class AccessUnit:
    """One coded picture or one Opus packet. Nobody changes it; frozen it would take four times as long to make.

    ``data`` is for H264 the NAL units with 4-byte lengths (parameter sets, delimiters and filler left out), for VP9
    the frame (a superframe where there are several spatial layers), for Opus the packet. ``rtp_time`` is unwrapped
    (64 bits, never falls back by wrapping) in ticks of :data:`CLOCK_RATE_HZ`. ``captured_at_us`` is the best present
    estimate of the moment of capture, in UTC microseconds since the epoch of Unix.
    """

    kind: MediaKind
    codec: Codec
    data: bytes
    rtp_time: int
    captured_at_us: int
    keyframe: bool
    width: int = 0
    height: int = 0
    parameter_sets: tuple[bytes, ...] = ()
    """H264: the SPS and PPS in force (without start codes), the SPS first."""
    follows_loss: bool = False
    """True when units of this medium before this one were lost on the way; copied from the depacketizer's frame."""
