"""Writes fragmented MP4 (ISO/IEC 14496-12) for H264, VP9 and Opus: init segments and fragments, byte for byte.

Pure functions, called in the footage writer's thread. Why not a library's muxer: fragments must end exactly where the
recorder says, no sample may wait inside a muxer for another medium, and a file must carry its own place in the record.

    init segment                          media segment
    ftyp                                  styp
    moov  mvhd, trak…, mvex               uuid  label
    uuid  label                           prft moof mdat      one fragment, about a second
                                          prft moof mdat      …

The *label* is JSON: which track, epoch and sequence this file is and the sha256 of the file before it, so that each
file's hash covers the whole chain before it. ``prft`` (producer reference time) ties the fragment to UTC. Players skip
both.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from inspect_server.media.access_unit import CLOCK_RATE_HZ, Codec, MediaKind
from inspect_server.media.codecs.h264_syntax import HIGH_PROFILES, parse_sps

VIDEO_TRACK_ID = 1
AUDIO_TRACK_ID = 2
TIMESCALE_HZ = {VIDEO_TRACK_ID: CLOCK_RATE_HZ[MediaKind.VIDEO], AUDIO_TRACK_ID: CLOCK_RATE_HZ[MediaKind.AUDIO]}
LABEL_TYPE = UUID("6f6b0a3c-9d2e-5b7c-8a41-3f2d7c5e9b10")

NTP_UNIX_OFFSET_S = 2_208_988_800

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
SYNC_SAMPLE = 0x02000000
"""Flags of a sample that depends on no other one."""
_OTHER_SAMPLE = 0x01010000  # depends on others, is no sync sample
_DEFAULT_BASE_IS_MOOF = 0x020000
_TRUN_DATA_OFFSET, _TRUN_DURATION, _TRUN_SIZE, _TRUN_FLAGS = 0x1, 0x100, 0x200, 0x400
_OPUS_CHANNELS = 2

# Largest luma picture of each VP9 level (VP9 bitstream specification, annex A), level times ten.
_VP9_LEVELS = (
    (36_864, 10),
    (73_728, 11),
    (122_880, 20),
    (245_760, 21),
    (552_960, 30),
    (983_040, 31),
    (2_228_224, 40),
    (8_912_896, 50),
    (35_651_584, 60),
)


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """All that an init segment says of the picture; two equal formats share one init segment."""

    codec: Codec
    width: int
    height: int
    parameter_sets: tuple[bytes, ...] = ()

    @property
    def codec_string(self) -> str:
        """RFC 6381 name, for example ``avc1.42E01F`` or ``vp09.00.31.08``."""
        if self.codec is Codec.VP9:
            return f"vp09.00.{_vp9_level(self.width, self.height)}.08"
        return parse_sps(self.parameter_sets[0]).codec_string


OPUS_CODEC_STRING = "Opus"
"""With a capital, or Safari refuses it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive samples of one track; ``decode_time`` and ``durations`` in the track's timescale."""

    track_id: int
    decode_time: int
    durations: Sequence[int]
    sizes: Sequence[int]
    keyframes: Sequence[bool]


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box around the bytes given."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """One box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def label_box(label: Mapping[str, object]) -> bytes:
    """The file's own place in the record."""
    return box(b"uuid", LABEL_TYPE.bytes, json.dumps(label, separators=(",", ":"), sort_keys=True).encode())


def init_segment(video: VideoFormat | None, audio: bool, label: Mapping[str, object]) -> bytes:
    """``ftyp`` and ``moov`` for picture, sound or both."""
    tracks = []
    if video is not None:
        entry = _avc1(video) if video.codec is Codec.H264 else _vp09(video)
        tracks.append(_trak(VIDEO_TRACK_ID, b"vide", full_box(b"vmhd", 0, 1, bytes(8)), entry, video))
    if audio:
        tracks.append(_trak(AUDIO_TRACK_ID, b"soun", full_box(b"smhd", 0, 0, bytes(4)), _opus(), None))
    mvhd = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH10x", 0, 0, 1000, 0, 0x10000, 0x0100),
        _MATRIX,
        bytes(24),
        struct.pack(">I", AUDIO_TRACK_ID + 1),
    )
    ids = ([VIDEO_TRACK_ID] if video is not None else []) + ([AUDIO_TRACK_ID] if audio else [])
    mvex = box(b"mvex", *(full_box(b"trex", 0, 0, struct.pack(">5I", track_id, 1, 0, 0, 0)) for track_id in ids))
    ftyp = box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6", b"mp41")
    return b"".join((ftyp, box(b"moov", mvhd, *tracks, mvex), label_box(label)))


def segment_head(label: Mapping[str, object]) -> bytes:
    """What stands before the first fragment of a media segment."""
    return box(b"styp", b"msdh", struct.pack(">I", 0), b"msdh", b"iso6") + label_box(label)


