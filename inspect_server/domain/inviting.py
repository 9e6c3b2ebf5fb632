"""Invitations: one unguessable link is one seat in one inspection, for a limited time, until it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from inspect_server.domain.conducting import require_open
from inspect_server.domain.errors import (
    BadRequest,
    ConsentMissing,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
)
from inspect_server.domain.inspections import Inspection, Invitation, Participant, ParticipantRole
from inspect_server.domain.people import User

CONSENT_TEXT_VERSION = "2026-11"
"""Version of the consent text that the pages show; it changes whenever that text does."""


def invite(
    inspection: Inspection,
    role: ParticipantRole,
    *,
    by: User,
    invitation_id: str,
    token_sha256: str,
    now: datetime,
    valid_for: timedelta,
) -> Invitation:
    """A new seat.

    Raises:
        InspectionEnded: nobody can join any more.
        BadRequest: inspectors join by their sign-in, not by a link.
    """
    require_open(inspection)
    if role is ParticipantRole.INSPECTOR:
        raise BadRequest("Inspectors are not invited by link.", where="body", field="role")
    return Invitation(
        id=invitation_id,
        inspection_id=inspection.id,
        role=role,
        token_sha256=token_sha256,
        created_by=by.id,
        created_at=now,
        expires_at=now + valid_for,
        revoked_at=None,
    )


def require_valid(
    invitation: Invitation, inspection: Inspection, now: datetime, *, seated: Participant | None = None
) -> None:
    """Whether the bearer of a link may go on.

    Whoever was in the call already may come back to it after the invitation's time: a phone that loses its network at
    the wrong moment must not be locked out.

    Raises:
        InvitationInvalid: it is not of this inspection.
        InvitationRevoked, InvitationExpired, InspectionEnded: as they say; in this order.
    """
    if invitation.inspection_id != inspection.id:
        raise InvitationInvalid
    if invitation.revoked_at is not None:
        raise InvitationRevoked
    has_been_in = seated is not None and seated.first_joined_at is not None
    if now >= invitation.expires_at and not has_been_in:
        raise InvitationExpired(expired_at=invitation.expires_at.isoformat().replace("+00:00", "Z"))
    require_open(inspection)


def accept(
    invitation: Invitation,
    seated: Participant | None,
    *,
    display_name: str,
    consent: bool,
    consent_text_version: str,
    participant_id: str,
    now: datetime,
) -> Participant:
    """Take the seat with consent to the recording. Accepting again keeps the seat and renews name and consent.

    Raises:
        ConsentMissing: nobody is recorded without consent.
        BadRequest: the consent was given to another text than the present one.
    """
    if not consent:
        raise ConsentMissing
    if consent_text_version != CONSENT_TEXT_VERSION:
        raise BadRequest(
            "The consent text has changed; show the present one.", where="body", field="consent_text_version"
        )
    if seated is not None:
        return replace(seated, display_name=display_name, consented_at=now, consent_text_version=consent_text_version)
    return Participant(
        id=participant_id,
        inspection_id=invitation.inspection_id,
        role=invitation.role,
        display_name=display_name,
        user_id=None,
        invitation_id=invitation.id,
        consented_at=now,
        consent_text_version=consent_text_version,
        first_joined_at=None,
        left_at=None,
    )
