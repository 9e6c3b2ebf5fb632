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
    ParticipantRemoved,
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
        BadRequest: machines join by an access of their own, not by a link.
    """
    require_open(inspection)
    if role.is_machine:
        raise BadRequest("This role is not invited by link.", where="body", field="role")
    return _seat(
        inspection, role, by=by, invitation_id=invitation_id, token_sha256=token_sha256, now=now, valid_for=valid_for
    )


def give_access(
    inspection: Inspection,
    role: ParticipantRole,
    *,
    name: str,
    by: User,
    invitation_id: str,
    participant_id: str,
    token_sha256: str,
    now: datetime,
    valid_for: timedelta,
) -> tuple[Invitation, Participant]:
    """A seat for a machine and the machine in it. There is no consent to take: ``by`` answers for what it shows.

    Raises:
        InspectionEnded: nothing can join any more.
        BadRequest: the role is a person's.
    """
    require_open(inspection)
    if not role.is_machine:
        raise BadRequest("People are invited by a link.", where="body", field="role")
    invitation = _seat(
        inspection, role, by=by, invitation_id=invitation_id, token_sha256=token_sha256, now=now, valid_for=valid_for
    )
    return invitation, _sitting(invitation, name, participant_id, consented_at=None, consent_text_version="")


def _seat(
    inspection: Inspection,
    role: ParticipantRole,
    *,
    by: User,
    invitation_id: str,
    token_sha256: str,
    now: datetime,
    valid_for: timedelta,
) -> Invitation:
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
        ParticipantRemoved, InvitationRevoked, InvitationExpired, InspectionEnded: as they say; in this order.
    """
    require_in_time(invitation, inspection, now, seated=seated)
    require_open(inspection)


def require_in_time(
    invitation: Invitation, inspection: Inspection, now: datetime, *, seated: Participant | None = None
) -> None:
    """As ``require_valid``, whether or not the inspection has ended.

    Raises:
        InvitationInvalid, ParticipantRemoved, InvitationRevoked, InvitationExpired: as they say there.
    """
    _require_kept(invitation, inspection, seated)
    has_been_in = seated is not None and seated.first_joined_at is not None
    if now >= invitation.expires_at and not has_been_in:
        raise InvitationExpired(expired_at=invitation.expires_at.isoformat().replace("+00:00", "Z"))


def require_guest(invitation: Invitation, inspection: Inspection, seated: Participant | None) -> None:
    """Whether the bearer of a link took part, and may look at what came of it: for good, whatever has ended since.

    Raises:
        InvitationInvalid: it is not of this inspection.
        ParticipantRemoved, InvitationRevoked: the inspector put them out, or took it back.
        ConsentMissing: nobody ever took this seat.
    """
    _require_kept(invitation, inspection, seated)
    if seated is None or seated.consented_at is None:
        raise ConsentMissing


def _require_kept(invitation: Invitation, inspection: Inspection, seated: Participant | None) -> None:
    if invitation.inspection_id != inspection.id:
        raise InvitationInvalid
    if seated is not None and seated.removed_at is not None:
        raise ParticipantRemoved
    if invitation.revoked_at is not None:
        raise InvitationRevoked


def require_person(invitation: Invitation) -> None:
    """A machine's token opens no page.

    Raises:
        InvitationInvalid: it is a machine's.
    """
    if invitation.role.is_machine:
        raise InvitationInvalid


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

    A link travels: whoever accepts, be it again, has to be admitted anew.

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
        return replace(
            seated,
            display_name=display_name,
            consented_at=now,
            consent_text_version=consent_text_version,
            admitted_at=None,
        )
    return _sitting(
        invitation, display_name, participant_id, consented_at=now, consent_text_version=consent_text_version
    )


def _sitting(
    invitation: Invitation,
    display_name: str,
    participant_id: str,
    *,
    consented_at: datetime | None,
    consent_text_version: str,
) -> Participant:
    return Participant(
        id=participant_id,
        inspection_id=invitation.inspection_id,
        role=invitation.role,
        display_name=display_name,
        user_id=None,
        invitation_id=invitation.id,
        consented_at=consented_at,
        consent_text_version=consent_text_version,
        first_joined_at=None,
        left_at=None,
    )
