"""Asking somebody on the site for something during the call."""

from __future__ import annotations

from inspect_server.domain import conducting
from inspect_server.domain.errors import NotFound
from inspect_server.domain.permissions import Action, permit, standings_of_participant
from inspect_server.domain.photo_requests import PhotoRequest, PhotoWish
from inspect_server.services import moments
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.collecting import require_point
from inspect_server.services.context import ServiceContext
from storage import inspections, participants


async def ask_for_photo(context: ServiceContext, participant_id: str, wish: PhotoWish) -> PhotoRequest:
    """Note that an inspector asks for a photo. Asking again under the same id notes it once.

    Args:
        context: as ever.
        participant_id: who asks.
        wish: of whom, and what.

    Raises:
        NotFound: nobody of this id, or not in this inspection.
        NotAllowed: only inspectors ask.
        InspectionEnded: nothing more is taken in.
        BadRequest: the point is none of the inspection's.
    """
    async with context.database.transaction() as tx:
        asking = await participants.participant(tx, participant_id)
        asked = await participants.participant(tx, wish.participant_id)
        inspection = await inspections.inspection(tx, asking.inspection_id) if asking else None
        if asking is None or inspection is None:
            raise NotFound
        permit(Action.ASK_FOR_PHOTO, standings_of_participant(asking, inspection))
        if asked is None or asked.inspection_id != inspection.id:
            raise NotFound
        conducting.require_open(inspection)
        await require_point(tx, inspection, wish.part_id, wish.checklist_item_id)
        actor = f"participant:{asking.id}"
        is_new = await moments.note(
            context,
            tx,
            inspection.id,
            "photo.asked",
            moment_id=wish.id,
            actor=actor,
            participant_id=asked.id,
            details={
                "part": wish.part_id,
                "item": wish.checklist_item_id,
                "note": wish.note,
                "doorplate": wish.doorplate,
            },
        )
        if is_new:
            await record(
                context,
                tx,
                actor,
                "photo.asked",
                f"inspection:{inspection.id}",
                organisation_path=inspection.organisation_path,
                details={"participant": asked.id, "item": wish.checklist_item_id or ""},
            )
    context.announce(InspectionChanged(inspection.id, Topic.MOMENTS))
    return PhotoRequest(wish, context.now())
