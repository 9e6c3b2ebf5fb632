"""How the server is."""

from __future__ import annotations

from inspect_server.api.schemas.base import Body


class Health(Body):
    status: str
    media_workers: int
    media_workers_up: int
    version: str
