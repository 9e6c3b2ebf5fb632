"""The registered site, where people are, and live challenges."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from inspect_server.api.schemas.base import Body
from inspect_server.api.schemas.evidence import Id
from inspect_server.domain.challenges import Outcome, Task
from inspect_server.domain.geometry import Datum, Nearness


class NewSite(Body):
    """Degrees in ``datum``; GCJ-02, as Chinese maps show it, is converted to WGS-84.

    ``converted_from``: a registered place that was converted before is registered again.
    """

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    datum: Datum = Datum.WGS_84
    converted_from: Datum | None = None


class SiteView(Body):
    """WGS-84 degrees; ``given_in`` gcj_02: they were converted."""

    latitude: float
    longitude: float
    given_in: Datum
    set_at: AwareDatetime


class RegisteredSite(Body):
    """``site`` null: nobody said where it is."""

    site: SiteView | None


class ReportView(Body):
    """Distance and nearness null: no site is registered."""

    participant_id: str
    at: AwareDatetime
    latitude: float
    longitude: float
    accuracy_m: float
    distance_m: float | None
    nearness: Nearness | None


class WhereaboutsOfInspection(Body):
    """In order of time. ``radius_m``: how far from the site is still there."""

    site: SiteView | None
    radius_m: float
    reports: list[ReportView]


class NewChallenge(Body):
    participant_id: Id
    task: Task


class ChallengeVerdict(Body):
    """Whether a person saw that the task was done."""

    passed: bool


class ChallengeView(Body):
    id: str
    participant_id: str
    task: Task
    code: str
    asked_by: str
    asked_at: AwareDatetime
    expires_at: AwareDatetime
    outcome: Outcome | None
    ended_at: AwareDatetime | None


class Challenges(Body):
    """In order of time."""

    items: list[ChallengeView]


class OwnChallenge(Body):
    """What was asked of the guest last, null for nothing. ``qr_svg``: the code for another screen, while it is open."""

    challenge: ChallengeView | None
    qr_svg: str
    server_time: AwareDatetime
