"""Opinions of experts: added and read, never changed."""

from __future__ import annotations

from sqlalchemy import select

from inspect_server.domain.opinions import Opinion
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.opinions import opinions


async def add_once(tx: Transaction, opinion: Opinion) -> tuple[Opinion, bool]:
    """The opinion of this id: stored with these values, or the one that is there already.

    Returns:
        The stored opinion, and whether this call stored it.
    """
    created = await tx.execute(insert_or_skip(tx, opinions, values_of(opinion, opinions)).returning(opinions.c.id))
    if created.scalar_one_or_none() is not None:
        return opinion, True
    rows = await tx.execute(select(opinions).where(opinions.c.id == opinion.id))
    return Opinion(**rows.mappings().one()), False


async def opinion(tx: Transaction, opinion_id: str) -> Opinion | None:
    """The opinion of this id, or None."""
    row = (await tx.execute(select(opinions).where(opinions.c.id == opinion_id))).mappings().one_or_none()
    return Opinion(**row) if row else None


async def opinions_of(tx: Transaction, inspection_id: str) -> list[Opinion]:
    """All of an inspection, in the order in which they came."""
    rows = await tx.execute(
        select(opinions).where(opinions.c.inspection_id == inspection_id).order_by(opinions.c.given_at, opinions.c.id)
    )
    return [Opinion(**row) for row in rows.mappings()]
