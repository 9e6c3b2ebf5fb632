"""Whether the server is well, for load balancers and containers."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from inspect_server import __version__
from inspect_server.api import schemas
from inspect_server.api.callers import Anybody
from inspect_server.api.operations import Operations
from inspect_server.domain.errors import StorageUnavailable
from inspect_server.media.client import WorkersUp
from inspect_server.services.health import check_database

MEDIA_WORKERS: web.AppKey[Callable[[], WorkersUp]] = web.AppKey("media_workers")
operations = Operations()


@operations.get("/api/health", StorageUnavailable)
async def show_health(anybody: Anybody) -> schemas.Health:
    """``ok``, or ``degraded`` while a media worker is missing; 503 while the database does not answer."""
    await check_database(anybody.services)
    workers = anybody.request.app[MEDIA_WORKERS]()
    return schemas.Health(
        status="ok" if workers.up == workers.configured else "degraded",
        media_workers=workers.configured,
        media_workers_up=workers.up,
        version=__version__,
    )
