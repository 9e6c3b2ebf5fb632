"""Live challenges: added once, ended once (or judged after the server recognised it)."""

from __future__ import annotations

from sqlalchemy import select, update

from inspect_server.domain.challenges import Challenge
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.challenges import challenges


async def add_once(tx: Transaction, challenge: Challenge) -> Challenge:
    """The challenge of this id: stored with these values, or the one that is there already."""
    await tx.execute(insert_or_skip(tx, challenges, values_of(challenge, challenges)))
    rows = await tx.execute(select(challenges).where(challenges.c.id == challenge.id))
    return Challenge(**rows.mappings().one())


async def find(tx: Transaction, challenge_id: str) -> Challenge | None:
    """The challenge of this id, or None."""
    row = (await tx.execute(select(challenges).where(challenges.c.id == challenge_id))).mappings().one_or_none()
    return Challenge(**row) if row else None


async def challenges_of(tx: Transaction, inspection_id: str) -> list[Challenge]:
    """All of an inspection, in order of time."""
    rows = await tx.execute(
        select(challenges)
        .where(challenges.c.inspection_id == inspection_id)
        .order_by(challenges.c.asked_at, challenges.c.id)
    )
    return [Challenge(**row) for row in rows.mappings()]


async def set_outcome(tx: Transaction, ended: Challenge) -> None:
    """Write how it ended. Read behind the lock of its inspection before."""
    await tx.execute(
        update(challenges)
        .where(challenges.c.id == ended.id)
        .values(outcome=ended.outcome, ended_at=ended.ended_at, ended_by=ended.ended_by)
    )
