"""Footage and its gaps, for the timeline."""

from __future__ import annotations

from pydantic import AwareDatetime

from inspect_server.api.schemas.base import Body
from inspect_server.domain.footage import GapReason, Medium
from inspect_server.domain.inspections import InspectionKind, ParticipantRole


class GapView(Body):
    """``medium`` null: picture and sound are missing."""

    started_at: AwareDatetime
    ended_at: AwareDatetime
    reason: GapReason
    medium: Medium | None


class ExtentView(Body):
    """A stretch of footage without a hole."""

    started_at: AwareDatetime
    ended_at: AwareDatetime


class TrackFootage(Body):
    track_id: str
    participant_id: str
    participant_name: str
    role: ParticipantRole
    source: str
    playlist_url: str
    extents: list[ExtentView]
    gaps: list[GapView]
    has_video: bool
    has_audio: bool


class FootageIndex(Body):
    """Everything the replay page needs to draw its timeline.

    ``live``: the inspection still runs and footage grows; ``may_end``: it is open, and the caller may end it.
    """

    inspection_id: str
    case_id: str
    case_number: str
    permit_item_name: str
    enterprise_name: str
    kind: InspectionKind
    live: bool
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    server_now: AwareDatetime
    may_end: bool
    tracks: list[TrackFootage]
