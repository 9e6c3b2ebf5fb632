"""Joining by invitation: no sign-in, the token is the right."""

from __future__ import annotations

from pydantic import AwareDatetime

from inspect_server.api.schemas.arrivals import AppointmentView, DeclineView, IdentityClaim, IdentityView
from inspect_server.api.schemas.base import Body, ShortText, Token
from inspect_server.api.schemas.cases import ChecklistItemView
from inspect_server.domain.inspections import InspectionKind, InspectionState, ParticipantRole


class InvitationToken(Body):
    token: Token


class InvitationOpened(Body):
    """What the enterprise sees before it agrees.

    ``admitted``: who sits there was let into the call before; ``usual_minutes``: how long a call takes that nobody
    planned a duration for.
    """

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
    server_time: AwareDatetime
    consent_text_version: str
    accepted: bool
    admitted: bool
    participant_name: str
    checklist: list[ChecklistItemView]
    identity: IdentityView | None
    can_send_codes: bool
    appointment: AppointmentView | None
    usual_minutes: int
    declines: list[DeclineView]


class AcceptInvitation(Body):
    token: Token
    display_name: ShortText
    consent: bool
    consent_text_version: ShortText
    identity: IdentityClaim | None = None


class Accepted(Body):
    participant_id: str
    inspection_id: str
