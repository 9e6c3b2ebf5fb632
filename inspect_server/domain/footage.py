"""Footage: tracks, epochs, segments, gaps, and the arithmetic of what is missing.

A *track* is what one participant publishes from one source. Each publish connection is an *epoch* of it. An epoch is
a chain of *segments* numbered from 0, each naming the sha256 of the one before; number 0 is an init segment
(ISO/IEC 14496-12 ``ftyp`` + ``moov``), later ones are media or a new init. A *gap* is a declared loss.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from inspect_server.domain.errors import TooManyCameras
from inspect_server.domain.timekeeping import ClockReading


class SegmentKind(StrEnum):
    """``init`` carries decoder configuration only; ``media`` carries samples."""

    INIT = "init"
    MEDIA = "media"


class GapReason(StrEnum):
    """Why footage is missing. ``taken``: a phone call, another app or the system has the camera or microphone."""

    NETWORK = "network"
    BACKGROUND = "background"
    TAKEN = "taken"
    MUTED = "muted"
    RESTART = "restart"
    DISK = "disk"
    LEFT = "left"
    PUBLISHER_STOPPED = "publisher_stopped"
    DAMAGED = "damaged"


def reason_of_silence(told: Iterable[GapReason | None]) -> GapReason:
    """Why nothing comes any more, where the page has ``told`` this of its camera and microphone before.

    A page that was put away, or whose devices a phone call has, may be stopped by the system altogether: what looks
    like a lost network is then the same pause going on.
    """
    return next((reason for reason in told if reason in _BEFORE_SLEEP), GapReason.NETWORK)


_BEFORE_SLEEP: Final = frozenset({GapReason.BACKGROUND, GapReason.TAKEN})


class Medium(StrEnum):
    """What a gap may be about alone: a muted microphone leaves the picture whole."""

    VIDEO = "video"
    AUDIO = "audio"


CAMERA = "camera"
"""The source that everybody has who sends anything; further ones are named by who sends them."""

MAX_SOURCES = 4
"""Cameras of one participant: each is recorded, forwarded to everybody and takes the uplink of one phone."""


@dataclass(frozen=True, slots=True)
class Track:
    """What one participant publishes from one source (``camera``), own microphone included."""

    id: str
    inspection_id: str
    participant_id: str
    source: str
    created_at: datetime


def require_source_allowed(source: str, tracks: Iterable[Track]) -> None:
    """Whether a participant with these ``tracks`` may publish from ``source``.

    Raises:
        TooManyCameras: it would be one more than allowed.
    """
    known = {track.source for track in tracks}
    if source not in known and len(known) >= MAX_SOURCES:
        raise TooManyCameras(max=MAX_SOURCES)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One publish connection of a track.

    ``preceded_by``: why the epoch before ended, None for the first. ``clock``: how far the server's clock, whose time
    the footage carries, was off when it began; None if that was not known.
    """

    track_id: str
    number: int
    began_at: datetime
    preceded_by: GapReason | None
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One closed, stored file of a track. ``duration_ms`` is 0 for an init segment."""

    track_id: str
    epoch: int
    sequence: int
    kind: SegmentKind
    started_at: datetime
    duration_ms: float
    byte_length: int
    object_key: str
    object_offset: int
    hash_alg: str
    sha256: str
    previous_sha256: str
    codecs: str
    width: int
    height: int
    has_video: bool
    has_audio: bool
    starts_with_keyframe: bool
    recovered: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A declared loss. ``number`` counts within the epoch; gaps between epochs are derived, not numbered (-1).

    ``medium`` None: picture and sound.
    """

    track_id: str
    epoch: int
    number: int
    started_at: datetime
    ended_at: datetime
    reason: GapReason
    medium: Medium | None = None
