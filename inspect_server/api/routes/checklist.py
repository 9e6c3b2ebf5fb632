"""The checklist: decisions, conclusions and progress for the office, what to show for guests, and joint inspections."""

from __future__ import annotations

from inspect_server.api import schemas as common
from inspect_server.api import views as common_views
from inspect_server.api.callers import Invited, Staff
from inspect_server.api.operations import Operations
from inspect_server.api.schemas import checklist as schemas
from inspect_server.api.schemas.evidence import NewId
from inspect_server.api.signalling.socket import ROOMS
from inspect_server.api.views import checklist as views
from inspect_server.domain.errors import (
    Conflict,
    ConsentMissing,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    ItemsFailed,
    ItemsOpen,
    NotAllowed,
    NoteMissing,
    NotFound,
    NothingFailed,
    OtherEnterprise,
    PartConcluded,
    ReasonMissing,
    RecordSigned,
    RemedyMissing,
)
from inspect_server.services import guiding, joint, judging

operations = Operations()

_LINK = (InvitationInvalid, InvitationExpired, InvitationRevoked, InspectionEnded, ConsentMissing)
_NOT_CARRIED = (ItemsFailed, ItemsOpen, NoteMissing, NothingFailed, ReasonMissing, RemedyMissing)


@operations.get("/api/inspections/{inspection_id}/checklist", NotAllowed, NotFound)
async def show_checklist(staff: Staff, inspection_id: str) -> schemas.Checklist:
    """How every point of every part stands."""
    return views.checklist_view(await judging.show_checklist(staff.services, staff.actor, inspection_id))


@operations.put(
    "/api/inspections/{inspection_id}/decisions/{decision_id}",
    NotAllowed,
    NotFound,
    Conflict,
    PartConcluded,
    RecordSigned,
)
async def decide(staff: Staff, inspection_id: str, decision_id: NewId, body: schemas.NewDecision) -> schemas.Checklist:
    """Decide on a point; answers with how everything stands then."""
    new = views.new_decision(decision_id, body)
    await judging.decide(staff.services, staff.actor, inspection_id, new)
    return views.checklist_view(await judging.show_checklist(staff.services, staff.actor, inspection_id))


@operations.put(
    "/api/inspections/{inspection_id}/conclusions/{conclusion_id}",
    NotAllowed,
    NotFound,
    Conflict,
    PartConcluded,
    RecordSigned,
    *_NOT_CARRIED,
)
async def conclude(
    staff: Staff, inspection_id: str, conclusion_id: NewId, body: schemas.NewConclusion
) -> schemas.Checklist:
    """Conclude a part, or take its conclusion back; answers with how everything stands then."""
    new = views.new_conclusion(conclusion_id, body)
    await judging.conclude(staff.services, staff.actor, inspection_id, new)
    return views.checklist_view(await judging.show_checklist(staff.services, staff.actor, inspection_id))


@operations.get("/api/visit/checklist", *_LINK, NotAllowed)
async def show_route(invited: Invited) -> schemas.Route:
    """What is to be shown, and what the inspectors are at."""
    route = await guiding.show_route(invited.services, invited.guest)
    return views.route(route.parts, invited.request.app[ROOMS].focused(route.inspection_id))


@operations.get("/api/cases/{case_id}/joint", NotAllowed, NotFound)
async def show_joint_offers(staff: Staff, case_id: str) -> schemas.JointOffers:
    """What the case can be inspected together with."""
    return views.joint_offers(await joint.joint_offers(staff.services, staff.actor, case_id))


@operations.put(
    "/api/inspections/{inspection_id}/cases/{case_id}",
    NotAllowed,
    NotFound,
    Conflict,
    InspectionEnded,
    OtherEnterprise,
)
async def join_with_case(staff: Staff, inspection_id: str, case_id: str) -> common.InspectionDetail:
    """Make a case a part of an open inspection of the same enterprise."""
    return common_views.inspection_detail(
        await joint.join_with_case(staff.services, staff.actor, inspection_id, case_id)
    )
