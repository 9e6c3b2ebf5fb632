"""Cases and enterprises. The list of cases is one page of ready rows; its search lives here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.cases import Case, CaseStatus, Enterprise
from inspect_server.domain.errors import Conflict
from inspect_server.domain.inspections import InspectionState
from storage.engine import Transaction
from storage.evidence import picture_counts
from storage.people import is_within
from storage.rows import upsert, values_of
from storage.tables.cases import case_serials, cases, enterprises
from storage.tables.catalogue import permit_item_versions
from storage.tables.inspections import inspection_parts, inspections
from storage.tables.people import organisations


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases: those of ``organisation_path`` and below that match everything given.

    ``query`` is a part of number, external id, enterprise name or credit code, whatever its case; ``credit_code`` is
    exact.
    """

    organisation_path: str
    query: str = ""
    credit_code: str | None = None
    permit_item_id: str | None = None
    status: CaseStatus | None = None


@dataclass(frozen=True, slots=True)
class CaseListing:
    """A case with what a list shows beside it.

    ``live_inspection_id``: the newest inspection that is still open; ``live_picture_count``: pictures and clips in it.
    """

    id: str
    number: str
    external_id: str | None
    enterprise_name: str
    permit_item_name: str
    organisation_name: str
    status: CaseStatus
    created_at: datetime
    last_inspection_at: datetime | None
    live_inspection_id: str | None
    live_picture_count: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """``total`` counts all that match."""

    listings: list[CaseListing]
    total: int


async def add_enterprise(tx: Transaction, enterprise: Enterprise) -> None:
    """Insert."""
    await tx.execute(insert(enterprises).values(values_of(enterprise, enterprises)))


async def enterprise(tx: Transaction, enterprise_id: str) -> Enterprise | None:
    """The enterprise of this id, or None."""
    rows = await tx.execute(select(enterprises).where(enterprises.c.id == enterprise_id))
    row = rows.mappings().one_or_none()
    return Enterprise(**row) if row else None


async def add_case(tx: Transaction, case: Case) -> None:
    """Insert.

    Raises:
        Conflict: the number or the external id is taken.
    """
    try:
        await tx.execute(insert(cases).values(values_of(case, cases)))
    except IntegrityError as error:
        raise Conflict(
            "a case of this number or external id exists already",
            number=case.number,
            external_id=case.external_id or "",
        ) from error


async def next_serial(tx: Transaction, series: str) -> int:
    """1, 2, 3 … within ``series``: numbers taken by transactions that rolled back are given again, none twice."""
    statement = upsert(tx, case_serials).values(series=series, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[case_serials.c.series], set_={"last": case_serials.c.last + 1}
    )
    serial: int = (await tx.execute(statement.returning(case_serials.c.last))).scalar_one()
    return serial


async def set_status(tx: Transaction, case_id: str, status: CaseStatus) -> None:
    """Note where the case stands now."""
    await tx.execute(update(cases).where(cases.c.id == case_id).values(status=status))


async def case(tx: Transaction, case_id: str, *, for_update: bool = False) -> Case | None:
    """The case of this id, or None.

    Args:
        tx: with ``for_update``, others that want to change this case wait until ``tx`` ends.
        case_id: its id.
        for_update: lock it; needs a writing transaction.
    """
    if for_update:
        # SQLite has no row locks and needs none: there, a writing transaction has the whole file.
        await tx.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())
    return await _case(tx, cases.c.id == case_id)


async def case_by_external_id(tx: Transaction, external_id: str) -> Case | None:
    """The case that the approval system knows by this id, or None."""
    return await _case(tx, cases.c.external_id == external_id)


async def cases_by_id(tx: Transaction, case_ids: list[str]) -> dict[str, Case]:
    """Those of ``case_ids`` that exist, by id."""
    rows = await tx.execute(_select_cases().where(cases.c.id.in_(case_ids)))
    return {row["id"]: Case(**row) for row in rows.mappings()}


async def page(tx: Transaction, wanted: CaseFilter, *, limit: int, offset: int = 0) -> CasePage:
    """Matching cases, newest first."""
    condition = _matches(wanted)
    total = (await tx.execute(select(func.count()).select_from(_joined()).where(condition))).scalar_one()
    rows = await tx.execute(
        _select_listings().where(condition).order_by(cases.c.created_at.desc(), cases.c.id).limit(limit).offset(offset)
    )
    found = rows.mappings().all()
    live = [row["live_inspection_id"] for row in found if row["live_inspection_id"] is not None]
    pictures = await picture_counts(tx, live)
    listings = [CaseListing(**row, live_picture_count=pictures.get(row["live_inspection_id"], 0)) for row in found]
    return CasePage(listings, total)


def _select_cases() -> Select[tuple[object, ...]]:
    return select(cases, organisations.c.path.label("organisation_path")).join(
        organisations, organisations.c.id == cases.c.organisation_id
    )


async def _case(tx: Transaction, condition: ColumnElement[bool]) -> Case | None:
    row = (await tx.execute(_select_cases().where(condition))).mappings().one_or_none()
    return Case(**row) if row else None


def _joined() -> FromClause:
    return (
        cases.join(organisations, organisations.c.id == cases.c.organisation_id)
        .join(enterprises, enterprises.c.id == cases.c.enterprise_id)
        .join(permit_item_versions, permit_item_versions.c.id == cases.c.permit_item_version_id)
    )


def _matches(wanted: CaseFilter) -> ColumnElement[bool]:
    # Found by their organisations, which are few: so the index of cases is used.
    seen_by = select(organisations.c.id).where(is_within(wanted.organisation_path))
    conditions: list[ColumnElement[bool]] = [cases.c.organisation_id.in_(seen_by)]
    if words := wanted.query.strip():
        searched = (cases.c.number, cases.c.external_id, enterprises.c.name, enterprises.c.credit_code)
        conditions.append(or_(*(column.icontains(words, autoescape=True) for column in searched)))
    if wanted.credit_code is not None:
        conditions.append(enterprises.c.credit_code == wanted.credit_code)
    if wanted.permit_item_id is not None:
        conditions.append(permit_item_versions.c.permit_item_id == wanted.permit_item_id)
    if wanted.status is not None:
        conditions.append(cases.c.status == wanted.status)
    return and_(*conditions)


def _select_listings() -> Select[tuple[object, ...]]:
    of_case = (
        inspection_parts.join(inspections, inspections.c.id == inspection_parts.c.inspection_id),
        inspection_parts.c.case_id == cases.c.id,
    )
    last_inspection_at = (
        select(func.max(func.coalesce(inspections.c.started_at, inspections.c.created_at)))
        .select_from(of_case[0])
        .where(of_case[1])
        .correlate(cases)
        .scalar_subquery()
    )
    live_inspection_id = (
        select(inspections.c.id)
        .select_from(of_case[0])
        .where(of_case[1], inspections.c.state == InspectionState.OPEN)
        .order_by(inspections.c.created_at.desc(), inspections.c.id)
        .limit(1)
        .correlate(cases)
        .scalar_subquery()
    )
    return select(
        cases.c.id,
        cases.c.number,
        cases.c.external_id,
        enterprises.c.name.label("enterprise_name"),
        permit_item_versions.c.name.label("permit_item_name"),
        organisations.c.name.label("organisation_name"),
        cases.c.status,
        cases.c.created_at,
        last_inspection_at.label("last_inspection_at"),
        live_inspection_id.label("live_inspection_id"),
    ).select_from(_joined())
