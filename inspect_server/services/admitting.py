"""The door of a call: who waits there, and the inspector who lets them in."""

from __future__ import annotations

from inspect_server.domain import admitting as rules
from inspect_server.domain import appointments, conducting
from inspect_server.domain.errors import NotFound
from inspect_server.domain.inspections import Inspection, Participant
from inspect_server.domain.permissions import Action
from inspect_server.services import appointing
from inspect_server.services.announcements import InspectionChanged, ParticipantAdmitted, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import visible_inspection
from inspect_server.services.moments import note
from inspect_server.services.seats import seat_of
from storage import inspections, participants
from storage.engine import Transaction


async def admit(context: ServiceContext, by: Actor, inspection_id: str, participant_id: str) -> None:
    """Let a guest in. Doing so twice changes nothing; one who is not at the door just now walks in when they come.

    Raises:
        NotFound, NotAllowed: see the permission table; also for somebody of another inspection.
        InspectionEnded: nobody can join any more.
        RoomFull: no seat is free.
    """
    now = context.now()
    async with context.database.transaction() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.ADMIT, for_update=True)
        conducting.require_open(inspection)
        everybody = await participants.participants_of(tx, inspection.id)
        guest = next((each for each in everybody if each.id == participant_id), None)
        if guest is None:
            raise NotFound
        admitted = rules.admit(guest, everybody, seats=context.options.max_participants, now=now)
        if admitted == guest:
            return
        actor = f"user:{by.user.id}"
        if guest.waiting_since is not None:
            inspection, admitted = await _let_in(tx, inspection, admitted, context)
            await note(context, tx, inspection.id, "participant.admitted", actor=actor, participant_id=guest.id)
            await appointing.change(tx, inspection.id, appointments.held)
        await participants.update_participant(tx, admitted)
        await record(
            context,
            tx,
            actor,
            "participant.admitted",
            f"inspection:{inspection.id}",
            organisation_path=inspection.organisation_path,
            address=by.address,
            details={"participant": guest.id, "name": guest.display_name},
        )
    context.announce(ParticipantAdmitted(inspection, admitted))
    context.announce(InspectionChanged(inspection.id, Topic.ARRIVALS))
    context.announce(InspectionChanged(inspection.id, Topic.MOMENTS))


async def _let_in(
    tx: Transaction, inspection: Inspection, admitted: Participant, context: ServiceContext
) -> tuple[Inspection, Participant]:
    """They stand there with their page open: with the admission they are in the call."""
    started, joined = conducting.join(inspection, admitted, context.now())
    if started != inspection:
        await inspections.update_inspection(tx, started)
    return started, joined


async def note_waiting(
    context: ServiceContext, tx: Transaction, inspection: Inspection, guest: Participant, *, address: str
) -> Participant:
    """A guest comes to the door. ``inspection`` is locked by ``tx``.

    Raises:
        InspectionEnded, ConsentMissing: as they say.
    """
    conducting.require_open(inspection)
    waiting = rules.wait(guest, context.now())
    if waiting == guest:
        return guest
    await participants.update_participant(tx, waiting)
    await appointing.change(tx, inspection.id, appointments.somebody_came)
    actor = f"participant:{guest.id}"
    await note(context, tx, inspection.id, "participant.waiting", actor=actor, participant_id=guest.id)
    await record(
        context,
        tx,
        actor,
        "participant.waiting",
        f"inspection:{inspection.id}",
        organisation_path=inspection.organisation_path,
        address=address,
        details={"name": guest.display_name},
    )
    return waiting


async def stop_waiting(context: ServiceContext, participant_id: str) -> None:
    """The page of who waited is gone. Nothing changes for who does not wait any more.

    Raises:
        NotFound: nobody of this id.
    """
    async with context.database.transaction() as tx:
        guest, _ = await seat_of(tx, participant_id, for_update=True)
        if guest.waiting_since is None:
            return
        await participants.update_participant(tx, rules.stop_waiting(guest))
        others = await participants.participants_of(tx, guest.inspection_id)
        if not any(each.waiting_since is not None for each in others if each.id != guest.id):
            await appointing.change(tx, guest.inspection_id, appointments.nobody_waits)
    context.announce(InspectionChanged(guest.inspection_id, Topic.ARRIVALS))


async def nobody_waits(context: ServiceContext) -> None:
    """The server starts: whoever waited before comes again by themselves, if their page is still open."""
    async with context.database.transaction() as tx:
        for inspection_id in await participants.forget_waiting(tx):
            await appointing.change(tx, inspection_id, appointments.nobody_waits)
