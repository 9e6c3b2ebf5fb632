"""What the footage tests are played on: a publisher of real coded frames, and a reader that decodes what was kept."""

import functools
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av

from inspect_server.domain.footage import SegmentKind
from inspect_server.media.access_unit import CLOCK_RATE_HZ, AccessUnit, Codec, MediaKind
from inspect_server.media.codecs import Depacketizer, depacketizer_for
from inspect_server.media.codecs.h264_syntax import split_annex_b
from inspect_server.media.footage.actions import Action, FragmentReady, InitStarted, KeyframeWanted, SegmentEnded
from inspect_server.media.footage.epoch_files import EpochFiles
from inspect_server.media.footage.facts import GapDeclared, SegmentStored
from inspect_server.media.footage.gap_ledger import GapChange
from inspect_server.media.footage.label import EpochIdentity
from inspect_server.media.footage.segmenter import Segmenter
from tests.media.codecs.coded_media import CodedFrame, h264_clip, opus_clip, vp9_clip
from tests.media.codecs.rtp_packetizer import Packetizer, h264_payloads, vp9_payloads

START_US = 1_795_000_000_123_456
IDENTITY = EpochIdentity(inspection_id="inspection-1", participant_id="participant-1", track_id="track-1", epoch=3)
VIDEO, AUDIO = MediaKind.VIDEO, MediaKind.AUDIO


def units_of(
    codec: Codec, clip: Iterable[CodedFrame], *, start_us: int = START_US, rtp_start: int = 0
) -> list[AccessUnit]:
    """Through RTP, as the receive path would give them; captured in the very instant the RTP time says."""
    machine: Depacketizer = depacketizer_for(codec)
    packetizer = Packetizer()
    kind = AUDIO if codec is Codec.OPUS else VIDEO
    units = []
    for number, frame in enumerate(clip):
        if codec is Codec.H264:
            payloads = h264_payloads(split_annex_b(frame.data))
        elif codec is Codec.VP9:
            payloads = vp9_payloads(frame.data, keyframe=frame.keyframe, picture_id=number)
        else:
            payloads = [frame.data]
        for packet in packetizer.send(rtp_start + frame.rtp_time, payloads):
            for got in machine.push(packet.sequence, packet.rtp_time, packet.marker, packet.payload):
                captured_us = start_us + (got.rtp_time - rtp_start) * 1_000_000 // CLOCK_RATE_HZ[kind]
                units.append(
                    AccessUnit(
                        kind,
                        codec,
                        got.data,
                        got.rtp_time,
                        captured_us,
                        got.keyframe,
                        got.width,
                        got.height,
                        got.parameter_sets,
                        got.follows_loss,
                    )
                )
    return units


def h264(seconds: float, **options: int) -> list[AccessUnit]:
    return list(_encoded(Codec.H264, seconds, START_US, **options))


def vp9(seconds: float, **options: int) -> list[AccessUnit]:
    return list(_encoded(Codec.VP9, seconds, START_US, **options))


def opus(seconds: float, *, start_us: int = START_US) -> list[AccessUnit]:
    return list(_encoded(Codec.OPUS, seconds, start_us))


@functools.lru_cache(maxsize=32)
def _encoded(codec: Codec, seconds: float, start_us: int, **options: int) -> tuple[AccessUnit, ...]:
    """Encoding costs more than most tests do with it."""
    match codec:
        case Codec.H264:
            clip, rtp_start = h264_clip(round(seconds * 30), **options), 4_000_000_000
        case Codec.VP9:
            clip, rtp_start = vp9_clip(round(seconds * 30), **options), 77
        case Codec.OPUS:
            clip, rtp_start = opus_clip(seconds), 123_456_789
    return tuple(units_of(codec, clip, start_us=start_us, rtp_start=rtp_start))


def delayed(units: Sequence[AccessUnit], by_s: float) -> list[AccessUnit]:
    """The same, captured later and on the same RTP clock."""
    return [
        replace(
            unit,
            captured_at_us=unit.captured_at_us + round(by_s * 1_000_000),
            rtp_time=unit.rtp_time + round(by_s * CLOCK_RATE_HZ[unit.kind]),
        )
        for unit in units
    ]


def together(*streams: Sequence[AccessUnit]) -> list[AccessUnit]:
    """In the order of arrival on a good network."""
    return sorted(itertools.chain(*streams), key=lambda unit: unit.captured_at_us)


