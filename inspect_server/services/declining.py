"""What a guest will not: be inspected by video at all, or by this officer; and the colleague who takes over."""

from __future__ import annotations

from dataclasses import replace

from inspect_server.domain import conducting
from inspect_server.domain.declining import Decline, DeclineKind
from inspect_server.domain.permissions import Action
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, Guest, ServiceContext
from inspect_server.services.inspecting import InspectionFile, inspection_file, visible_inspection
from inspect_server.services.moments import note
from inspect_server.services.seats import person_seat
from storage import arrivals, inspections

_DONE = {DeclineKind.REFUSAL: "invitation.refused", DeclineKind.RECUSAL: "officer.recusal_asked"}
_UNDONE = {DeclineKind.REFUSAL: "invitation.refusal_taken_back", DeclineKind.RECUSAL: "officer.recusal_taken_back"}


async def decline(context: ServiceContext, by: Guest, kind: DeclineKind, reason: str) -> None:
    """Refuse, or ask for another officer. The same reason again changes nothing.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
    """
    async with context.database.transaction() as tx:
        seat = await person_seat(context, tx, by.token)
        inspection, invitation = seat.inspection, seat.invitation
        known = await arrivals.declines_of(tx, inspection.id)
        before = next((each for each in known if (each.invitation_id, each.kind) == (invitation.id, kind)), None)
        if before is not None and before.settled_at is None and before.reason == reason:
            return
        made = Decline(invitation.id, inspection.id, kind, reason, made_at=context.now(), settled_at=None)
        await arrivals.put_decline(tx, made)
        who = f"participant:{seat.seated.id}" if seat.seated else f"invitation:{invitation.id}"
        await note(
            context,
            tx,
            inspection.id,
            _DONE[kind],
            actor=who,
            participant_id=seat.seated.id if seat.seated else None,
            details={"reason": reason, "role": invitation.role.value},
        )
        await record(
            context,
            tx,
            who,
            _DONE[kind],
            f"inspection:{inspection.id}",
            organisation_path=inspection.organisation_path,
            address=by.address,
            details={"reason": reason, "invitation": invitation.id},
        )
    _tell(context, inspection.id)


async def take_back(context: ServiceContext, by: Guest, kind: DeclineKind) -> None:
    """Think better of it. Doing so twice changes nothing.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded: as they say.
    """
    async with context.database.transaction() as tx:
        seat = await person_seat(context, tx, by.token)
        inspection, invitation = seat.inspection, seat.invitation
        if not await arrivals.settle_declines(
            tx, kind, inspection_id=inspection.id, invitation_id=invitation.id, now=context.now()
        ):
            return
        who = f"participant:{seat.seated.id}" if seat.seated else f"invitation:{invitation.id}"
        await note(context, tx, inspection.id, _UNDONE[kind], actor=who)
        await record(
            context,
            tx,
            who,
            _UNDONE[kind],
            f"inspection:{inspection.id}",
            organisation_path=inspection.organisation_path,
            address=by.address,
            details={"invitation": invitation.id},
        )
    _tell(context, inspection.id)


async def take_over(context: ServiceContext, by: Actor, inspection_id: str) -> InspectionFile:
    """Lead an inspection in a colleague's place; who asked for another officer has got one.

    Raises:
        NotFound, NotAllowed: see the permission table.
        InspectionEnded: it is over.
    """
    async with context.database.transaction() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.TAKE_OVER, for_update=True)
        conducting.require_open(inspection)
        if inspection.inspector_id == by.user.id:
            return await inspection_file(tx, inspection)
        before, taken = inspection.inspector_id, replace(inspection, inspector_id=by.user.id)
        await inspections.update_inspection(tx, taken)
        await arrivals.settle_declines(
            tx, DeclineKind.RECUSAL, inspection_id=taken.id, invitation_id=None, now=context.now()
        )
        actor = f"user:{by.user.id}"
        await note(context, tx, taken.id, "officer.changed", actor=actor, details={"officer": by.user.display_name})
        await record(
            context,
            tx,
            actor,
            "officer.changed",
            f"inspection:{taken.id}",
            organisation_path=taken.organisation_path,
            address=by.address,
            details={"before": before},
        )
        file = await inspection_file(tx, taken)
    _tell(context, taken.id)
    context.announce(InspectionChanged(taken.id, Topic.APPOINTMENT))
    return file


def _tell(context: ServiceContext, inspection_id: str) -> None:
    context.announce(InspectionChanged(inspection_id, Topic.ARRIVALS))
    context.announce(InspectionChanged(inspection_id, Topic.MOMENTS))
