"""Going on without video: somebody on the site takes photos and clips point by point, the inspector decides later.

The pictures are evidence like any other. What is noted here is that it happens, and which points were passed over and
why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspect_server.domain import conducting
from inspect_server.domain.errors import BadRequest
from inspect_server.domain.moments import PHOTO_SKIPPED, Moment
from inspect_server.domain.permissions import Action
from inspect_server.services import moments
from inspect_server.services.acting import Acting, acting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.collecting import CLOCK_SLACK, require_point
from inspect_server.services.context import Guest, ServiceContext
from storage import moments as stored_moments
from storage.engine import Transaction

BEGUN = "photos.begun"


@dataclass(frozen=True, slots=True)
class Skip:
    """A point of which no picture comes, and why. ``id`` is the page's own; ``skipped_at`` by the server's clock."""

    id: str
    part_id: str
    checklist_item_id: str
    reason: str
    skipped_at: datetime


@dataclass(frozen=True, slots=True)
class PhotoRound:
    """``now``: the server's time, for a page that never was in the call; ``skips`` in order of time."""

    participant_id: str
    now: datetime
    skips: list[Skip]


async def begin(context: ServiceContext, by: Guest) -> PhotoRound:
    """Go on with photos, now or again. Only the first time is noted.

    Raises:
        NotAllowed, …: see ``acting``.
        InspectionEnded: nothing more is taken in.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, None, Action.ADD_EVIDENCE, for_update=True)
        conducting.require_open(who.inspection)
        seat_id = who.participant.id if who.participant else ""
        is_new = await moments.note(
            context,
            tx,
            who.inspection.id,
            BEGUN,
            moment_id=f"begun-{seat_id}",
            actor=who.name,
            participant_id=seat_id,
        )
        if is_new:
            await _audit(context, tx, who, BEGUN, {})
        noted = await stored_moments.moments_of(tx, who.inspection.id)
    if is_new:
        context.announce(InspectionChanged(who.inspection.id, Topic.MOMENTS))
    return PhotoRound(seat_id, context.now(), [_skip_of(moment) for moment in noted if moment.kind == PHOTO_SKIPPED])


async def skip(context: ServiceContext, by: Guest, skipped: Skip) -> None:
    """Pass over a point. Saying so again under the same id changes nothing.

    Raises:
        NotAllowed, …: see ``acting``.
        InspectionEnded: nothing more is taken in.
        BadRequest: the point is none of the inspection's, or the time cannot be.
    """
    async with context.database.transaction() as tx:
        who = await acting(context, tx, by, None, Action.ADD_EVIDENCE, for_update=True)
        conducting.require_open(who.inspection)
        if not who.inspection.created_at <= skipped.skipped_at <= context.now() + CLOCK_SLACK:
            raise BadRequest("Nothing can have been passed over then.", where="body", field="skipped_at")
        await require_point(tx, who.inspection, skipped.part_id, skipped.checklist_item_id)
        details = {"part": skipped.part_id, "item": skipped.checklist_item_id, "reason": skipped.reason}
        is_new = await moments.note(
            context,
            tx,
            who.inspection.id,
            PHOTO_SKIPPED,
            moment_id=skipped.id,
            actor=who.name,
            participant_id=who.participant.id if who.participant else None,
            at=min(skipped.skipped_at, context.now()),
            details=details,
        )
        if is_new:
            await _audit(context, tx, who, PHOTO_SKIPPED, details)
    context.announce(InspectionChanged(who.inspection.id, Topic.MOMENTS))


def _skip_of(moment: Moment) -> Skip:
    part, item, reason = (str(moment.details[name]) for name in ("part", "item", "reason"))
    return Skip(moment.id, part, item, reason, moment.at)


async def _audit(context: ServiceContext, tx: Transaction, who: Acting, action: str, details: dict[str, str]) -> None:
    await record(
        context,
        tx,
        who.name,
        action,
        f"inspection:{who.inspection.id}",
        organisation_path=who.inspection.organisation_path,
        address=who.address,
        details=details,
    )
