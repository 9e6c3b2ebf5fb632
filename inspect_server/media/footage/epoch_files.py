"""The files of one epoch: writes what the segmenter decides, hashes it, and tells what is safe.

Run by the footage writer's thread only. Owns one open file. Every OSError leaves the files as after the last fragment
that was synced; the caller decides when to try again.
"""

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from inspect_server.domain.footage import GapReason, SegmentKind
from inspect_server.media.access_unit import CLOCK_RATE_HZ, MediaKind
from inspect_server.media.fmp4 import (
    AUDIO_TRACK_ID,
    OPUS_CODEC_STRING,
    VIDEO_TRACK_ID,
    Run,
    fragment_head,
    init_segment,
    segment_head,
)
from inspect_server.media.footage.actions import FragmentReady, InitStarted
from inspect_server.media.footage.facts import GapDeclared, SegmentStored
from inspect_server.media.footage.files import sync_folder, write_all, write_durably
from inspect_server.media.footage.gap_ledger import GapChange
from inspect_server.media.footage.label import EpochIdentity, SegmentLabel, utc
from inspect_server.media.footage.timeline import TICKS_PER_SECOND, Sample


class GapRecord(BaseModel):
    """A gap as kept in the epoch's folder; without an end while it lasts."""

    model_config = ConfigDict(frozen=True)

    number: int
    medium: MediaKind | None
    reason: GapReason
    started_us: int
    ended_us: int | None

    def declared(self, identity: EpochIdentity, ended_us: int) -> GapDeclared:
        """The fact for the server."""
        return GapDeclared(
            **identity.model_dump(),
            gap_number=self.number,
            medium=self.medium,
            started_at=utc(self.started_us),
            ended_at=utc(ended_us),
            reason=self.reason,
        )


@dataclass(slots=True)
class _OpenSegment:
    label: SegmentLabel
    path: Path
    descriptor: int
    first_tick: int
    end_tick: int
    started_us: int
    starts_with_keyframe: bool
    has_picture: bool = False
    has_sound: bool = False
    byte_length: int = 0


