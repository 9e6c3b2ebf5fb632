"""What is seen in the pictures of a call: hints become moments, codes may answer a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inspect_server.domain.hints import HintChange
from inspect_server.domain.permissions import Action, permit, standings_of_participant
from inspect_server.services import challenging
from inspect_server.services.auditing import SYSTEM
from inspect_server.services.context import ServiceContext
from inspect_server.services.moments import note
from inspect_server.services.seats import seat_of
from storage import inspections


async def note_hints(
    context: ServiceContext, inspection_id: str, participant_id: str, changes: Sequence[HintChange], *, source: str
) -> None:
    """Keep when a picture became bad and when it was good again."""
    async with context.database.transaction() as tx:
        if await inspections.inspection(tx, inspection_id) is None:
            return
        for change in changes:
            await note(
                context,
                tx,
                inspection_id,
                "picture.hint" if change.active else "picture.hint_over",
                actor=SYSTEM,
                participant_id=participant_id,
                at=change.since,
                details={"hint": change.hint.value, "source": source},
            )


async def note_codes(
    context: ServiceContext, inspection_id: str, participant_id: str, codes: Sequence[str], seen_at: datetime
) -> None:
    """Keep codes that were read; one that answers a challenge ends it."""
    if await challenging.recognise(context, inspection_id, participant_id, codes, seen_at) is not None:
        return
    async with context.database.transaction() as tx:
        if await inspections.inspection(tx, inspection_id) is None:
            return
        for code in codes:
            await note(
                context,
                tx,
                inspection_id,
                "picture.code",
                actor=SYSTEM,
                participant_id=participant_id,
                at=seen_at,
                details={"text": code},
            )


async def permit_reading(context: ServiceContext, participant_id: str) -> None:
    """Let somebody in the call have codes read, or refuse it.

    Raises:
        NotFound: nobody of this id.
        NotAllowed: only the office's inspectors may.
    """
    async with context.database.reading() as tx:
        participant, inspection = await seat_of(tx, participant_id)
    permit(Action.READ_CODES, standings_of_participant(participant, inspection))
