"""Appointments (预约): when a call is to be, and whether it came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inspect_server.domain.errors import AppointmentHeld, BadRequest


class AppointmentState(StrEnum):
    """``waiting``: a guest stands at the door; ``missed``: nobody was let in within the grace time. It can still be
    held later.
    """

    PLANNED = "planned"
    WAITING = "waiting"
    HELD = "held"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Appointment:
    """Of one inspection. ``starts_at`` aware UTC; ``grace_minutes``: how late it may begin."""

    inspection_id: str
    starts_at: datetime
    planned_minutes: int
    grace_minutes: int
    state: AppointmentState

    @property
    def missed_from(self) -> datetime:
        """Who has not come by then has missed it."""
        return self.starts_at + timedelta(minutes=self.grace_minutes)


def plan(
    inspection_id: str,
    before: Appointment | None,
    *,
    starts_at: datetime,
    minutes: int,
    grace_minutes: int,
    now: datetime,
) -> Appointment:
    """Agree on a time, or on another one: a missed appointment is planned anew by that.

    Raises:
        BadRequest: the time is over already.
        AppointmentHeld: the call came about.
    """
    if before is not None and before.state is AppointmentState.HELD:
        raise AppointmentHeld
    if starts_at + timedelta(minutes=grace_minutes) <= now:
        raise BadRequest("That time is over.", where="body", field="starts_at")
    waits = before is not None and before.state is AppointmentState.WAITING
    state = AppointmentState.WAITING if waits else AppointmentState.PLANNED
    return Appointment(inspection_id, starts_at, minutes, grace_minutes, state)


def somebody_came(appointment: Appointment) -> Appointment:
    """A guest stands at the door, be it late."""
    if appointment.state is AppointmentState.HELD:
        return appointment
    return replace(appointment, state=AppointmentState.WAITING)


def nobody_waits(appointment: Appointment) -> Appointment:
    """The last guest went away from the door."""
    if appointment.state is not AppointmentState.WAITING:
        return appointment
    return replace(appointment, state=AppointmentState.PLANNED)


def held(appointment: Appointment) -> Appointment:
    """A guest was let in."""
    return replace(appointment, state=AppointmentState.HELD)


def overdue(appointment: Appointment, now: datetime) -> Appointment:
    """Missed, if the grace time is over and nobody waits."""
    if appointment.state is AppointmentState.PLANNED and now >= appointment.missed_from:
        return replace(appointment, state=AppointmentState.MISSED)
    return appointment
