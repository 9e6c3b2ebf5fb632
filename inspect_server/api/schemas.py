"""What goes over HTTP: request and response bodies. The OpenAPI file and the pages' TypeScript types come from here.

All times are ISO 8601 UTC with ``Z``; durations in milliseconds (``_ms``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from inspect_server.domain.cases import CaseStatus
from inspect_server.domain.catalogue import RemoteJudgement, Severity
from inspect_server.domain.footage import GapReason, Medium
from inspect_server.domain.inspections import Conclusion, InspectionKind, InspectionState, ParticipantRole
from inspect_server.domain.people import Role

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Token = Annotated[str, StringConstraints(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]


class Body(BaseModel):
    """Base of all bodies: unknown fields are refused, so that a typing error does not pass silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(BaseModel):
    """RFC 9457 problem details. ``code`` is stable and translated by the pages."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    params: dict[str, str | int | float] = Field(default_factory=dict)


# Sign-in


class SignIn(Body):
    name: ShortText
    password: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Me(Body):
    """Who is signed in. ``csrf_token`` goes into the ``X-CSRF-Token`` header of every unsafe request."""

    user_id: str
    display_name: str
    sign_in_name: str
    roles: list[Role]
    organisation_name: str
    csrf_token: str


# Catalogue and cases


class ChecklistItemView(Body):
    id: str
    position: int
    area: str
    text: str
    show: str
    severity: Severity
    required: bool
    remote: RemoteJudgement
    why_not_remote: str


class PermitItemView(Body):
    version_id: str
    permit_item_id: str
    number: int
    code: str
    name: str
    department: str
    is_sample: bool


class PermitItems(Body):
    items: list[PermitItemView]


class EnterpriseView(Body):
    id: str
    name: str
    credit_code: str
    address: str
    contact_name: str
    contact_phone: str


class NewEnterprise(Body):
    name: ShortText
    credit_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=18)] = ""
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    contact_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    contact_phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = ""


class NewCase(Body):
    """Opens a case of the signed-in user's organisation with the newest version of the permit item.

    ``external_id``: null if no other system knows the case; two cases cannot share one, so an empty text is refused.
    """

    permit_item_id: str
    enterprise: NewEnterprise
    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None


class CaseRow(Body):
    id: str
    number: str
    external_id: str | None
    enterprise_name: str
    permit_item_name: str
    organisation_name: str
    status: CaseStatus
    created_at: AwareDatetime
    last_inspection_at: AwareDatetime | None
    live_inspection_id: str | None


class CaseList(Body):
    """One page of cases, newest first; ``total`` counts all that match."""

    items: list[CaseRow]
    total: int
    page: int
    page_size: int


class InspectionRow(Body):
    id: str
    kind: InspectionKind
    state: InspectionState
    inspector_name: str
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    footage_ms: float
    gap_count: int


class CaseDetail(Body):
    id: str
    number: str
    external_id: str | None
    organisation_name: str
    status: CaseStatus
    created_at: AwareDatetime
    enterprise: EnterpriseView
    permit_item: PermitItemView
    checklist: list[ChecklistItemView]
    inspections: list[InspectionRow]


# Inspections


class NewInspection(Body):
    kind: InspectionKind = InspectionKind.INITIAL


class PartView(Body):
    id: str
    case_id: str
    case_number: str
    permit_item_name: str
    department: str
    conclusion: Conclusion | None
    checklist: list[ChecklistItemView]


class ParticipantView(Body):
    id: str
    role: ParticipantRole
    display_name: str
    first_joined_at: AwareDatetime | None
    left_at: AwareDatetime | None


class InvitationView(Body):
    id: str
    role: ParticipantRole
    created_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None
    accepted_by: str | None


class InspectionDetail(Body):
    id: str
    kind: InspectionKind
    state: InspectionState
    inspector_name: str
    enterprise: EnterpriseView
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    parts: list[PartView]
    participants: list[ParticipantView]
    invitations: list[InvitationView]


class NewInvitation(Body):
    role: ParticipantRole = ParticipantRole.ENTERPRISE
    valid_minutes: Annotated[int, Field(ge=5, le=7 * 24 * 60)] | None = None


class InvitationCreated(Body):
    """The only time that the token is told: in ``link`` (URL fragment) and as QR code (SVG text, no script)."""

    id: str
    link: str
    qr_svg: str
    expires_at: AwareDatetime


class NewAccess(Body):
    """For one machine: a camera (``device``) or a video wall (``screen``). ``valid_minutes``: null for the default."""

    role: ParticipantRole = ParticipantRole.DEVICE
    name: ShortText
    valid_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 30)] | None = None


class AccessGiven(Body):
    """``id`` is revoked like an invitation's. The token is told only here; ``url`` takes the machine's offer."""

    id: str
    role: ParticipantRole
    name: str
    url: str
    token: str
    expires_at: AwareDatetime


class Ticket(Body):
    """One use, valid for a minute: the first message on the signalling WebSocket carries it."""

    ticket: str
    expires_at: AwareDatetime


# Joining by invitation (no sign-in; the token is the right)


class InvitationToken(Body):
    token: Token


class InvitationOpened(Body):
    """What the enterprise sees before it agrees."""

    inspection_id: str
    role: ParticipantRole
    state: InspectionState
    organisation_name: str
    department: str
    inspector_name: str
    inspector_certificate: str
    enterprise_name: str
    enterprise_address: str
    permit_item_name: str
    case_number: str
    kind: InspectionKind
    expires_at: AwareDatetime
    consent_text_version: str
    accepted: bool
    participant_name: str
    checklist: list[ChecklistItemView]


class AcceptInvitation(Body):
    token: Token
    display_name: ShortText
    consent: bool
    consent_text_version: ShortText


class Accepted(Body):
    participant_id: str
    inspection_id: str


# Footage


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
    """Everything the replay page needs to draw its timeline. ``live``: the inspection still runs and footage grows."""

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
    tracks: list[TrackFootage]


class Health(Body):
    status: str
    media_workers: int
    media_workers_up: int
    version: str
