"""What the footage half of a worker tells the server.

``SegmentStored`` and ``GapDeclared`` are *facts*: kept in the spool and repeated until acknowledged by their
``fact_id``. ``FootageProgress`` and ``Alarm`` are news: the next one replaces the one before.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from inspect_server.domain.footage import GapReason, SegmentKind
from inspect_server.media.access_unit import MediaKind


class Fact(BaseModel):
    model_config = ConfigDict(frozen=True)

    inspection_id: str
    participant_id: str
    track_id: str
    epoch: int


class SegmentStored(Fact):
    """A segment is in the object store, byte for byte as hashed. ``duration_ms`` is 0 for an init segment."""

    type: Literal["segment_stored"] = "segment_stored"
    sequence: int
    kind: SegmentKind
    started_at: AwareDatetime
    duration_ms: float
    byte_length: int
    object_key: str
    object_offset: int = 0
    hash_alg: str = "sha256"
    sha256: str
    previous_sha256: str
    codecs: str
    width: int
    height: int
    has_video: bool
    has_audio: bool
    starts_with_keyframe: bool
    recovered: bool

    @property
    def fact_id(self) -> str:
        """Stable over repetitions and restarts."""
        return f"segment/{self.track_id}/{self.epoch}/{self.sequence}"


class GapDeclared(Fact):
    """A loss within an epoch. ``gap_number`` counts from 0 within the epoch; ``medium`` None: picture and sound."""

    type: Literal["gap_declared"] = "gap_declared"
    gap_number: int
    medium: MediaKind | None = None
    started_at: AwareDatetime
    ended_at: AwareDatetime
    reason: GapReason

    @property
    def fact_id(self) -> str:
        """Stable over repetitions and restarts."""
        return f"gap/{self.track_id}/{self.epoch}/{self.gap_number}"


class FootageProgress(BaseModel):
    """Every 2 s and at each change: everything of the track before ``safe_until`` is synced to the spool or stored."""

    model_config = ConfigDict(frozen=True)

    type: Literal["footage_progress"] = "footage_progress"
    inspection_id: str
    participant_id: str
    track_id: str
    safe_until: AwareDatetime | None
    pending_segments: int
    spooled_bytes: int


class Alarm(BaseModel):
    """``active`` False takes an earlier alarm of the same ``code`` back. ``inspection_id`` None: the whole worker.

    ``no_picture_written``, ``no_sound_written``: the track has one, it is not missing on purpose, and yet nothing of it
    was written for 5 s; ``from_start``: since it began. ``spool_damaged``: files that cannot be understood or stored
    lie in the spool or its quarantine; about the whole worker, over when a person has taken them out.
    """

    model_config = ConfigDict(frozen=True)

    type: Literal["alarm"] = "alarm"
    code: Literal[
        "upload_delayed",
        "spool_low",
        "spool_full",
        "not_recording",
        "no_picture_written",
        "no_sound_written",
        "spool_damaged",
    ]
    active: bool
    inspection_id: str | None = None
    track_id: str | None = None
    from_start: bool = False
    detail: str = ""
