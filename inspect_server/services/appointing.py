"""Agreeing on when a call is to be, and noticing that it did not come about."""

from __future__ import annotations

from collections.abc import Callable

from inspect_server.domain import appointments as rules
from inspect_server.domain import conducting
from inspect_server.domain.appointments import Appointment
from inspect_server.domain.permissions import Action
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import SYSTEM, record
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import InspectionFile, Plan, inspection_file, visible_inspection
from inspect_server.services.moments import note
from storage import appointments, inspections
from storage.engine import Transaction


async def appoint(context: ServiceContext, by: Actor, inspection_id: str, plan: Plan) -> InspectionFile:
    """Agree on a time, or on another one.

    Raises:
        NotFound, NotAllowed: see the permission table.
        InspectionEnded, AppointmentHeld: it is over, or has come about.
        BadRequest: the time is over already.
    """
    async with context.database.transaction() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.APPOINT, for_update=True)
        conducting.require_open(inspection)
        before = await appointments.of_inspection(tx, inspection.id)
        agreed = rules.plan(
            inspection.id,
            before,
            starts_at=plan.starts_at,
            minutes=plan.minutes,
            grace_minutes=context.options.grace_minutes,
            now=context.now(),
        )
        if agreed != before:
            await appointments.put(tx, agreed)
            await record(
                context,
                tx,
                f"user:{by.user.id}",
                "appointment.agreed",
                f"inspection:{inspection.id}",
                organisation_path=inspection.organisation_path,
                address=by.address,
                details={"starts_at": plan.starts_at.isoformat(), "minutes": str(plan.minutes)},
            )
        file = await inspection_file(tx, inspection)
    context.announce(InspectionChanged(inspection.id, Topic.APPOINTMENT))
    return file


async def change(tx: Transaction, inspection_id: str, rule: Callable[[Appointment], Appointment]) -> None:
    """What happens at the door moves the appointment on, if there is one."""
    before = await appointments.of_inspection(tx, inspection_id)
    if before is not None and (after := rule(before)) != before:
        await appointments.put(tx, after)


async def note_missed(context: ServiceContext) -> None:
    """Housekeeping: where the grace time is over and nobody came, the appointment is missed."""
    now = context.now()
    async with context.database.reading() as tx:
        late = [each for each in await appointments.begun_and_planned(tx, now=now) if rules.overdue(each, now) != each]
    for each in late:
        await _note_missed(context, each.inspection_id)


async def _note_missed(context: ServiceContext, inspection_id: str) -> None:
    async with context.database.transaction() as tx:
        # Somebody may have come to the door, or another time may have been agreed on, since it was found.
        inspection = await inspections.inspection(tx, inspection_id, for_update=True)
        before = await appointments.of_inspection(tx, inspection_id)
        if inspection is None or before is None or (after := rules.overdue(before, context.now())) == before:
            return
        await appointments.put(tx, after)
        await note(context, tx, inspection_id, "appointment.missed", actor=SYSTEM)
        await record(
            context,
            tx,
            SYSTEM,
            "appointment.missed",
            f"inspection:{inspection_id}",
            organisation_path=inspection.organisation_path,
            details={"starts_at": before.starts_at.isoformat()},
        )
    context.announce(InspectionChanged(inspection_id, Topic.APPOINTMENT))
    context.announce(InspectionChanged(inspection_id, Topic.MOMENTS))
