"""What a token opens: one seat in one inspection."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_server.domain import inviting
from inspect_server.domain.errors import InvitationInvalid
from inspect_server.domain.inspections import Inspection, Invitation, Participant
from inspect_server.services.context import ServiceContext, fingerprint
from storage import inspections, participants
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class Seat:
    """A valid invitation with its inspection and who sits there, None so far."""

    invitation: Invitation
    inspection: Inspection
    seated: Participant | None


async def person_seat(context: ServiceContext, tx: Transaction, token: str) -> Seat:
    """What a link leads to, for a person.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say; machines have no links.
    """
    seat = await valid_seat(context, tx, token)
    inviting.require_person(seat.invitation)
    return seat


async def valid_seat(context: ServiceContext, tx: Transaction, token: str) -> Seat:
    """What a token leads to.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
    """
    seat = await _seat(tx, token)
    inviting.require_valid(seat.invitation, seat.inspection, context.now(), seated=seat.seated)
    return seat


async def sending_seat(context: ServiceContext, tx: Transaction, token: str) -> Seat:
    """What a person's link leads to for what they still have to send, after the end, too.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired: as they say; machines have no links.
    """
    seat = await _seat(tx, token)
    inviting.require_person(seat.invitation)
    inviting.require_in_time(seat.invitation, seat.inspection, context.now(), seated=seat.seated)
    return seat


async def lasting_seat(tx: Transaction, token: str) -> Seat:
    """What a person's link leads to once they have taken part, for good.

    Raises:
        InvitationInvalid, InvitationRevoked, ConsentMissing: as they say; machines have no links.
    """
    seat = await _seat(tx, token)
    inviting.require_person(seat.invitation)
    inviting.require_guest(seat.invitation, seat.inspection, seat.seated)
    return seat


async def _seat(tx: Transaction, token: str) -> Seat:
    invitation = await participants.invitation_by_token(tx, fingerprint(token))
    inspection = await inspections.inspection(tx, invitation.inspection_id) if invitation else None
    if invitation is None or inspection is None:
        raise InvitationInvalid
    return Seat(invitation, inspection, await participants.participant_of_invitation(tx, invitation.id))
