"""Guests on their way into the call: who they are, what they will not, their phones, and who waits at the door."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.domain.appointments import AppointmentState
from inspect_server.domain.declining import DeclineKind
from inspect_server.domain.identifying import IdentityMethod
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.domain.readiness import Subject, Verdict

Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,18}[0-9]$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Job = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Device = Annotated[str, StringConstraints(max_length=300)]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]
FactNumber = Annotated[float, Field(allow_inf_nan=False)]
FactText = Annotated[str, StringConstraints(max_length=100)]


class IdentityClaim(Body):
    """What a guest says of themselves; ``code``: the digits that came to the phone, null if it is proved otherwise."""

    job: Job = ""
    phone: Phone | None = None
    acts_as_agent: bool = False
    code: Code | None = None
    device: Device = ""


class CodeWanted(Body):
    phone: Phone


class CodeSent(Body):
    """``shown``: the code itself, only where the server is set up to show it (demonstrations)."""

    expires_at: AwareDatetime
    shown: str | None


class IdentityProof(Body):
    """``evidence_id``: a photo that was sent before; null leaves it to the inspector in the call."""

    evidence_id: Annotated[str, StringConstraints(max_length=64)] | None


class IdentityView(Body):
    job: str
    phone: str
    acts_as_agent: bool
    method: IdentityMethod | None
    identified_at: AwareDatetime | None
    evidence_id: str | None


class ReasonGiven(Body):
    reason: Reason


class DeclineView(Body):
    """``settled_at``: taken back, or another officer has taken over."""

    invitation_id: str
    kind: DeclineKind
    reason: str
    made_at: AwareDatetime
    settled_at: AwareDatetime | None


class CheckView(Body):
    """``problem``: a stable word for what is wrong, empty if nothing is; ``facts``: measured values."""

    subject: Subject
    verdict: Verdict
    problem: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")] = ""
    facts: dict[FactName, FactText | FactNumber] = Field(default_factory=dict, max_length=10)


class ReadinessReport(Body):
    checks: Annotated[list[CheckView], Field(max_length=len(Subject))]


class ReadinessView(Body):
    checked_at: AwareDatetime
    checks: list[CheckView]


class ConsentView(Body):
    text_version: str
    given_at: AwareDatetime
    address: str
    device: str


class ArrivalView(Body):
    """One guest who has agreed to the recording. ``waiting_since``: at the door since then; null elsewhere.

    ``authorisation_id``: evidence of that kind.
    """

    participant_id: str
    invitation_id: str | None
    role: ParticipantRole
    display_name: str
    identity: IdentityView | None
    consent: ConsentView | None
    readiness: ReadinessView | None
    authorisation_id: str | None
    waiting_since: AwareDatetime | None
    admitted_at: AwareDatetime | None


class Arrivals(Body):
    items: list[ArrivalView]
    declines: list[DeclineView]


class AppointmentPlan(Body):
    starts_at: AwareDatetime
    planned_minutes: Annotated[int, Field(ge=5, le=480)] = 20


class AppointmentView(Body):
    """``missed_from``: the grace time is over then."""

    starts_at: AwareDatetime
    planned_minutes: int
    grace_minutes: int
    missed_from: AwareDatetime
    state: AppointmentState


class WaitView(Body):
    """``position`` 1: next; ``wait_s`` 0: at any moment."""

    admitted: bool
    position: int
    wait_s: int
    appointment: AppointmentView | None
