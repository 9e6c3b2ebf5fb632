"""Inspections: one call, one or more parts, the people in it and the invitations to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InspectionKind(StrEnum):
    """事前指导, 直接勘验, 复勘."""

    GUIDANCE = "guidance"
    INITIAL = "initial"
    REINSPECTION = "reinspection"


class InspectionState(StrEnum):
    """``open`` until somebody ends it; an ended inspection is never opened again."""

    OPEN = "open"
    ENDED = "ended"


class Conclusion(StrEnum):
    """What a department concludes for its part."""

    PASS = "pass"  # noqa: S105 - a conclusion, no password
    RECTIFY = "rectify"
    FAIL = "fail"
    NEEDS_ON_SITE_VISIT = "needs_on_site_visit"


class ParticipantRole(StrEnum):
    """On which side somebody is in the call. An observer (观察员) sees and hears only.

    The last two are machines: a camera (设备) and a video wall (大屏).
    """

    INSPECTOR = "inspector"
    ENTERPRISE = "enterprise"
    HELPER = "helper"
    EXPERT = "expert"
    OBSERVER = "observer"
    DEVICE = "device"
    SCREEN = "screen"

    @property
    def is_machine(self) -> bool:
        """Nobody is there to agree to anything: whoever let the machine in answers for it."""
        return self in {ParticipantRole.DEVICE, ParticipantRole.SCREEN}


@dataclass(frozen=True, slots=True)
class InspectionPart:
    """One case within an inspection: its item version, department and conclusion.

    ``organisation_path``: the case's; its inspectors decide and conclude here. ``sealed_at``: when the record of this
    part was signed; from then on nothing of it changes.
    """

    id: str
    inspection_id: str
    case_id: str
    organisation_path: str
    permit_item_version_id: str
    department: str
    conclusion: Conclusion | None
    concluded_at: datetime | None
    sealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """One call on one or more cases. All times aware UTC."""

    id: str
    organisation_id: str
    organisation_path: str
    kind: InspectionKind
    state: InspectionState
    inspector_id: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    parts: tuple[InspectionPart, ...]


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in one inspection; ``user_id`` for the office's side, ``invitation_id`` for the others.

    ``waiting_since``: a guest stands at the door since then; ``admitted_at``: the inspector let them in.
    ``silenced_at``: nobody hears them since then; ``removed_at``: the inspector put them out for good.
    """

    id: str
    inspection_id: str
    role: ParticipantRole
    display_name: str
    user_id: str | None
    invitation_id: str | None
    consented_at: datetime | None
    consent_text_version: str
    first_joined_at: datetime | None
    left_at: datetime | None
    waiting_since: datetime | None = None
    admitted_at: datetime | None = None
    silenced_at: datetime | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """One seat in one inspection. Only ``token_sha256`` is kept; the token itself is shown once."""

    id: str
    inspection_id: str
    role: ParticipantRole
    token_sha256: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
