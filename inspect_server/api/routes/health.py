"""Whether the server is well, for load balancers and containers."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from inspect_server import __version__
from inspect_server.api import schemas
from inspect_server.api.callers import Anybody
from inspect_server.api.operations import Operations
from inspect_server.domain.errors import StorageUnavailable
from inspect_server.services.health import check_database

MEDIA_AVAILABLE: web.AppKey[Callable[[], bool]] = web.AppKey("media_available")
operations = Operations()


@operations.get("/api/health", StorageUnavailable)
async def show_health(anybody: Anybody) -> schemas.Health:
    """``ok``, or ``degraded`` while no media worker takes calls; 503 while the database does not answer."""
    await check_database(anybody.services)
    media_worker = anybody.request.app[MEDIA_AVAILABLE]()
    return schemas.Health(status="ok" if media_worker else "degraded", media_worker=media_worker, version=__version__)
