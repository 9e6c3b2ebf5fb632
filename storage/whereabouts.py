"""Registered sites, and reported positions, which are added and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from inspect_server.domain.geometry import Place
from inspect_server.domain.whereabouts import Report, Site
from storage.engine import Transaction
from storage.rows import upsert
from storage.tables.whereabouts import position_reports, sites


async def set_site(tx: Transaction, site: Site) -> None:
    """Register where an enterprise's site is; an earlier place is replaced."""
    place = {
        "latitude": site.place.latitude,
        "longitude": site.place.longitude,
        "given_in": site.given_in,
        "set_by": site.set_by,
        "set_at": site.set_at,
    }
    statement = upsert(tx, sites).values(enterprise_id=site.enterprise_id, **place)
    await tx.execute(statement.on_conflict_do_update(index_elements=[sites.c.enterprise_id], set_=place))


async def site_of(tx: Transaction, enterprise_id: str) -> Site | None:
    """Where an enterprise's site is registered, or None."""
    row = (await tx.execute(select(sites).where(sites.c.enterprise_id == enterprise_id))).one_or_none()
    if row is None:
        return None
    return Site(row.enterprise_id, Place(row.latitude, row.longitude), row.given_in, row.set_by, row.set_at)


async def add_report(tx: Transaction, report: Report) -> None:
    """Keep a reported position."""
    await tx.execute(
        insert(position_reports).values(
            id=report.id,
            inspection_id=report.inspection_id,
            participant_id=report.participant_id,
            at=report.at,
            latitude=report.place.latitude,
            longitude=report.place.longitude,
            accuracy_m=report.accuracy_m,
        )
    )


async def newest_report(tx: Transaction, participant_id: str) -> Report | None:
    """What a participant reported last, or None."""
    statement = (
        select(position_reports)
        .where(position_reports.c.participant_id == participant_id)
        .order_by(position_reports.c.at.desc(), position_reports.c.id)
        .limit(1)
    )
    row = (await tx.execute(statement)).one_or_none()
    return _report(row) if row else None


async def reports_between(
    tx: Transaction, inspection_id: str, participant_id: str, *, earliest: datetime, latest: datetime
) -> list[Report]:
    """What a participant reported then, in order of time."""
    rows = await tx.execute(
        select(position_reports)
        .where(
            position_reports.c.inspection_id == inspection_id,
            position_reports.c.participant_id == participant_id,
            position_reports.c.at.between(earliest, latest),
        )
        .order_by(position_reports.c.at, position_reports.c.id)
    )
    return [_report(row) for row in rows]


async def reports_of(tx: Transaction, inspection_id: str) -> list[Report]:
    """Everything that was reported in an inspection, in order of time."""
    rows = await tx.execute(
        select(position_reports)
        .where(position_reports.c.inspection_id == inspection_id)
        .order_by(position_reports.c.at, position_reports.c.id)
    )
    return [_report(row) for row in rows]


def _report(row: Row[Any]) -> Report:
    place = Place(row.latitude, row.longitude)
    return Report(row.id, row.inspection_id, row.participant_id, row.at, place, row.accuracy_m)
