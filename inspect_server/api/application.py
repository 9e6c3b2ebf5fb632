"""Puts the HTTP side together: routes, pages, signalling, errors and headers, on services that are handed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from inspect_server.api.callers import SERVICES
from inspect_server.api.headers import OBJECT_ORIGIN, add_headers
from inspect_server.api.machines.cross_origin import allow_other_origins
from inspect_server.api.machines.visits import Visits
from inspect_server.api.openapi import document
from inspect_server.api.operations import MAX_BODY_BYTES
from inspect_server.api.pages import Pages
from inspect_server.api.problems import problems_middleware
from inspect_server.api.rehearsals import Rehearsals
from inspect_server.api.routes import OPERATIONS
from inspect_server.api.routes.arrivals import REHEARSALS
from inspect_server.api.routes.evidence import DARKROOM
from inspect_server.api.routes.health import MEDIA_WORKERS
from inspect_server.api.routes.machines import VISITS
from inspect_server.api.signalling.rooms import Rooms
from inspect_server.api.signalling.socket import ROOMS, signalling
from inspect_server.api.uploads import DESK, UploadDesk
from inspect_server.domain.errors import InspectError
from inspect_server.media.client import WorkersUp
from inspect_server.media.darkroom.darkroom import Darkroom
from inspect_server.services.context import ServiceContext


def make_application(
    context: ServiceContext,
    rooms: Rooms,
    darkroom: Darkroom,
    *,
    web_dir: Path,
    uploads_dir: Path,
    media_workers: Callable[[], WorkersUp],
) -> web.Application:
    """The whole HTTP side.

    Args:
        context: what services work with; its announcements reach ``rooms``.
        rooms: the live calls.
        darkroom: copies of pictures.
        web_dir: the built pages.
        uploads_dir: where files arrive.
        media_workers: how many media workers take calls at the moment.
    """
    application = web.Application(middlewares=[problems_middleware], client_max_size=MAX_BODY_BYTES)
    application[SERVICES] = context
    application[ROOMS] = rooms
    application[DARKROOM] = darkroom
    application[DESK] = UploadDesk(uploads_dir)
    application[MEDIA_WORKERS] = media_workers
    application.on_startup.append(_find_object_origin)
    application.on_response_prepare.append(add_headers)
    application.on_response_prepare.append(allow_other_origins)
    application[VISITS] = visits = Visits(rooms)
    application.cleanup_ctx.append(visits.looking_after)
    application[REHEARSALS] = rehearsals = Rehearsals(rooms.media)
    application.cleanup_ctx.append(rehearsals.looking_after)
    for operation in OPERATIONS:
        application.router.add_route(operation.method, operation.path, operation.respond)
    description = document(OPERATIONS)

    async def openapi(_: web.Request) -> web.Response:
        return web.json_response(description)

    application.router.add_get("/api/openapi.json", openapi)
    application.router.add_get("/api/signalling", signalling)
    # What begins like the API but is none of it has no resource at all: 404, whatever the method.
    application.router.add_get(r"/{path:(?!api(?:/|$)).*}", Pages(web_dir).respond)
    return application


async def _find_object_origin(application: web.Application) -> None:
    """The pages may load footage from where the object store's URLs point to; a folder has no such place."""
    try:
        url = await application[SERVICES].objects.download_url("footage/origin", expires_s=1)
    except InspectError:
        url = None
    parts = urlsplit(url or "")
    application[OBJECT_ORIGIN] = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
