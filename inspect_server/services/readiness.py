"""What a guest's page has found out about its phone, for the inspector to see before the call."""

from __future__ import annotations

from inspect_server.domain.errors import ConsentMissing
from inspect_server.domain.readiness import Check, Readiness
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.context import Guest, ServiceContext
from inspect_server.services.seats import Seat, person_seat
from storage import arrivals
from storage.engine import Transaction


async def report(context: ServiceContext, by: Guest, checks: tuple[Check, ...]) -> None:
    """Keep the newest test.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded, ConsentMissing: as they say.
    """
    async with context.database.transaction() as tx:
        seat, participant_id = await _agreed(context, tx, by)
        await arrivals.put_readiness(tx, Readiness(participant_id, context.now(), checks))
    context.announce(InspectionChanged(seat.inspection.id, Topic.ARRIVALS))


async def may_rehearse(context: ServiceContext, by: Guest) -> str:
    """Whether they may try their connection; returns who they are.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded, ConsentMissing: as they say.
    """
    async with context.database.reading() as tx:
        _, participant_id = await _agreed(context, tx, by)
    return participant_id


async def _agreed(context: ServiceContext, tx: Transaction, by: Guest) -> tuple[Seat, str]:
    seat = await person_seat(context, tx, by.token)
    if seat.seated is None or seat.seated.consented_at is None:
        raise ConsentMissing
    return seat, seat.seated.id
