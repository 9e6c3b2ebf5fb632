"""What the writer's thread tells the event loop."""

from dataclasses import dataclass
from pathlib import Path

from inspect_server.media.access_unit import MediaKind
from inspect_server.media.footage.facts import GapDeclared, SegmentStored
from inspect_server.media.footage.label import EpochIdentity


@dataclass(frozen=True, slots=True)
class SegmentClosed:
    """A file is closed, hashed and under its final name: carry it to the object store."""

    fact: SegmentStored
    path: Path


@dataclass(frozen=True, slots=True)
class GapClosed:
    """A gap has ended and is kept."""

    fact: GapDeclared
    path: Path


@dataclass(frozen=True, slots=True)
class FragmentSafe:
    """Everything of the track before ``until_us`` (UTC) is synced."""

    identity: EpochIdentity
    until_us: int


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """No more files come into this epoch's folder."""

    identity: EpochIdentity
    folder: Path


@dataclass(frozen=True, slots=True)
class RecordingTrouble:
    """A track is not being recorded (``active``), or again. ``disk_full``: the spool has no room."""

    identity: EpochIdentity
    active: bool
    disk_full: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MediaUnwritten:
    """Of these media of the epoch nothing was written for 5 s, though none is missing on purpose; told at changes.

    ``never``: those of them of which nothing was written since the epoch began.
    """

    identity: EpochIdentity
    media: frozenset[MediaKind]
    never: frozenset[MediaKind]


Outcome = SegmentClosed | GapClosed | FragmentSafe | EpochEnded | RecordingTrouble | MediaUnwritten
