"""The registered site, where people are, and live challenges."""

from __future__ import annotations

from inspect_server.api.callers import Invited, Staff
from inspect_server.api.operations import Operations
from inspect_server.api.schemas import site as schemas
from inspect_server.api.schemas.evidence import NewId
from inspect_server.api.views import site as views
from inspect_server.domain.errors import (
    Conflict,
    ConsentMissing,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    NotAllowed,
    NotFound,
)
from inspect_server.services import challenging, locating

operations = Operations()
_LINK = (InvitationInvalid, InvitationExpired, InvitationRevoked, InspectionEnded, ConsentMissing)


@operations.put("/api/cases/{case_id}/site", NotAllowed, NotFound)
async def register_site(staff: Staff, case_id: str, body: schemas.NewSite) -> schemas.RegisteredSite:
    """Say where the enterprise of a case has its site."""
    given = locating.Coordinates(body.latitude, body.longitude, body.datum, body.converted_from)
    return views.registered_site(await locating.register_site(staff.services, staff.actor, case_id, given))


@operations.get("/api/cases/{case_id}/site", NotAllowed, NotFound)
async def show_site(staff: Staff, case_id: str) -> schemas.RegisteredSite:
    """Where the enterprise of a case has its site."""
    return views.registered_site(await locating.show_site(staff.services, staff.actor, case_id))


@operations.get("/api/inspections/{inspection_id}/whereabouts", NotAllowed, NotFound)
async def show_whereabouts(staff: Staff, inspection_id: str) -> schemas.WhereaboutsOfInspection:
    """Every position that was reported, and how far from the site it was."""
    site, reports = await locating.show_whereabouts(staff.services, staff.actor, inspection_id)
    return views.whereabouts_of_inspection(site, reports, radius_m=staff.services.options.site_radius_m)


@operations.put(
    "/api/inspections/{inspection_id}/challenges/{challenge_id}", NotAllowed, NotFound, Conflict, InspectionEnded
)
async def ask_challenge(
    staff: Staff, inspection_id: str, challenge_id: NewId, body: schemas.NewChallenge
) -> schemas.ChallengeView:
    """Ask somebody on the site for a one-time task; the same id again is the same challenge."""
    asked = await challenging.ask(
        staff.services,
        staff.actor,
        inspection_id,
        challenge_id,
        participant_id=body.participant_id,
        task=body.task,
    )
    return views.challenge(asked)


@operations.put("/api/challenges/{challenge_id}/judgement", NotAllowed, NotFound, Conflict)
async def judge_challenge(staff: Staff, challenge_id: str, body: schemas.ChallengeVerdict) -> schemas.ChallengeView:
    """Say whether it was done in front of the camera."""
    return views.challenge(await challenging.judge(staff.services, staff.actor, challenge_id, passed=body.passed))


@operations.get("/api/inspections/{inspection_id}/challenges", NotAllowed, NotFound)
async def show_challenges(staff: Staff, inspection_id: str) -> schemas.Challenges:
    """All live challenges, in order of time."""
    found = await challenging.show_challenges(staff.services, staff.actor, inspection_id)
    return schemas.Challenges(items=[views.challenge(each) for each in found])


@operations.get("/api/visit/challenge", *_LINK, NotAllowed, NotFound)
async def show_own_challenge(invited: Invited) -> schemas.OwnChallenge:
    """What was asked of the guest last, and how it ended."""
    found = await challenging.own_challenge(invited.services, invited.guest)
    return views.own_challenge(found, invited.services.now())