def fragment_head(number: int, runs: Sequence[Run], *, utc_us: int, utc_track_id: int, utc_media_time: int) -> bytes:
    """``prft``, ``moof`` and the header of ``mdat``; the samples follow, run by run.

    ``utc_us`` (microseconds since 1970) is the time of capture of the sample at ``utc_media_time`` of that track.
    """
    payload_bytes = sum(sum(run.sizes) for run in runs)
    mfhd = full_box(b"mfhd", 0, 0, struct.pack(">I", number & 0xFFFFFFFF))
    # tfhd 16, tfdt 20, trun 20 + 12 per sample, each traf 8; moof itself 8
    moof_bytes = 8 + len(mfhd) + sum(8 + 16 + 20 + 20 + 12 * len(run.sizes) for run in runs)
    offset = moof_bytes + 8
    trafs = []
    for run in runs:
        trafs.append(_traf(run, offset))
        offset += sum(run.sizes)
    moof = box(b"moof", mfhd, *trafs)
    prft = full_box(b"prft", 1, 0, struct.pack(">IQQ", utc_track_id, to_ntp(utc_us), utc_media_time))
    return b"".join((prft, moof, struct.pack(">I4s", 8 + payload_bytes, b"mdat")))


def to_ntp(utc_us: int) -> int:
    """Microseconds since 1970 as a 64-bit NTP time (RFC 5905, 6)."""
    seconds, micros = divmod(utc_us, 1_000_000)
    return (seconds + NTP_UNIX_OFFSET_S) << 32 | (micros << 32) // 1_000_000


def from_ntp(ntp: int) -> int:
    """The opposite of :func:`to_ntp`."""
    return ((ntp >> 32) - NTP_UNIX_OFFSET_S) * 1_000_000 + ((ntp & 0xFFFFFFFF) * 1_000_000 + 0xFFFFFFFF) // (1 << 32)


def _traf(run: Run, data_offset: int) -> bytes:
    count = len(run.sizes)
    entries: list[int] = [0] * (3 * count)
    entries[0::3] = run.durations
    entries[1::3] = run.sizes
    entries[2::3] = [SYNC_SAMPLE if keyframe else _OTHER_SAMPLE for keyframe in run.keyframes]
    flags = _TRUN_DATA_OFFSET | _TRUN_DURATION | _TRUN_SIZE | _TRUN_FLAGS
    return box(
        b"traf",
        full_box(b"tfhd", 0, _DEFAULT_BASE_IS_MOOF, struct.pack(">I", run.track_id)),
        full_box(b"tfdt", 1, 0, struct.pack(">Q", run.decode_time)),
        full_box(b"trun", 0, flags, struct.pack(f">Ii{3 * count}I", count, data_offset, *entries)),
    )


def _trak(track_id: int, handler: bytes, media_header: bytes, entry: bytes, video: VideoFormat | None) -> bytes:
    width, height = (video.width, video.height) if video else (0, 0)
    tkhd = full_box(
        b"tkhd",
        0,
        3,  # enabled, in the movie
        struct.pack(">IIIII8xHHHH", 0, 0, track_id, 0, 0, 0, 0, 0 if video else 0x0100, 0),
        _MATRIX,
        struct.pack(">II", width << 16, height << 16),
    )
    mdhd = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, TIMESCALE_HZ[track_id], 0, 0x55C4, 0))  # language und
    hdlr = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, handler), handler + b"\0")
    dinf = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    stbl = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", media_header, dinf, stbl)))


def _visual_entry(kind: bytes, video: VideoFormat, configuration: bytes) -> bytes:
    fixed = struct.pack(
        ">6xH16xHHIIIH32xHh", 1, video.width, video.height, 0x480000, 0x480000, 0, 1, 0x0018, -1
    )  # fmt: skip
    return box(kind, fixed, configuration)


def _avc1(video: VideoFormat) -> bytes:
    """ISO/IEC 14496-15, 5.3.3 and 5.4.2."""
    sps, *pps = video.parameter_sets
    parts = [
        bytes((1, sps[1], sps[2], sps[3], 0xFC | 3, 0xE0 | 1)),
        struct.pack(">H", len(sps)),
        sps,
        bytes((len(pps),)),
    ]
    for unit in pps:
        parts += [struct.pack(">H", len(unit)), unit]
    if sps[1] in HIGH_PROFILES:
        depths = parse_sps(sps)
        luma, chroma = depths.bit_depth_luma - 8, depths.bit_depth_chroma - 8
        parts.append(bytes((0xFC | depths.chroma_format_idc, 0xF8 | luma, 0xF8 | chroma, 0)))
    return _visual_entry(b"avc1", video, box(b"avcC", *parts))


def _vp09(video: VideoFormat) -> bytes:
    """VP Codec ISO Media File Format Binding: 8 bits, 4:2:0, colours not named."""
    level = _vp9_level(video.width, video.height)
    return _visual_entry(
        b"vp09", video, full_box(b"vpcC", 1, 0, struct.pack(">BBBBBBH", 0, level, 8 << 4 | 1 << 1, 2, 2, 2, 0))
    )


def _vp9_level(width: int, height: int) -> int:
    return next((level for pixels, level in _VP9_LEVELS if width * height <= pixels), _VP9_LEVELS[-1][1])


def _opus() -> bytes:
    """Encapsulation of Opus in ISO Base Media. Nothing to skip: recording starts in the middle of a stream."""
    rate = CLOCK_RATE_HZ[MediaKind.AUDIO]
    fixed = struct.pack(">6xH8xHHHHI", 1, _OPUS_CHANNELS, 16, 0, 0, rate << 16)
    return box(b"Opus", fixed, box(b"dOps", struct.pack(">BBHIhB", 0, _OPUS_CHANNELS, 0, rate, 0, 0)))
