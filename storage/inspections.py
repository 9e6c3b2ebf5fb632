"""Inspections with their parts. ``for_update`` reads keep a row from changing until the transaction ends."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, insert, select, update

from inspect_server.domain.inspections import Inspection, InspectionPart, InspectionState
from storage.engine import Transaction
from storage.rows import values_of
from storage.tables.cases import cases
from storage.tables.inspections import inspection_parts, inspections
from storage.tables.people import organisations, users


@dataclass(frozen=True, slots=True)
class InspectionListing:
    """An inspection with its inspector's name; its footage comes from ``footage_amounts.totals``."""

    inspection: Inspection
    inspector_name: str


async def add(tx: Transaction, inspection: Inspection) -> None:
    """Insert an inspection and its parts, in this order of parts."""
    await tx.execute(insert(inspections).values(values_of(inspection, inspections)))
    parts = [
        values_of(part, inspection_parts) | {"position": position} for position, part in enumerate(inspection.parts)
    ]
    if parts:
        await tx.execute(insert(inspection_parts), parts)


async def inspection(tx: Transaction, inspection_id: str, *, for_update: bool = False) -> Inspection | None:
    """One inspection.

    Args:
        tx: with ``for_update``, others that want to change this inspection wait until ``tx`` ends.
        inspection_id: its id.
        for_update: lock it; needs a writing transaction.
    """
    if for_update:
        # SQLite has no row locks and needs none: there, a writing transaction has the whole file.
        await tx.execute(select(inspections.c.id).where(inspections.c.id == inspection_id).with_for_update())
    found = await _listings(tx, inspections.c.id == inspection_id)
    return found[0].inspection if found else None


async def update_inspection(tx: Transaction, changed: Inspection) -> None:
    """Write who leads it, state and times, and of the parts conclusion and sealing.

    Read with ``for_update`` in the same transaction before.
    """
    await tx.execute(
        update(inspections)
        .where(inspections.c.id == changed.id)
        .values(
            inspector_id=changed.inspector_id,
            state=changed.state,
            started_at=changed.started_at,
            ended_at=changed.ended_at,
        )
    )
    for part in changed.parts:
        await tx.execute(
            update(inspection_parts)
            .where(inspection_parts.c.id == part.id)
            .values(conclusion=part.conclusion, concluded_at=part.concluded_at, sealed_at=part.sealed_at)
        )


async def add_part(tx: Transaction, part: InspectionPart) -> None:
    """Insert one more part, behind the others; read with ``for_update`` in the same transaction before."""
    others = select(func.count()).where(inspection_parts.c.inspection_id == part.inspection_id)
    position = (await tx.execute(others)).scalar_one()
    await tx.execute(insert(inspection_parts).values(values_of(part, inspection_parts) | {"position": position}))


async def inspections_of_case(tx: Transaction, case_id: str) -> list[InspectionListing]:
    """Newest first."""
    return await _listings(tx, _has_case(case_id))


async def open_inspection_of_case(tx: Transaction, case_id: str) -> Inspection | None:
    """The newest inspection of the case that nobody has ended."""
    found = await _listings(tx, _has_case(case_id) & (inspections.c.state == InspectionState.OPEN))
    return found[0].inspection if found else None


async def open_inspections(tx: Transaction) -> list[Inspection]:
    """All that nobody has ended, newest first."""
    return [found.inspection for found in await _listings(tx, inspections.c.state == InspectionState.OPEN)]


async def open_inspections_led_by(tx: Transaction, inspector_id: str) -> list[Inspection]:
    """What this officer leads and nobody has ended, newest first."""
    condition = (inspections.c.state == InspectionState.OPEN) & (inspections.c.inspector_id == inspector_id)
    return [found.inspection for found in await _listings(tx, condition)]


def _has_case(case_id: str) -> ColumnElement[bool]:
    return inspections.c.id.in_(select(inspection_parts.c.inspection_id).where(inspection_parts.c.case_id == case_id))


async def _listings(tx: Transaction, condition: ColumnElement[bool]) -> list[InspectionListing]:
    rows = await tx.execute(
        select(
            inspections,
            organisations.c.path.label("organisation_path"),
            users.c.display_name.label("inspector_name"),
        )
        .join(organisations, organisations.c.id == inspections.c.organisation_id)
        .join(users, users.c.id == inspections.c.inspector_id)
        .where(condition)
        .order_by(inspections.c.created_at.desc(), inspections.c.id)
    )
    found = [dict(row) for row in rows.mappings()]
    parts = await _parts(tx, [row["id"] for row in found])
    return [
        InspectionListing(
            inspector_name=row.pop("inspector_name"), inspection=Inspection(**row, parts=tuple(parts[row["id"]]))
        )
        for row in found
    ]


async def _parts(tx: Transaction, inspection_ids: list[str]) -> dict[str, list[InspectionPart]]:
    parts: dict[str, list[InspectionPart]] = defaultdict(list)
    if not inspection_ids:
        return parts
    rows = await tx.execute(
        select(inspection_parts, organisations.c.path.label("organisation_path"))
        .join(cases, cases.c.id == inspection_parts.c.case_id)
        .join(organisations, organisations.c.id == cases.c.organisation_id)
        .where(inspection_parts.c.inspection_id.in_(inspection_ids))
        .order_by(inspection_parts.c.position)
    )
    for row in rows.mappings():
        part = dict(row)
        del part["position"]
        parts[part["inspection_id"]].append(InspectionPart(**part))
    return parts
