"""Inspections, the people in them, and how they are let in."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from inspect_server.api.schemas.arrivals import AppointmentPlan, AppointmentView, DeclineView
from inspect_server.api.schemas.base import Body, ShortText
from inspect_server.api.schemas.cases import ChecklistItemView, EnterpriseView
from inspect_server.domain.inspections import Conclusion, InspectionKind, InspectionState, ParticipantRole

CaseId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class NewInspection(Body):
    """``further_case_ids``: cases of the same enterprise that are inspected in the same call (联合勘验).

    ``appointment`` null: now.
    """

    kind: InspectionKind = InspectionKind.INITIAL
    further_case_ids: Annotated[tuple[CaseId, ...], Field(max_length=8)] = ()
    appointment: AppointmentPlan | None = None


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
    inspector_id: str
    inspector_name: str
    enterprise: EnterpriseView
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    parts: list[PartView]
    participants: list[ParticipantView]
    invitations: list[InvitationView]
    appointment: AppointmentView | None
    declines: list[DeclineView]


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
