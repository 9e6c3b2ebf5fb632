"""Evidence of inspections. A row is added once; later only its place in the checklist and its withdrawal change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from inspect_server.domain.drawing import Drawing, Ink, Point, Shape, ShapeKind
from inspect_server.domain.evidence import Evidence, EvidenceKind, Position
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.evidence import evidence

_PICTURES = (EvidenceKind.STILL, EvidenceKind.PHOTO, EvidenceKind.CLIP)
_POSITION = {field.name: field.name for field in fields(Position)} | {"source": "position_source", "at": "position_at"}
"""Of each field the column that holds it."""


async def add_once(tx: Transaction, added: Evidence) -> tuple[Evidence, bool]:
    """The evidence of this id: stored with these values, or the one that is there already.

    Returns:
        The stored evidence, and whether this call stored it.
    """
    values = values_of(added, evidence)
    values["drawing"] = [_plain(shape) for shape in added.drawing]
    if added.position is not None:
        values |= {column: getattr(added.position, name) for name, column in _POSITION.items()}
    created = await tx.execute(insert_or_skip(tx, evidence, values).returning(evidence.c.id))
    if created.scalar_one_or_none() is not None:
        return added, True
    rows = await tx.execute(select(evidence).where(evidence.c.id == added.id))
    return _evidence(rows.mappings().one()), False


async def find(tx: Transaction, evidence_id: str) -> Evidence | None:
    """The evidence of this id, or None."""
    row = (await tx.execute(select(evidence).where(evidence.c.id == evidence_id))).mappings().one_or_none()
    return _evidence(row) if row else None


async def evidence_of(tx: Transaction, inspection_id: str) -> list[Evidence]:
    """All of an inspection, in order of time, withdrawn ones too."""
    rows = await tx.execute(
        select(evidence).where(evidence.c.inspection_id == inspection_id).order_by(evidence.c.taken_at, evidence.c.id)
    )
    return [_evidence(row) for row in rows.mappings()]


async def picture_counts(tx: Transaction, inspection_ids: Iterable[str]) -> dict[str, int]:
    """How many pictures and clips of the site count in each; inspections without any are left out."""
    rows = await tx.execute(
        select(evidence.c.inspection_id, func.count().label("pictures"))
        .where(
            evidence.c.inspection_id.in_(list(inspection_ids)),
            evidence.c.kind.in_(_PICTURES),
            evidence.c.withdrawn_at.is_(None),
        )
        .group_by(evidence.c.inspection_id)
    )
    return {each.inspection_id: each.pictures for each in rows}


async def place(tx: Transaction, evidence_id: str, *, part_id: str | None, checklist_item_id: str | None) -> None:
    """File it under another point of the checklist, or under none."""
    await tx.execute(
        update(evidence)
        .where(evidence.c.id == evidence_id)
        .values(part_id=part_id, checklist_item_id=checklist_item_id)
    )


async def withdraw(tx: Transaction, evidence_id: str, *, now: datetime) -> bool:
    """Whether this call withdrew it; the time of an earlier withdrawal stays."""
    result = await tx.execute(
        update(evidence).where(evidence.c.id == evidence_id, evidence.c.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )
    return result.rowcount == 1


def _plain(shape: Shape) -> dict[str, Any]:
    return {**asdict(shape), "kind": shape.kind.value, "ink": shape.ink.value}


def _evidence(row: Mapping[Any, Any]) -> Evidence:
    values = dict(row)
    place = {name: values.pop(column) for name, column in _POSITION.items()}
    return Evidence(
        **{**values, "drawing": _drawing(values["drawing"])},
        position=Position(**place) if place["source"] is not None else None,
    )


def _drawing(shapes: list[dict[str, Any]]) -> Drawing:
    return tuple(
        Shape(
            id=shape["id"],
            kind=ShapeKind(shape["kind"]),
            points=tuple(Point(**point) for point in shape["points"]),
            text=shape["text"],
            ink=Ink(shape["ink"]),
        )
        for shape in shapes
    )
