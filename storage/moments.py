"""Moments of inspections: added and read, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from inspect_server.domain.moments import Moment
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.evidence import moments


async def add_once(tx: Transaction, moment: Moment) -> bool:
    """Whether this call added it; one of this id that is there already stays as it is."""
    values = values_of(moment, moments) | {"details": dict(moment.details)}
    created = await tx.execute(insert_or_skip(tx, moments, values).returning(moments.c.id))
    return created.scalar_one_or_none() is not None


async def moments_of(tx: Transaction, inspection_id: str, *, noted_since: datetime | None = None) -> list[Moment]:
    """In order of time; with ``noted_since`` only what was noted then or later."""
    wanted = select(moments).where(moments.c.inspection_id == inspection_id)
    if noted_since is not None:
        wanted = wanted.where((moments.c.noted_at >= noted_since) | moments.c.noted_at.is_(None))
    rows = await tx.execute(wanted.order_by(moments.c.at, moments.c.id))
    return [Moment(**row) for row in rows.mappings()]


async def counts(tx: Transaction, inspection_ids: Iterable[str], kind: str) -> dict[str, int]:
    """How many moments of a kind there are in each; inspections without any are left out."""
    rows = await tx.execute(
        select(moments.c.inspection_id, func.count().label("moments"))
        .where(moments.c.inspection_id.in_(list(inspection_ids)), moments.c.kind == kind)
        .group_by(moments.c.inspection_id)
    )
    return {each.inspection_id: each.moments for each in rows}
