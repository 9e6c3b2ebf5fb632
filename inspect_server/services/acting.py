"""Who acts in an inspection: a user of the office, or a guest in the seat of an invitation.

What both sides may do is one service function that takes either; the permission table tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from inspect_server.domain.errors import ConsentMissing, NotFound
from inspect_server.domain.inspections import Inspection, Participant
from inspect_server.domain.permissions import (
    ARRIVING_LATE,
    OUTLASTING,
    Action,
    Standing,
    permit,
    standings_of_participant,
    standings_of_user,
)
from inspect_server.services.context import Actor, Guest, ServiceContext
from inspect_server.services.seats import Seat, lasting_seat, person_seat, sending_seat
from storage import inspections
from storage.engine import Transaction

Somebody: TypeAlias = Actor | Guest


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody with the right to what they do. ``name`` is theirs in the audit trail: ``user:<id>`` and so on.

    ``participant``: the guest's seat; None for a user of the office.
    """

    inspection: Inspection
    name: str
    address: str
    standings: frozenset[Standing]
    participant: Participant | None


async def acting(
    context: ServiceContext,
    tx: Transaction,
    by: Somebody,
    inspection_id: str | None,
    action: Action,
    *,
    for_update: bool = False,
) -> Acting:
    """``by``, if they may do ``action`` in the inspection.

    Args:
        context: as ever.
        tx: the transaction of the action itself.
        by: who.
        inspection_id: which; None for a guest's own.
        action: see the permission table.
        for_update: lock the inspection until the transaction ends.

    Raises:
        NotFound, NotAllowed: see ``domain.permissions``; an inspection that is not the guest's does not exist for them.
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: the guest's link, as they say.
        ConsentMissing: the guest has not agreed to anything yet.
    """
    if isinstance(by, Guest):
        found = await _seated(context, tx, by, action, for_update=for_update)
        if inspection_id not in {None, found.inspection.id}:
            raise NotFound
    else:
        found = await _of_the_office(tx, by, inspection_id or "", for_update=for_update)
    permit(action, found.standings)
    return found


async def sender_of(context: ServiceContext, by: Guest) -> str:
    """The name of a guest with a seat, asked before a file of theirs is read; what it may be for is asked with it.

    Raises:
        InvitationInvalid, InvitationRevoked, ConsentMissing: there is no such seat.
    """
    async with context.database.reading() as tx:
        seat = await lasting_seat(tx, by.token)
    if seat.seated is None:
        raise ConsentMissing
    return f"participant:{seat.seated.id}"


async def _seated(context: ServiceContext, tx: Transaction, by: Guest, action: Action, *, for_update: bool) -> Acting:
    seat = await _seat(context, tx, by.token, action)
    if for_update:
        # Once more behind the lock: what opened a moment ago may be closed by now.
        await inspections.inspection(tx, seat.inspection.id, for_update=True)
        seat = await _seat(context, tx, by.token, action)
    if seat.seated is None or seat.seated.consented_at is None:
        raise ConsentMissing
    standings = standings_of_participant(seat.seated, seat.inspection)
    return Acting(seat.inspection, f"participant:{seat.seated.id}", by.address, standings, seat.seated)


async def _seat(context: ServiceContext, tx: Transaction, token: str, action: Action) -> Seat:
    if action in OUTLASTING:
        return await lasting_seat(tx, token)
    if action in ARRIVING_LATE:
        return await sending_seat(context, tx, token)
    return await person_seat(context, tx, token)


async def _of_the_office(tx: Transaction, by: Actor, inspection_id: str, *, for_update: bool) -> Acting:
    inspection = await inspections.inspection(tx, inspection_id, for_update=for_update)
    if inspection is None:
        raise NotFound
    standings = standings_of_user(by.user, inspection.organisation_path, inspection)
    return Acting(inspection, f"user:{by.user.id}", by.address, standings, None)
