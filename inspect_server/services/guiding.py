"""Guiding the person on the site: the route of points to show, and the one that an inspector is at."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_server.domain import judging as rules
from inspect_server.domain.catalogue import ChecklistItem
from inspect_server.domain.errors import NotFound
from inspect_server.domain.permissions import Action, permit, standings_of_participant
from inspect_server.services.acting import acting
from inspect_server.services.context import Guest, ServiceContext
from inspect_server.services.inspecting import PartFile, part_files
from storage import inspections, judging, participants


@dataclass(frozen=True, slots=True)
class PointedOut:
    """The point that somebody is to show now, the how-many-th of its list it is, and what comes next, if anything."""

    file: PartFile
    item: ChecklistItem
    number: int
    count: int
    next: ChecklistItem | None


@dataclass(frozen=True, slots=True)
class Route:
    """All points of an inspection to show, in order."""

    inspection_id: str
    parts: list[PartFile]


async def show_route(context: ServiceContext, by: Guest) -> Route:
    """All points to show, in the order of the route, without what was decided on them.

    Raises:
        NotAllowed, …: see ``acting``.
    """
    async with context.database.reading() as tx:
        who = await acting(context, tx, by, None, Action.SEE_ROUTE)
        return Route(who.inspection.id, await part_files(tx, who.inspection))


async def point_out(context: ServiceContext, participant_id: str, part_id: str, checklist_item_id: str) -> PointedOut:
    """What the phone is told when an inspector goes to a point.

    Raises:
        NotFound: nobody of this id, or no such point.
        NotAllowed: only inspectors guide.
    """
    async with context.database.reading() as tx:
        participant = await participants.participant(tx, participant_id)
        inspection = await inspections.inspection(tx, participant.inspection_id) if participant else None
        if participant is None or inspection is None:
            raise NotFound
        permit(Action.GUIDE, standings_of_participant(participant, inspection))
        file = next((each for each in await part_files(tx, inspection) if each.part.id == part_id), None)
        if file is None:
            raise NotFound
        decisions = (await judging.decisions_of(tx, [part_id]))[part_id]
    checklist = file.permit_item.checklist
    for number, item in enumerate(checklist, start=1):
        if item.id == checklist_item_id:
            ahead = rules.following(rules.judged(checklist, decisions), item.id)
            return PointedOut(file, item, number, len(checklist), ahead)
    raise NotFound
