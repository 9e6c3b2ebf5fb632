"""Appointments: at most one for an inspection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from inspect_server.domain.appointments import Appointment, AppointmentState
from inspect_server.domain.inspections import InspectionState
from storage.engine import Transaction
from storage.rows import upsert, values_of
from storage.tables.arrivals import appointments
from storage.tables.inspections import inspections


async def put(tx: Transaction, appointment: Appointment) -> None:
    """Write it; the one before is replaced."""
    values = values_of(appointment, appointments)
    statement = upsert(tx, appointments).values(values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["inspection_id"], set_=values))


async def of_inspection(tx: Transaction, inspection_id: str) -> Appointment | None:
    """The inspection's, or None."""
    return (await of_inspections(tx, [inspection_id])).get(inspection_id)


async def of_inspections(tx: Transaction, inspection_ids: Iterable[str]) -> dict[str, Appointment]:
    """Those that exist, by inspection."""
    rows = await tx.execute(select(appointments).where(appointments.c.inspection_id.in_(list(inspection_ids))))
    return {row["inspection_id"]: Appointment(**row) for row in rows.mappings()}


async def begun_and_planned(tx: Transaction, *, now: datetime) -> list[Appointment]:
    """Of open inspections, those whose time has come but for which nobody has."""
    rows = await tx.execute(
        select(appointments)
        .join(inspections, inspections.c.id == appointments.c.inspection_id)
        .where(
            appointments.c.state == AppointmentState.PLANNED,
            appointments.c.starts_at <= now,
            inspections.c.state == InspectionState.OPEN,
        )
    )
    return [Appointment(**row) for row in rows.mappings()]
