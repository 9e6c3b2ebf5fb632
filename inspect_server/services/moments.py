"""Noting what happens in an inspection beside the footage, and reading it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspect_server.domain.moments import Detail, Moment
from inspect_server.domain.permissions import Action
from inspect_server.services.acting import acting
from inspect_server.services.context import Actor, ServiceContext
from storage import moments, participants
from storage.engine import Transaction

# What a transaction noted that was still open at the last look comes with the next one. They end within seconds.
STILL_OPEN = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Noted:
    """``moments`` in order of time, ``names`` of whom they are about by id; ask for newer ones with ``asked_at``."""

    moments: list[Moment]
    names: Mapping[str, str]
    asked_at: datetime


async def note(
    context: ServiceContext,
    tx: Transaction,
    inspection_id: str,
    kind: str,
    *,
    actor: str,
    participant_id: str | None = None,
    at: datetime | None = None,
    moment_id: str | None = None,
    details: Mapping[str, Detail] | None = None,
) -> bool:
    """Note a moment in the transaction of what it tells about.

    Args:
        context: gives time and id.
        tx: the writing transaction.
        inspection_id: whose.
        kind: ``<noun>.<what>``.
        actor: ``user:<id>``, ``participant:<id>`` or ``system``.
        participant_id: whom it is about.
        at: when it was, if not now.
        moment_id: chosen by who tells it, so that telling it twice notes it once.
        details: few short values.

    Returns:
        Whether this call noted it.
    """
    moment = Moment(
        id=moment_id or context.new_id(),
        inspection_id=inspection_id,
        at=at or context.now(),
        kind=kind,
        participant_id=participant_id,
        actor=actor,
        details=details or {},
        noted_at=context.now(),
    )
    return await moments.add_once(tx, moment)


async def show_moments(context: ServiceContext, by: Actor, inspection_id: str) -> list[Moment]:
    """Everything that was noted, in order of time.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    return (await show_newer(context, by, inspection_id, None)).moments


async def show_newer(context: ServiceContext, by: Actor, inspection_id: str, asked_at: datetime | None) -> Noted:
    """What was noted since ``asked_at`` of an earlier answer, or all of it. Some may come twice, none is missed.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    now = context.now()
    async with context.database.reading() as tx:
        found = await acting(context, tx, by, inspection_id, Action.SEE_INSPECTION)
        since = None if asked_at is None else asked_at - STILL_OPEN
        noted = await moments.moments_of(tx, found.inspection.id, noted_since=since)
        about = {each.participant_id for each in noted}
        everybody = await participants.participants_of(tx, found.inspection.id) if about else []
    return Noted(noted, {each.id: each.display_name for each in everybody if each.id in about}, now)
