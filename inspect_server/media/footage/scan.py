"""Reads back what ``fmp4`` wrote, after a crash or where the facts beside a segment are lost. Pure.

A media segment is sound up to the end of its last fragment whose ``moof`` and ``mdat`` are whole and agree.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pydantic import ValidationError

from inspect_server.domain.footage import SegmentKind
from inspect_server.media.fmp4 import (
    AUDIO_TRACK_ID,
    LABEL_TYPE,
    SYNC_SAMPLE,
    TIMESCALE_HZ,
    VIDEO_TRACK_ID,
    from_ntp,
)
from inspect_server.media.footage.label import SegmentLabel
from inspect_server.media.footage.timeline import TICKS_PER_SECOND

_KNOWN = frozenset({b"ftyp", b"moov", b"styp", b"uuid", b"prft", b"moof", b"mdat"})
_HEADER = struct.Struct(">I4s")


class Tail(Enum):
    """What lies behind the sound part of a file."""

    NONE = "none"
    TORN = "torn"  # the beginning of a write that was cut off, or zeros: never acknowledged
    STRANGE = "strange"  # anything else


@dataclass(frozen=True, slots=True)
class Scan:
    """What a file holds; ``label`` as its fragments tell. ``sound_bytes`` is 0 when not even the first one is whole."""

    label: SegmentLabel | None
    sound_bytes: int
    duration_ms: float
    tail: Tail


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class _Fragment:
    """``first`` and ``end``: ticks. ``begins_with_keyframe``: its picture does, if it has one."""

    first: int
    end: int
    payload_bytes: int
    started_us: int
    track_ids: frozenset[int]
    begins_with_keyframe: bool


class _Broken(Exception):
    """Sizes inside a box do not fit together."""


def scan(data: bytes) -> Scan:
    """Read a whole file; never raises on what it holds."""
    label = None
    sound = 0
    fragments: list[_Fragment] = []
    started_us = 0
    moof: _Box | None = None
    try:
        for box in _boxes(data, 0, len(data)):
            if box.kind not in _KNOWN:
                break
            if box.kind == b"uuid":
                label = _read_label(data[box.body : box.end]) or label
            elif box.kind == b"prft":
                started_us = _read_prft(data, box)
            elif box.kind == b"moof":
                moof = box
            elif box.kind == b"mdat" and moof is not None:
                fragment = _read_moof(data, moof, started_us)
                if fragment.payload_bytes != box.end - box.body:
                    break
                fragments.append(fragment)
                moof = None
            whole_init = label is not None and label.kind is SegmentKind.INIT and box.kind == b"uuid"
            if whole_init or box.kind == b"mdat":
                sound = box.end
    except (_Broken, struct.error):
        pass  # the sound part ends before
    if label is None:
        return Scan(None, 0, 0.0, _classify(data, sound))
    if not fragments:
        return Scan(label, sound, 0.0, _classify(data, sound))
    first = min(fragments, key=lambda fragment: fragment.first)
    duration_ms = (max(fragment.end for fragment in fragments) - first.first) * 1000 / TICKS_PER_SECOND
    return Scan(_as_found(label, fragments, first.started_us), sound, duration_ms, _classify(data, sound))


def _as_found(label: SegmentLabel, fragments: Sequence[_Fragment], started_us: int) -> SegmentLabel:
    """What was not known yet when the label was written."""
    pictures = [fragment.begins_with_keyframe for fragment in fragments if VIDEO_TRACK_ID in fragment.track_ids]
    found = {
        "started_at_us": started_us,
        "has_video": bool(pictures),
        "has_audio": any(AUDIO_TRACK_ID in fragment.track_ids for fragment in fragments),
        "starts_with_keyframe": pictures[0] if pictures else label.starts_with_keyframe,
    }
    return label.model_copy(update=found)


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """The boxes that are whole."""
    while start + _HEADER.size <= end:
        size, kind = _HEADER.unpack_from(data, start)
        if size < _HEADER.size or start + size > end:
            return
        yield _Box(kind, start, start + _HEADER.size, start + size)
        start += size


def _read_label(body: bytes) -> SegmentLabel | None:
    if body[:16] != LABEL_TYPE.bytes:
        return None
    try:
        return SegmentLabel.model_validate(json.loads(body[16:]))
    except (ValueError, ValidationError):
        return None


def _read_prft(data: bytes, prft: _Box) -> int:
    """When the next fragment's first sample was captured, UTC µs."""
    _, ntp = struct.unpack_from(">IQ", data, prft.body + 4)
    return from_ntp(ntp)


def _read_moof(data: bytes, moof: _Box, started_us: int) -> _Fragment:
    first: int | None = None
    end = payload_bytes = 0
    track_ids: set[int] = set()
    begins_with_keyframe = False
    for traf in _boxes(data, moof.body, moof.end):
        if traf.kind != b"traf":
            continue
        track_id = tick = 0
        for box in _boxes(data, traf.body, traf.end):
            if box.kind == b"tfhd":
                (track_id,) = struct.unpack_from(">I", data, box.body + 4)
            elif box.kind == b"tfdt":
                (tick,) = struct.unpack_from(">Q", data, box.body + 4)
            elif box.kind == b"trun":
                (count,) = struct.unpack_from(">I", data, box.body + 4)
                if box.body + 12 + 12 * count != box.end or track_id not in TIMESCALE_HZ:
                    raise _Broken
                entries = struct.unpack_from(f">{3 * count}I", data, box.body + 12)
                scale = TICKS_PER_SECOND // TIMESCALE_HZ[track_id]
                payload_bytes += sum(entries[1::3])
                first = tick * scale if first is None else min(first, tick * scale)
                end = max(end, (tick + sum(entries[0::3])) * scale)
                track_ids.add(track_id)
                begins_with_keyframe |= track_id == VIDEO_TRACK_ID and entries[2:3] == (SYNC_SAMPLE,)
    if first is None:
        raise _Broken
    return _Fragment(first, end, payload_bytes, started_us, frozenset(track_ids), begins_with_keyframe)


def _classify(data: bytes, sound: int) -> Tail:
    tail = data[sound:]
    if not tail:
        return Tail.NONE
    position = 0
    while position + _HEADER.size <= len(tail):
        size, kind = _HEADER.unpack_from(tail, position)
        if kind not in _KNOWN or size < _HEADER.size:
            return Tail.STRANGE if tail[position:].strip(b"\0") else Tail.TORN
        position += size
    rest = tail[position:]
    return Tail.TORN if any(kind.startswith(rest[4:]) for kind in _KNOWN) or not rest.strip(b"\0") else Tail.STRANGE
