"""Opinions of experts: giving one on a point of the checklist, and reading them."""

from __future__ import annotations

from inspect_server.domain import opinions as rules
from inspect_server.domain.errors import NotAllowed, NotFound
from inspect_server.domain.opinions import Opinion
from inspect_server.domain.permissions import Action
from inspect_server.services.acting import Acting, Somebody, acting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.context import Guest, ServiceContext
from inspect_server.services.inspecting import part_files
from inspect_server.services.moments import note
from storage import opinions
from storage.engine import Transaction


async def give_opinion(
    context: ServiceContext, by: Guest, *, opinion_id: str, part_id: str, checklist_item_id: str, text: str
) -> Opinion:
    """An expert writes down what they think of a point. Sending it again changes nothing and returns what is stored.

    Args:
        context: as ever.
        by: who.
        opinion_id: chosen by the page.
        part_id: whose list.
        checklist_item_id: which point.
        text: not empty, at most ``MAX_OPINION_TEXT`` characters.

    Raises:
        NotAllowed, …: see ``acting``.
        NotFound: no such part.
        BadRequest, PartConcluded, RecordSigned: see ``domain.opinions``.
        Conflict: another opinion has this id.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, None, Action.GIVE_OPINION, for_update=True)
        if who.participant is None:
            raise NotAllowed(action=Action.GIVE_OPINION.value)
        wanted = Opinion(
            id=opinion_id,
            inspection_id=who.inspection.id,
            part_id=part_id,
            checklist_item_id=checklist_item_id,
            participant_id=who.participant.id,
            author_name=who.participant.display_name,
            text=text,
            given_at=context.now(),
        )
        if (stored := await opinions.opinion(tx, wanted.id)) is not None:
            rules.require_same(stored, wanted)
            return stored
        file = next((each for each in await part_files(tx, who.inspection) if each.part.id == part_id), None)
        if file is None:
            raise NotFound
        rules.require_possible(file.part, file.permit_item.checklist, wanted)
        stored, _ = await opinions.add_once(tx, wanted)
        rules.require_same(stored, wanted)
        await _keep(context, tx, who, stored)
    for topic in (Topic.OPINIONS, Topic.MOMENTS):
        context.announce(InspectionChanged(who.inspection.id, topic))
    return stored


async def show_opinions(context: ServiceContext, by: Somebody, inspection_id: str | None) -> list[Opinion]:
    """What experts have written, in the order in which it came: to an expert their own, to the office all of it.

    Raises:
        NotFound, NotAllowed, …: see ``acting``.
    """
    async with context.database.reading() as tx:
        who = await acting(context, tx, by, inspection_id, Action.SEE_OPINIONS)
        found = await opinions.opinions_of(tx, who.inspection.id)
    own = who.participant.id if who.participant else None
    return [each for each in found if own in {None, each.participant_id}]


async def _keep(context: ServiceContext, tx: Transaction, who: Acting, given: Opinion) -> None:
    await note(
        context,
        tx,
        given.inspection_id,
        "opinion.given",
        actor=who.name,
        participant_id=given.participant_id,
        at=given.given_at,
        moment_id=given.id,
        details={"part_id": given.part_id, "checklist_item_id": given.checklist_item_id},
    )
    await record(
        context,
        tx,
        who.name,
        "opinion.given",
        f"opinion:{given.id}",
        organisation_path=who.inspection.organisation_path,
        address=who.address,
        details={"inspection": given.inspection_id, "item": given.checklist_item_id},
    )
