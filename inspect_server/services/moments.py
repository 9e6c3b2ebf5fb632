"""Noting what happens in an inspection beside the footage, and reading it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from inspect_server.domain.moments import Detail, Moment
from inspect_server.domain.permissions import Action
from inspect_server.services.acting import acting
from inspect_server.services.context import Actor, ServiceContext
from storage import moments
from storage.engine import Transaction


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
    )
    return await moments.add_once(tx, moment)


async def show_moments(context: ServiceContext, by: Actor, inspection_id: str) -> list[Moment]:
    """Everything that was noted, in order of time.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.reading() as tx:
        found = await acting(context, tx, by, inspection_id, Action.SEE_INSPECTION)
        return await moments.moments_of(tx, found.inspection.id)
