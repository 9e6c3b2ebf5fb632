"""WHIP (RFC 9725) for cameras, WHEP (draft-ietf-wish-whep) for video walls, and the accesses that let them in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aiohttp import web
from multidict import CIMultiDict
from pydantic import StringConstraints

from inspect_server.api import schemas
from inspect_server.api.callers import Anybody, Machine, Staff
from inspect_server.api.machines import sdp_fragment
from inspect_server.api.machines.visit import CONNECTION, Visit
from inspect_server.api.machines.visits import Visits
from inspect_server.api.operations import Operations
from inspect_server.api.signalling.connecting import add_candidate
from inspect_server.api.signalling.messages.base import SourceName
from inspect_server.api.signalling.messages.stay import IceServer
from inspect_server.domain.errors import (
    AccessInvalid,
    BadSdp,
    IceRestartRefused,
    InspectionEnded,
    MediaUnavailable,
    NoCommonCodec,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    RoomFull,
    SpoolFull,
    UnsupportedContent,
)
from inspect_server.services import machines

VISITS = web.AppKey("visits", Visits)
SDP = "application/sdp"
operations = Operations()

_REFUSED = (AccessInvalid, NotAllowed, NotFound, InspectionEnded, RoomFull, UnsupportedContent, BadSdp, NoCommonCodec)
_IN_SESSION = (AccessInvalid, NotFound)


class WallQuery(schemas.Body):
    """``participant``: whose picture; without it the site's, else that of its first camera. ``source``: of which of
    their cameras, if they have several.
    """

    participant: Annotated[str, StringConstraints(max_length=64)] | None = None
    source: SourceName | None = None


@operations.post("/api/inspections/{inspection_id}/accesses", NotAllowed, NotFound, InspectionEnded, status=201)
async def give_access(staff: Staff, inspection_id: str, body: schemas.NewAccess) -> schemas.AccessGiven:
    """Let a camera (``device``) or a video wall (``screen``) into the call; taken back like an invitation."""
    given = await machines.give_access(
        staff.services,
        staff.actor,
        inspection_id,
        body.role,
        name=body.name,
        valid_for=timedelta(minutes=body.valid_minutes) if body.valid_minutes else None,
    )
    return schemas.AccessGiven(
        id=given.invitation.id,
        role=given.invitation.role,
        name=given.name,
        url=given.url,
        token=given.token,
        expires_at=given.invitation.expires_at,
    )


@operations.post(
    "/api/whip/{inspection_id}", *_REFUSED, MediaUnavailable, SpoolFull, status=201, takes=SDP, media_type=SDP
)
async def start_camera(machine: Machine, inspection_id: str, body: str) -> web.Response:
    """WHIP: publish into the call; the offer in, the answer out."""
    visits = machine.request.app[VISITS]
    visit, answer = await visits.publish(machine.token, inspection_id, body, address=machine.address)
    return _created(machine, visit, answer)


@operations.post("/api/whep/{inspection_id}", *_REFUSED, MediaUnavailable, status=201, takes=SDP, media_type=SDP)
async def start_wall(machine: Machine, inspection_id: str, query: WallQuery, body: str) -> web.Response:
    """WHEP: watch one participant of the call. The picture begins when there is one."""
    visits = machine.request.app[VISITS]
    visit, answer = await visits.view(
        machine.token, inspection_id, body, wanted=(query.participant, query.source), address=machine.address
    )
    return _created(machine, visit, answer)


@operations.patch(
    "/api/whip/{inspection_id}/{visit_id}",
    *_IN_SESSION,
    PreconditionFailed,
    UnsupportedContent,
    IceRestartRefused,
    takes=sdp_fragment.MEDIA_TYPE,
)
async def trickle_camera(machine: Machine, inspection_id: str, visit_id: str, body: str) -> None:
    """WHIP: further ICE candidates of the camera."""
    await _trickle(machine, inspection_id, visit_id, body)


@operations.patch(
    "/api/whep/{inspection_id}/{visit_id}",
    *_IN_SESSION,
    PreconditionFailed,
    UnsupportedContent,
    IceRestartRefused,
    takes=sdp_fragment.MEDIA_TYPE,
)
async def trickle_wall(machine: Machine, inspection_id: str, visit_id: str, body: str) -> None:
    """WHEP: further ICE candidates of the wall."""
    await _trickle(machine, inspection_id, visit_id, body)


@operations.delete("/api/whip/{inspection_id}/{visit_id}", *_IN_SESSION)
async def stop_camera(machine: Machine, inspection_id: str, visit_id: str) -> None:
    """WHIP: the camera leaves."""
    await _stop(machine, inspection_id, visit_id)


@operations.delete("/api/whep/{inspection_id}/{visit_id}", *_IN_SESSION)
async def stop_wall(machine: Machine, inspection_id: str, visit_id: str) -> None:
    """WHEP: the wall leaves."""
    await _stop(machine, inspection_id, visit_id)


@operations.options("/api/whip/{inspection_id}")
async def describe_whip(anybody: Anybody, inspection_id: str) -> web.Response:
    """WHIP: what may be posted here."""
    del anybody, inspection_id
    return web.Response(headers={"Accept-Post": SDP})


@operations.options("/api/whep/{inspection_id}")
async def describe_whep(anybody: Anybody, inspection_id: str) -> web.Response:
    """WHEP: what may be posted here."""
    del anybody, inspection_id
    return web.Response(headers={"Accept-Post": SDP})


@operations.options("/api/whip/{inspection_id}/{visit_id}")
async def describe_camera(anybody: Anybody, inspection_id: str, visit_id: str) -> web.Response:
    """WHIP: what a running session takes."""
    del anybody, inspection_id, visit_id
    return web.Response(headers={"Accept-Patch": sdp_fragment.MEDIA_TYPE})


@operations.options("/api/whep/{inspection_id}/{visit_id}")
async def describe_wall(anybody: Anybody, inspection_id: str, visit_id: str) -> web.Response:
    """WHEP: what a running session takes."""
    del anybody, inspection_id, visit_id
    return web.Response(headers={"Accept-Patch": sdp_fragment.MEDIA_TYPE})


def _created(machine: Machine, visit: Visit, answer: str) -> web.Response:
    headers = CIMultiDict(
        {
            "Location": f"{machine.request.path.rstrip('/')}/{visit.id}",
            "ETag": visit.etag,
            "Accept-Patch": sdp_fragment.MEDIA_TYPE,
        }
    )
    for server in machine.request.app[VISITS].ice_servers(visit):
        for url in server.urls:
            headers.add("Link", _link(url, server))
    return web.Response(status=201, text=answer, content_type=SDP, headers=headers)


def _link(url: str, server: IceServer) -> str:
    """RFC 9725, 4.6."""
    if not server.username:
        return f'<{url}>; rel="ice-server"'
    return (
        f'<{url}>; rel="ice-server"; username="{server.username}"; credential="{server.credential}"; '
        'credential-type="password"'
    )


async def _trickle(machine: Machine, inspection_id: str, visit_id: str, body: str) -> None:
    visit = machine.request.app[VISITS].visit(machine.token, inspection_id, visit_id)
    if visit.connection_lost:
        raise NotFound
    if_match = machine.request.headers.get("If-Match", visit.etag).strip()
    fragment = sdp_fragment.parse(body)
    if if_match == "*" or fragment.ice_ufrag not in {"", visit.ice_ufrag}:
        raise IceRestartRefused("ICE is not restarted here: send a new offer by POST, it takes over without a gap.")
    if visit.etag not in {tag.strip() for tag in if_match.split(",")}:
        raise PreconditionFailed("The session is not in the state that If-Match names.")
    for candidate in fragment.candidates:
        await add_candidate(visit.room, visit.seat, visit.window, CONNECTION, candidate)


async def _stop(machine: Machine, inspection_id: str, visit_id: str) -> None:
    visits = machine.request.app[VISITS]
    await visits.end(visits.visit(machine.token, inspection_id, visit_id))