class EpochFiles:
    """Writes one epoch into its folder, which exists already with its manifest."""

    def __init__(self, identity: EpochIdentity, folder: Path) -> None:
        self.identity = identity
        self.folder = folder
        self._sequence = 0
        self._previous_sha256 = ""
        self._fragment_number = 1
        self._init: SegmentLabel | None = None
        self._open: _OpenSegment | None = None
        self._hash = hashlib.sha256()

    def start_init(self, action: InitStarted) -> list[tuple[SegmentStored, Path]]:
        """Write an init segment; a segment left open by a disk error is closed before."""
        closed = self.end_segment()
        video = action.video
        codecs = ([video.codec_string] if video else []) + ([OPUS_CODEC_STRING] if action.audio else [])
        label = SegmentLabel(
            **self.identity.model_dump(),
            sequence=self._sequence,
            init=self._sequence,
            kind=SegmentKind.INIT,
            started_at_us=action.at_us,
            previous_sha256=self._previous_sha256,
            codecs=",".join(codecs),
            width=video.width if video else 0,
            height=video.height if video else 0,
            has_video=video is not None,
            has_audio=action.audio,
            starts_with_keyframe=True,
        )
        self._append(self._begin(label, tick=0), init_segment(video, action.audio, label.model_dump(mode="json")))
        self._init = label
        return closed + self.end_segment()

    def write_fragment(self, action: FragmentReady) -> int:
        """Write and sync a fragment; returns the UTC µs up to which all is safe now."""
        first = action.first
        head = b""
        segment = self._open
        if segment is None:
            label = self._media_label(action, first)
            segment = self._begin(label, tick=first.tick)
            head = segment_head(label.model_dump(mode="json"))
        media = ((VIDEO_TRACK_ID, action.video), (AUDIO_TRACK_ID, action.audio))
        runs = [_run_of(track_id, samples) for track_id, samples in media if samples]
        fragment = fragment_head(
            self._fragment_number,
            runs,
            utc_us=first.unit.captured_at_us,
            utc_track_id=VIDEO_TRACK_ID if first.unit.kind is MediaKind.VIDEO else AUDIO_TRACK_ID,
            utc_media_time=first.position,
        )
        samples = (*action.video, *action.audio)
        self._append(segment, b"".join((head, fragment, *(sample.unit.data for sample in samples))))
        self._fragment_number += 1
        if first.tick < segment.first_tick:
            # A medium that lagged begins before what came first: the segment does, too.
            segment.first_tick = first.tick
            segment.started_us = first.unit.captured_at_us
        if action.video and not segment.has_picture:  # sound that lagged may have opened the segment
            segment.has_picture = True
            segment.starts_with_keyframe = action.video[0].unit.keyframe
        segment.has_sound |= bool(action.audio)
        ends = [_end_tick(run[-1]) for run in (action.video, action.audio) if run]
        segment.end_tick = max(segment.end_tick, *ends)
        # Dated as the segment will be, not as its last unit: the two drift apart by some microseconds.
        return segment.started_us + (max(ends) - segment.first_tick) * 1_000_000 // TICKS_PER_SECOND

    def end_segment(self) -> list[tuple[SegmentStored, Path]]:
        """Close the open segment, if any: its facts beside it, its final name, its place in the chain."""
        segment = self._open
        if segment is None:
            return []
        duration_ms = (segment.end_tick - segment.first_tick) * 1000 / TICKS_PER_SECOND
        sha256 = self._hash.hexdigest()
        label = segment.label
        if label.kind is SegmentKind.MEDIA:
            known_now = {
                "started_at_us": segment.started_us,
                "has_video": segment.has_picture,
                "has_audio": segment.has_sound,
                "starts_with_keyframe": segment.starts_with_keyframe,
            }
            label = label.model_copy(update=known_now)
        os.ftruncate(segment.descriptor, segment.byte_length)  # behind that is only what an error left
        fact = label.stored(duration_ms=duration_ms, byte_length=segment.byte_length, sha256=sha256, recovered=False)
        final = segment.path.with_suffix(".mp4")
        final.with_suffix(".json").write_text(fact.model_dump_json())
        segment.path.rename(final)
        self._open = None
        os.close(segment.descriptor)
        self._previous_sha256 = sha256
        self._sequence += 1
        # The samples are synced; should only the new name get lost, a start finds the old one and closes it again.
        with contextlib.suppress(OSError):
            sync_folder(self.folder)
        return [(fact, final)]

    def note_gap(self, change: GapChange) -> tuple[GapDeclared, Path] | None:
        """Keep a gap; when it has ended, the fact about it."""
        path = self.folder / f"gap-{change.number:06d}.json"
        if change.void:
            path.unlink(missing_ok=True)
            return None
        record = GapRecord(
            number=change.number,
            medium=change.medium,
            reason=change.reason,
            started_us=change.started_us,
            ended_us=change.ended_us,
        )
        write_durably(path, record.model_dump_json().encode())
        return (record.declared(self.identity, change.ended_us), path) if change.ended_us is not None else None

    def _media_label(self, action: FragmentReady, first: Sample) -> SegmentLabel:
        if self._init is None:
            raise RuntimeError("a fragment before any init segment")
        keyframe = action.video[0].unit.keyframe if action.video else not self._init.has_video
        changes = {
            "sequence": self._sequence,
            "kind": SegmentKind.MEDIA,
            "started_at_us": first.unit.captured_at_us,
            "previous_sha256": self._previous_sha256,
            "starts_with_keyframe": keyframe,
        }
        return self._init.model_copy(update=changes)

    def _begin(self, label: SegmentLabel, *, tick: int) -> _OpenSegment:
        path = self.folder / f"{label.sequence:06d}.open"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._open = _OpenSegment(
            label,
            path,
            descriptor,
            first_tick=tick,
            end_tick=tick,
            started_us=label.started_at_us,
            starts_with_keyframe=label.starts_with_keyframe,
        )
        self._hash = hashlib.sha256()
        return self._open

    def _append(self, segment: _OpenSegment, data: bytes) -> None:
        """Add bytes and sync them; after an error they do not count, and a file that has nothing else goes."""
        try:
            write_all(segment.descriptor, data, segment.byte_length)
            os.fdatasync(segment.descriptor)
            if not segment.byte_length:
                sync_folder(self.folder)
        except OSError:
            if not segment.byte_length:
                self._open = None
                with contextlib.suppress(OSError):  # the next one of this number replaces it
                    os.close(segment.descriptor)
                    segment.path.unlink()
            raise
        self._hash.update(data)
        segment.byte_length += len(data)


def _run_of(track_id: int, samples: Sequence[Sample]) -> Run:
    return Run(
        track_id,
        samples[0].position,
        [sample.duration for sample in samples],
        [len(sample.unit.data) for sample in samples],
        [sample.unit.keyframe for sample in samples],
    )


def _end_tick(sample: Sample) -> int:
    return sample.tick + sample.duration * (TICKS_PER_SECOND // CLOCK_RATE_HZ[sample.unit.kind])