def between(units: Sequence[AccessUnit], start_s: float, end_s: float) -> list[AccessUnit]:
    """Those captured in a stretch of seconds since the start."""
    return [unit for unit in units if start_s <= (unit.captured_at_us - START_US) / 1_000_000 < end_s]


def seconds(captured_us: int) -> float:
    """Seconds since the start, for asserting."""
    return round((captured_us - START_US) / 1_000_000, 3)


@dataclass(frozen=True, slots=True)
class Kept:
    fact: SegmentStored
    data: bytes


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    medium: str
    at_us: int  # UTC, from the segment's start and the place in the file
    width: int
    end_us: int


class Epoch:
    """Segmenter and files of one epoch without thread and queue."""

    def __init__(self, folder: Path, media: frozenset[MediaKind] = frozenset(MediaKind)) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.segmenter = Segmenter(media)
        self.files = EpochFiles(IDENTITY, folder)
        self.kept: list[Kept] = []
        self.gaps: list[GapDeclared] = []
        self.keyframes_wanted: list[float] = []
        self.safe_until_us = 0
        self._now_us = START_US

    def feed(self, units: Iterable[AccessUnit]) -> "Epoch":
        for unit in units:
            self._now_us = unit.captured_at_us
            self.do(self.segmenter.push(unit))
        return self

    def close(self) -> "Epoch":
        self.do(self.segmenter.close(self._now_us))
        return self

    def do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case InitStarted():
                    self._keep(self.files.start_init(action))
                case FragmentReady():
                    self.safe_until_us = self.files.write_fragment(action)
                case SegmentEnded():
                    self._keep(self.files.end_segment())
                case GapChange():
                    declared = self.files.note_gap(action)
                    if declared:
                        self.gaps.append(declared[0])
                case KeyframeWanted():
                    self.keyframes_wanted.append(seconds(self._now_us))

    def _keep(self, closed: list[tuple[SegmentStored, Path]]) -> None:
        self.kept += [Kept(fact, path.read_bytes()) for fact, path in closed]

    @property
    def facts(self) -> list[SegmentStored]:
        return [kept.fact for kept in self.kept]

    @property
    def inits(self) -> list[SegmentStored]:
        return [fact for fact in self.facts if fact.kind is SegmentKind.INIT]

    @property
    def media(self) -> list[SegmentStored]:
        return [fact for fact in self.facts if fact.kind is SegmentKind.MEDIA]

    def gaps_s(self) -> list[tuple[MediaKind | None, str, float, float]]:
        return [
            (gap.medium, gap.reason.value, seconds(micros(gap.started_at)), seconds(micros(gap.ended_at)))
            for gap in self.gaps
        ]


def micros(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def decode(kept: Sequence[Kept], *, all_of_them: bool = False) -> list[DecodedFrame]:
    """Decode every media segment alone behind its init segment, and date each frame by the segment's facts.

    Segments that do not begin with a keyframe are left out unless ``all_of_them``; then their damage is borne.
    """
    frames: list[DecodedFrame] = []
    init = b""
    for segment in kept:
        if segment.fact.kind is SegmentKind.INIT:
            init = segment.data
            continue
        if segment.fact.starts_with_keyframe or all_of_them:
            frames += _decode_one(init, segment, strict=not all_of_them)
    return frames


def _decode_one(init: bytes, segment: Kept, *, strict: bool) -> list[DecodedFrame]:
    found: list[DecodedFrame] = []
    options = {"err_detect": "explode"} if strict else {}
    with av.open(io.BytesIO(init + segment.data), "r", options=options) as container:
        packets = [packet for packet in container.demux() if packet.dts is not None]
        first = min(packet.pts * packet.time_base for packet in packets if packet.pts is not None)
        origin_us = micros(segment.fact.started_at)
        for packet in packets:
            assert packet.pts is not None
            assert packet.duration is not None
            at = origin_us + round((packet.pts * packet.time_base - first) * 1_000_000)
            for frame in packet.decode():
                assert isinstance(frame, av.VideoFrame | av.AudioFrame)
                width = frame.width if isinstance(frame, av.VideoFrame) else 0
                end = at + round(packet.duration * packet.time_base * 1_000_000)
                found.append(DecodedFrame(packet.stream.type, at, width, end))
    return found


def times(frames: Sequence[DecodedFrame], medium: str) -> list[int]:
    return [frame.at_us for frame in frames if frame.medium == medium]
