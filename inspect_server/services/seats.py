"""Seats in inspections: by the token that opens one, and by who sits there."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_server.domain import inviting
from inspect_server.domain.errors import InvitationInvalid, NotFound
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


async def locked_seat(context: ServiceContext, tx: Transaction, token: str) -> Seat:
    """As ``person_seat``, with the inspection locked, and with it who sits in it.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say; machines have no links.
    """
    seat = await person_seat(context, tx, token)
    await inspections.inspection(tx, seat.inspection.id, for_update=True)
    return await person_seat(context, tx, token)


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


async def seat_of(tx: Transaction, participant_id: str, *, for_update: bool = False) -> tuple[Participant, Inspection]:
    """A participant and their inspection; ``for_update`` locks the inspection, and with it who sits in it.

    Raises:
        NotFound: nobody of this id.
    """
    participant = await participants.participant(tx, participant_id)
    inspection = (
        await inspections.inspection(tx, participant.inspection_id, for_update=for_update) if participant else None
    )
    if for_update:
        # Once more behind the lock: somebody may have let them in, or put them out, a moment ago.
        participant = await participants.participant(tx, participant_id)
    if participant is None or inspection is None:
        raise NotFound
    return participant, inspection


async def _seat(tx: Transaction, token: str) -> Seat:
    invitation = await participants.invitation_by_token(tx, fingerprint(token))
    inspection = await inspections.inspection(tx, invitation.inspection_id) if invitation else None
    if invitation is None or inspection is None:
        raise InvitationInvalid
    return Seat(invitation, inspection, await participants.participant_of_invitation(tx, invitation.id))
