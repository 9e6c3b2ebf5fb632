"""Permit items: published versions with their checklists. Versions are added, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.catalogue import ChecklistItem, PermitItemVersion
from inspect_server.domain.errors import Conflict
from storage.engine import Transaction
from storage.rows import values_of
from storage.tables.catalogue import checklist_items, permit_item_versions


async def add_version(tx: Transaction, version: PermitItemVersion) -> None:
    """Publish a version with its checklist.

    Raises:
        Conflict: this id, or this number of the permit item, exists already; or two points share an id or a position.
    """
    points = [values_of(item, checklist_items) | {"permit_item_version_id": version.id} for item in version.checklist]
    try:
        await tx.execute(insert(permit_item_versions).values(values_of(version, permit_item_versions)))
        if points:
            await tx.execute(insert(checklist_items), points)
    except IntegrityError as error:
        raise Conflict(
            "this version of the permit item exists already, or its checklist has a point twice",
            permit_item_id=version.permit_item_id,
            number=version.number,
        ) from error


async def newest_versions(tx: Transaction) -> list[PermitItemVersion]:
    """The newest version of every permit item, by name of department and code."""
    return await _versions(tx, _is_newest())


async def newest_version(tx: Transaction, permit_item_id: str) -> PermitItemVersion | None:
    """The newest version of one permit item, or None if there is none."""
    found = await _versions(tx, _is_newest() & (permit_item_versions.c.permit_item_id == permit_item_id))
    return found[0] if found else None


async def version(tx: Transaction, version_id: str) -> PermitItemVersion | None:
    """The version of this id, or None."""
    found = await _versions(tx, permit_item_versions.c.id == version_id)
    return found[0] if found else None


async def versions(tx: Transaction, version_ids: Iterable[str]) -> dict[str, PermitItemVersion]:
    """Those of ``version_ids`` that exist, by id."""
    found = await _versions(tx, permit_item_versions.c.id.in_(list(version_ids)))
    return {each.id: each for each in found}


def _is_newest() -> ColumnElement[bool]:
    other = permit_item_versions.alias()
    newest_number = (
        select(func.max(other.c.number))
        .where(other.c.permit_item_id == permit_item_versions.c.permit_item_id)
        .correlate(permit_item_versions)
        .scalar_subquery()
    )
    return permit_item_versions.c.number == newest_number


async def _versions(tx: Transaction, condition: ColumnElement[bool]) -> list[PermitItemVersion]:
    rows = await tx.execute(
        select(permit_item_versions)
        .where(condition)
        .order_by(permit_item_versions.c.department, permit_item_versions.c.code, permit_item_versions.c.id)
    )
    found = rows.mappings().all()
    checklists = await _checklists(tx, [row["id"] for row in found])
    return [PermitItemVersion(**row, checklist=tuple(checklists[row["id"]])) for row in found]


async def _checklists(tx: Transaction, version_ids: list[str]) -> dict[str, list[ChecklistItem]]:
    checklists: dict[str, list[ChecklistItem]] = defaultdict(list)
    if not version_ids:
        return checklists
    rows = await tx.execute(
        select(checklist_items)
        .where(checklist_items.c.permit_item_version_id.in_(version_ids))
        .order_by(checklist_items.c.position)
    )
    for row in rows.mappings():
        point = dict(row)
        checklists[point.pop("permit_item_version_id")].append(ChecklistItem(**point))
    return checklists
