"""Decisions on checklist items and conclusions of parts: added and read, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.errors import Conflict
from inspect_server.domain.judging import Decision, PartConclusion
from storage.engine import Transaction
from storage.rows import values_of
from storage.tables.judging import decisions, part_conclusions


async def decision(tx: Transaction, decision_id: str) -> Decision | None:
    """The decision of this id, or None."""
    rows = await tx.execute(select(decisions).where(decisions.c.id == decision_id))
    row = rows.mappings().one_or_none()
    return Decision(**row) if row else None


async def add_decision(tx: Transaction, added: Decision) -> None:
    """Insert.

    Raises:
        Conflict: this id exists already.
    """
    try:
        await tx.execute(insert(decisions).values(values_of(added, decisions)))
    except IntegrityError as error:
        raise Conflict("a decision of this id exists already", decision_id=added.id) from error


async def decisions_of(tx: Transaction, part_ids: Iterable[str]) -> dict[str, list[Decision]]:
    """All decisions in these parts, by part, in the order in which they were made."""
    found: dict[str, list[Decision]] = defaultdict(list)
    rows = await tx.execute(
        select(decisions)
        .where(decisions.c.part_id.in_(list(part_ids)))
        .order_by(decisions.c.decided_at, decisions.c.received_at, decisions.c.id)
    )
    for row in rows.mappings():
        found[row["part_id"]].append(Decision(**row))
    return found


async def conclusion(tx: Transaction, conclusion_id: str) -> PartConclusion | None:
    """The conclusion of this id, or None."""
    rows = await tx.execute(select(part_conclusions).where(part_conclusions.c.id == conclusion_id))
    row = rows.mappings().one_or_none()
    return PartConclusion(**row) if row else None


async def add_conclusion(tx: Transaction, added: PartConclusion) -> None:
    """Insert.

    Raises:
        Conflict: this id exists already.
    """
    try:
        await tx.execute(insert(part_conclusions).values(values_of(added, part_conclusions)))
    except IntegrityError as error:
        raise Conflict("a conclusion of this id exists already", conclusion_id=added.id) from error


async def newest_conclusions(tx: Transaction, part_ids: Iterable[str]) -> dict[str, PartConclusion]:
    """What was concluded last for each of these parts, also if that took back the one before; by part."""
    rows = await tx.execute(
        select(part_conclusions)
        .where(part_conclusions.c.part_id.in_(list(part_ids)))
        .order_by(part_conclusions.c.concluded_at, part_conclusions.c.id)
    )
    return {row["part_id"]: PartConclusion(**row) for row in rows.mappings()}
