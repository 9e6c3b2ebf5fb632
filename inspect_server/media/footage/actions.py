"""What the segmenter tells its epoch's files to do, in order."""

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_server.media.fmp4 import VideoFormat
from inspect_server.media.footage.gap_ledger import GapChange
from inspect_server.media.footage.timeline import Sample


@dataclass(frozen=True, slots=True)
class InitStarted:
    """Write an init segment; what follows belongs to it."""

    video: VideoFormat | None
    audio: bool
    at_us: int


@dataclass(frozen=True, slots=True)
class FragmentReady:
    """Write a fragment, each run in order of time. The first one after an init or a segment's end opens a segment."""

    video: Sequence[Sample]
    audio: Sequence[Sample]

    @property
    def first(self) -> Sample:
        """The earliest sample."""
        return min((run[0] for run in (self.video, self.audio) if run), key=lambda sample: sample.tick)


@dataclass(frozen=True, slots=True)
class SegmentEnded:
    """The open segment is complete."""


@dataclass(frozen=True, slots=True)
class KeyframeWanted:
    """Ask the publisher for a keyframe."""


Action = InitStarted | FragmentReady | SegmentEnded | KeyframeWanted | GapChange
