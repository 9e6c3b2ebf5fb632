"""Keeping order in a call: silencing somebody for a while, and putting a guest out for good."""

from __future__ import annotations

from inspect_server.domain import appointments, conducting
from inspect_server.domain import moderating as rules
from inspect_server.domain.errors import NotFound, ParticipantRemoved
from inspect_server.domain.inspections import Participant
from inspect_server.domain.permissions import Action
from inspect_server.services import appointing
from inspect_server.services.acting import Acting, acting
from inspect_server.services.announcements import InspectionChanged, ParticipantSilenced, SeatRevoked, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, Guest, ServiceContext
from inspect_server.services.moments import note
from storage import participants, tickets
from storage.engine import Transaction


async def silence(context: ServiceContext, by: Actor, inspection_id: str, participant_id: str) -> None:
    """Let nobody hear somebody until that is taken back, by an inspector or themselves. Twice changes nothing.

    Raises:
        NotFound, NotAllowed: see the permission table; also for somebody of another inspection.
        InspectionEnded: it is quiet already.
        BadRequest: see ``domain.moderating``.
    """
    async with context.database.transaction() as tx:
        who, heard = await _somebody(context, tx, by, inspection_id, participant_id, Action.SILENCE)
        silenced = rules.silence(heard, by_user_id=by.user.id, now=context.now())
        if silenced == heard:
            return
        await participants.set_silenced(tx, silenced.id, silenced.silenced_at)
        await _keep(context, tx, who, silenced, "participant.silenced")
    _tell(context, silenced)


async def let_speak(context: ServiceContext, by: Actor, inspection_id: str, participant_id: str) -> None:
    """Let everybody hear somebody again. Doing so twice changes nothing.

    Raises:
        NotFound, NotAllowed, InspectionEnded: as ``silence``.
    """
    async with context.database.transaction() as tx:
        who, silenced = await _somebody(context, tx, by, inspection_id, participant_id, Action.SILENCE)
        heard = rules.let_speak(silenced)
        if silenced == heard:
            return
        await participants.set_silenced(tx, heard.id, None)
        await _keep(context, tx, who, heard, "participant.let_speak")
    _tell(context, heard)


async def speak_again(context: ServiceContext, by: Guest) -> None:
    """Somebody who was silenced has something to say, and everybody hears them again. Twice changes nothing.

    Raises:
        NotAllowed, …: see ``acting``; who is never heard has nothing to take back.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, None, Action.SPEAK_AGAIN, for_update=True)
        silenced = who.participant
        if silenced is None or silenced.silenced_at is None:
            return
        heard = rules.let_speak(silenced)
        await participants.set_silenced(tx, heard.id, None)
        await _keep(context, tx, who, heard, "participant.spoke_again")
    _tell(context, heard)


async def remove(context: ServiceContext, by: Actor, inspection_id: str, participant_id: str) -> None:
    """Put a guest or a machine out for good and void their link; their footage stays. Twice changes nothing.

    Raises:
        NotFound, NotAllowed: see the permission table; also for somebody of another inspection.
        InspectionEnded: nobody is there any more.
        BadRequest: people of the office are there by their account.
    """
    now = context.now()
    async with context.database.transaction() as tx:
        who, present = await _somebody(context, tx, by, inspection_id, participant_id, Action.REMOVE)
        removed = rules.remove(present, now)
        if removed == present or removed.invitation_id is None:
            return
        await participants.revoke_invitation(tx, removed.invitation_id, now=now)
        await tickets.withdraw_all_of(tx, removed.id)
        await participants.mark_removed(tx, removed)
        if present.waiting_since is not None:
            others = await participants.participants_of(tx, inspection_id)
            if not any(each.waiting_since for each in others):
                await appointing.change(tx, inspection_id, appointments.nobody_waits)
        await _keep(context, tx, who, removed, "participant.removed")
    context.announce(SeatRevoked(inspection_id, removed.id, ParticipantRemoved.code))
    context.announce(InspectionChanged(inspection_id, Topic.ARRIVALS))
    context.announce(InspectionChanged(inspection_id, Topic.MOMENTS))


async def _somebody(
    context: ServiceContext, tx: Transaction, by: Actor, inspection_id: str, participant_id: str, action: Action
) -> tuple[Acting, Participant]:
    """Who acts, and on whom of this inspection, which is open and locked."""
    who = await acting(context, tx, by, inspection_id, action, for_update=True)
    conducting.require_open(who.inspection)
    found = await participants.participant(tx, participant_id)
    if found is None or found.inspection_id != who.inspection.id:
        raise NotFound
    return who, found


async def _keep(context: ServiceContext, tx: Transaction, who: Acting, about: Participant, what: str) -> None:
    await note(context, tx, who.inspection.id, what, actor=who.name, participant_id=about.id)
    await record(
        context,
        tx,
        who.name,
        what,
        f"inspection:{who.inspection.id}",
        organisation_path=who.inspection.organisation_path,
        address=who.address,
        details={"participant": about.id, "name": about.display_name, "role": about.role.value},
    )


def _tell(context: ServiceContext, changed: Participant) -> None:
    context.announce(ParticipantSilenced(changed))
    context.announce(InspectionChanged(changed.inspection_id, Topic.MOMENTS))
