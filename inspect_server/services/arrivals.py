"""Guests on their way into a call: what the office knows of them, and what they are told while they wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inspect_server.domain.admitting import must_wait
from inspect_server.domain.appointments import Appointment, AppointmentState
from inspect_server.domain.declining import Decline
from inspect_server.domain.errors import ConsentMissing
from inspect_server.domain.evidence import Evidence, EvidenceKind
from inspect_server.domain.identifying import Consent, Identity
from inspect_server.domain.inspections import Inspection, Participant
from inspect_server.domain.permissions import Action
from inspect_server.domain.readiness import Readiness
from inspect_server.domain.waiting_line import USUAL_DURATION, Ahead, Place, place_in_line
from inspect_server.services.context import Actor, Guest, ServiceContext
from inspect_server.services.inspecting import visible_inspection
from inspect_server.services.seats import person_seat
from storage import appointments, arrivals, evidence, inspections, participants
from storage.engine import Transaction

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A guest who has agreed to the recording. ``authorisation``: the newest one that they sent, if any."""

    participant: Participant
    identity: Identity | None
    consent: Consent | None
    readiness: Readiness | None
    authorisation: Evidence | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """All guests, who waits longest first, and what anybody with a link will not."""

    guests: list[Arrival]
    declines: list[Decline]


@dataclass(frozen=True, slots=True)
class Wait:
    """What a guest at the door is told."""

    admitted: bool
    place: Place
    appointment: Appointment | None


async def show_arrivals(context: ServiceContext, by: Actor, inspection_id: str) -> Arrivals:
    """All guests of an inspection.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.reading() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.SEE_INSPECTION)
        everybody = await participants.participants_of(tx, inspection.id)
        guests = [each for each in everybody if _is_guest(each)]
        ids = [each.id for each in guests]
        identities = await arrivals.identities_of(tx, ids)
        tests = await arrivals.readiness_of(tx, ids)
        consents = {each.participant_id: each for each in await arrivals.consents_of(tx, inspection.id)}
        authorisations = {
            each.author: each
            for each in await evidence.evidence_of(tx, inspection.id)
            if each.kind is EvidenceKind.AUTHORISATION and each.withdrawn_at is None
        }
        declines = await arrivals.declines_of(tx, inspection.id)
    found = [
        Arrival(
            participant=guest,
            identity=identities.get(guest.id),
            consent=consents.get(guest.id),
            readiness=tests.get(guest.id),
            authorisation=authorisations.get(f"participant:{guest.id}"),
        )
        for guest in sorted(guests, key=lambda guest: guest.waiting_since or _LATEST)
    ]
    return Arrivals(found, declines)


async def show_wait(context: ServiceContext, by: Guest) -> Wait:
    """How long a guest has to wait, as far as can be told.

    Raises:
        InvitationInvalid, InvitationRevoked, InvitationExpired, InspectionEnded, ConsentMissing: as they say.
    """
    now = context.now()
    async with context.database.reading() as tx:
        seat = await person_seat(context, tx, by.token)
        if seat.seated is None or seat.seated.consented_at is None:
            raise ConsentMissing
        led = await inspections.open_inspections_led_by(tx, seat.inspection.inspector_id)
        times = await appointments.of_inspections(tx, [each.id for each in led])
        own = times.get(seat.inspection.id)
        since = own.starts_at if own is not None else seat.seated.waiting_since or now
        ahead = []
        for other in led:
            if other.id != seat.inspection.id:
                before = await _ahead(tx, other, times.get(other.id), since=since, now=now)
                ahead += [before] if before is not None else []
    starts_at = own.starts_at if own is not None else None
    return Wait(not must_wait(seat.seated), place_in_line(ahead, starts_at=starts_at, now=now), own)


async def _ahead(
    tx: Transaction, other: Inspection, appointment: Appointment | None, *, since: datetime, now: datetime
) -> Ahead | None:
    """The other call, if it comes before who is there or expected ``since``."""
    planned = timedelta(minutes=appointment.planned_minutes) if appointment is not None else USUAL_DURATION
    guests = [each for each in await participants.participants_of(tx, other.id) if _is_guest(each)]
    if any(each.first_joined_at is not None and each.left_at is None for each in guests):
        return Ahead(planned, began_at=other.started_at)
    if any(each.waiting_since is not None and each.waiting_since < since for each in guests):
        return Ahead(planned, began_at=None)
    is_due = appointment is not None and appointment.state is AppointmentState.PLANNED
    if is_due and appointment is not None and appointment.starts_at < since and now < appointment.missed_from:
        return Ahead(planned, began_at=None)
    return None


def _is_guest(participant: Participant) -> bool:
    return participant.invitation_id is not None and not participant.role.is_machine
