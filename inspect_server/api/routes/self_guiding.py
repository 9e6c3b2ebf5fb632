"""Going on without video, for guests; the pictures themselves go by the evidence routes."""

from __future__ import annotations

from inspect_server.api.callers import Invited
from inspect_server.api.operations import Operations
from inspect_server.api.schemas import self_guiding as schemas
from inspect_server.api.schemas.evidence import NewId
from inspect_server.domain.errors import (
    ConsentMissing,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
)
from inspect_server.services import self_guiding

operations = Operations()
_VISIT = (InvitationInvalid, InvitationExpired, InvitationRevoked, InspectionEnded, ConsentMissing, NotAllowed)


@operations.put("/api/visit/photo-round", *_VISIT)
async def begin_photo_round(invited: Invited) -> schemas.PhotoRound:
    """Go on with photos instead of video, now or again."""
    begun = await self_guiding.begin(invited.services, invited.guest)
    return schemas.PhotoRound(
        participant_id=begun.participant_id,
        server_time=begun.now,
        skips=[
            schemas.SkipView(
                id=each.id,
                part_id=each.part_id,
                checklist_item_id=each.checklist_item_id,
                reason=each.reason,
                skipped_at=each.skipped_at,
            )
            for each in begun.skips
        ],
    )


@operations.put("/api/visit/skips/{skip_id}", *_VISIT)
async def skip_point(invited: Invited, skip_id: NewId, body: schemas.NewSkip) -> None:
    """Pass over a point of the checklist, with the reason."""
    skipped = self_guiding.Skip(skip_id, body.part_id, body.checklist_item_id, body.reason, body.skipped_at)
    await self_guiding.skip(invited.services, invited.guest, skipped)
