"""Guests on their way into the call."""

from __future__ import annotations

from inspect_server.api.schemas import arrivals as schemas
from inspect_server.domain.appointments import Appointment
from inspect_server.domain.declining import Decline
from inspect_server.domain.identifying import Consent, Identity
from inspect_server.domain.readiness import Check, Readiness
from inspect_server.services.arrivals import Arrival, Arrivals, Wait
from inspect_server.services.inviting import IdentityClaim


def arrivals(found: Arrivals) -> schemas.Arrivals:
    """All of them."""
    return schemas.Arrivals(
        items=[_arrival(each) for each in found.guests], declines=[decline(each) for each in found.declines]
    )


def claim(body: schemas.IdentityClaim | None) -> IdentityClaim | None:
    """What a guest says of themselves, read."""
    if body is None:
        return None
    return IdentityClaim(
        job=body.job,
        phone=_plain(body.phone) if body.phone else "",
        acts_as_agent=body.acts_as_agent,
        code=body.code,
        device=body.device,
    )


def phone(body: schemas.CodeWanted) -> str:
    """The digits of a phone number, however they were written."""
    return _plain(body.phone)


def checks(body: schemas.ReadinessReport) -> tuple[Check, ...]:
    """A test, read."""
    return tuple(Check(each.subject, each.verdict, each.problem, dict(each.facts)) for each in body.checks)


def identity(known: Identity | None) -> schemas.IdentityView | None:
    """Who somebody is."""
    if known is None:
        return None
    return schemas.IdentityView(
        job=known.job,
        phone=known.phone,
        acts_as_agent=known.acts_as_agent,
        method=known.method,
        identified_at=known.identified_at,
        evidence_id=known.evidence_id,
    )


def decline(made: Decline) -> schemas.DeclineView:
    """What somebody will not."""
    return schemas.DeclineView(
        invitation_id=made.invitation_id,
        kind=made.kind,
        reason=made.reason,
        made_at=made.made_at,
        settled_at=made.settled_at,
    )


def appointment(agreed: Appointment | None) -> schemas.AppointmentView | None:
    """When it is to be."""
    if agreed is None:
        return None
    return schemas.AppointmentView(
        starts_at=agreed.starts_at,
        planned_minutes=agreed.planned_minutes,
        grace_minutes=agreed.grace_minutes,
        missed_from=agreed.missed_from,
        state=agreed.state,
    )


def wait(told: Wait) -> schemas.WaitView:
    """How long a guest has to wait."""
    return schemas.WaitView(
        admitted=told.admitted,
        position=told.place.position,
        wait_s=max(0, round(told.place.wait.total_seconds())),
        appointment=appointment(told.appointment),
    )


def _arrival(arrival: Arrival) -> schemas.ArrivalView:
    guest = arrival.participant
    return schemas.ArrivalView(
        participant_id=guest.id,
        invitation_id=guest.invitation_id,
        role=guest.role,
        display_name=guest.display_name,
        identity=identity(arrival.identity),
        consent=_consent(arrival.consent),
        readiness=_readiness(arrival.readiness),
        authorisation_id=arrival.authorisation.id if arrival.authorisation else None,
        waiting_since=guest.waiting_since,
        admitted_at=guest.admitted_at,
    )


def _consent(given: Consent | None) -> schemas.ConsentView | None:
    if given is None:
        return None
    return schemas.ConsentView(
        text_version=given.text_version, given_at=given.given_at, address=given.address, device=given.device
    )


def _readiness(tested: Readiness | None) -> schemas.ReadinessView | None:
    if tested is None:
        return None
    return schemas.ReadinessView(
        checked_at=tested.checked_at,
        checks=[
            schemas.CheckView(subject=each.subject, verdict=each.verdict, problem=each.problem, facts=dict(each.facts))
            for each in tested.checks
        ],
    )


def _plain(number: str) -> str:
    return number.replace(" ", "").replace("-", "")
