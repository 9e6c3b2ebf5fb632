"""Guests on their way into the call: what they do before it, and what the office sees and answers."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from inspect_server.api import schemas as other_schemas
from inspect_server.api import views as other_views
from inspect_server.api.callers import Invited, Staff
from inspect_server.api.operations import Operations
from inspect_server.api.rehearsals import Rehearsals
from inspect_server.api.schemas import arrivals as schemas
from inspect_server.api.schemas.rehearsals import IceServers, SessionDescription
from inspect_server.api.signalling.socket import ROOMS
from inspect_server.api.views import arrivals as views
from inspect_server.domain.declining import DeclineKind
from inspect_server.domain.errors import (
    AppointmentHeld,
    BadRequest,
    BadSdp,
    CodesNotSent,
    ConsentMissing,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    MediaUnavailable,
    MessageNotSent,
    NoCommonCodec,
    NotAllowed,
    NotFound,
    RehearsalsBusy,
    RoomFull,
    TooManyAttempts,
)
from inspect_server.services import admitting, appointing, arrivals, declining, identifying, readiness
from inspect_server.services.inspecting import Plan

operations = Operations()
REHEARSALS: Final = web.AppKey("rehearsals", Rehearsals)

_LINK = (InvitationInvalid, InvitationExpired, InvitationRevoked, InspectionEnded)
_OFFICE = (NotAllowed, NotFound)
_REHEARSAL = (BadSdp, NoCommonCodec, MediaUnavailable)


@operations.post("/api/visit/codes", *_LINK, CodesNotSent, TooManyAttempts, MessageNotSent)
async def send_code(invited: Invited, body: schemas.CodeWanted) -> schemas.CodeSent:
    """Send a one-time code to the guest's phone; the one before is void."""
    sent = await identifying.send_code(invited.services, invited.guest, views.phone(body))
    return schemas.CodeSent(expires_at=sent.expires_at, shown=sent.shown)


@operations.put("/api/visit/identity", *_LINK, ConsentMissing, BadRequest)
async def prove_identity(invited: Invited, body: schemas.IdentityProof) -> schemas.IdentityView:
    """By a photo of the identity card beside the face, or in the call."""
    if body.evidence_id is None:
        known = await identifying.identify_in_call(invited.services, invited.guest)
    else:
        known = await identifying.identify_by_photo(invited.services, invited.guest, body.evidence_id)
    return schemas.IdentityView.model_validate(views.identity(known))


@operations.put("/api/visit/readiness", *_LINK, ConsentMissing)
async def report_readiness(invited: Invited, body: schemas.ReadinessReport) -> None:
    """What the guest's page has found out about its phone."""
    await readiness.report(invited.services, invited.guest, views.checks(body))


@operations.get("/api/visit/ice-servers", *_LINK, ConsentMissing)
async def show_ice_servers(invited: Invited) -> IceServers:
    """The ways through the network that the call would have, too."""
    participant_id = await readiness.may_rehearse(invited.services, invited.guest)
    return IceServers(ice_servers=invited.request.app[ROOMS].ice_servers(participant_id))


@operations.post("/api/visit/rehearsal", *_LINK, ConsentMissing, *_REHEARSAL, RehearsalsBusy)
async def begin_rehearsal(invited: Invited, body: SessionDescription) -> SessionDescription:
    """Try the connection: an offer that sends camera and microphone. Nothing is recorded; over after 20 s."""
    participant_id = await readiness.may_rehearse(invited.services, invited.guest)
    return SessionDescription(sdp=await invited.request.app[REHEARSALS].send(participant_id, body.sdp))


@operations.post("/api/visit/rehearsal/back", *_LINK, ConsentMissing, *_REHEARSAL, NotFound)
async def receive_rehearsal(invited: Invited, body: SessionDescription) -> SessionDescription:
    """Try the way back: an offer that receives what was sent."""
    participant_id = await readiness.may_rehearse(invited.services, invited.guest)
    return SessionDescription(sdp=await invited.request.app[REHEARSALS].receive(participant_id, body.sdp))


@operations.delete("/api/visit/rehearsal", *_LINK, ConsentMissing)
async def end_rehearsal(invited: Invited) -> None:
    """Enough is known."""
    await invited.request.app[REHEARSALS].end(await readiness.may_rehearse(invited.services, invited.guest))


@operations.get("/api/visit/waiting", *_LINK, ConsentMissing)
async def show_wait(invited: Invited) -> schemas.WaitView:
    """How long the guest has to wait at the door."""
    return views.wait(await arrivals.show_wait(invited.services, invited.guest))


@operations.put("/api/visit/refusal", *_LINK)
async def refuse(invited: Invited, body: schemas.ReasonGiven) -> None:
    """The guest will not be inspected by video."""
    await declining.decline(invited.services, invited.guest, DeclineKind.REFUSAL, body.reason)


@operations.put("/api/visit/recusal", *_LINK)
async def ask_for_another_officer(invited: Invited, body: schemas.ReasonGiven) -> None:
    """The guest asks for another officer."""
    await declining.decline(invited.services, invited.guest, DeclineKind.RECUSAL, body.reason)


@operations.delete("/api/visit/recusal", *_LINK)
async def keep_officer(invited: Invited) -> None:
    """The guest goes on with this officer after all."""
    await declining.take_back(invited.services, invited.guest, DeclineKind.RECUSAL)


@operations.get("/api/inspections/{inspection_id}/arrivals", *_OFFICE)
async def show_arrivals(staff: Staff, inspection_id: str) -> schemas.Arrivals:
    """All guests of an inspection, who waits longest first, and what anybody with a link will not."""
    return views.arrivals(await arrivals.show_arrivals(staff.services, staff.actor, inspection_id))


@operations.put(
    "/api/inspections/{inspection_id}/participants/{participant_id}/admission", *_OFFICE, InspectionEnded, RoomFull
)
async def admit(staff: Staff, inspection_id: str, participant_id: str) -> None:
    """Let a guest in who waits at the door; the same again changes nothing."""
    await admitting.admit(staff.services, staff.actor, inspection_id, participant_id)


@operations.put("/api/inspections/{inspection_id}/appointment", *_OFFICE, InspectionEnded, AppointmentHeld)
async def appoint(staff: Staff, inspection_id: str, body: schemas.AppointmentPlan) -> other_schemas.InspectionDetail:
    """Agree on when the call is to be."""
    plan = Plan(body.starts_at, body.planned_minutes)
    return other_views.inspection_detail(await appointing.appoint(staff.services, staff.actor, inspection_id, plan))


@operations.put("/api/inspections/{inspection_id}/officer", *_OFFICE, InspectionEnded)
async def take_over(staff: Staff, inspection_id: str) -> other_schemas.InspectionDetail:
    """Lead the inspection in a colleague's place."""
    return other_views.inspection_detail(await declining.take_over(staff.services, staff.actor, inspection_id))
