"""What the server says of itself while it runs, asked over plain HTTP on this machine."""

from __future__ import annotations

from typing import Final

import aiohttp

from inspect_server.cli.reach import local_address
from inspect_server.media.client import WorkersUp
from inspect_server.settings import Settings

ANSWER_S: Final = 3.0


async def media_workers_up(settings: Settings) -> WorkersUp | None:
    """How many media workers take calls at the moment; None if no server of these settings answers."""
    address = local_address(settings, settings.http_port) + "/api/health"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as client,
            client.get(address) as answer,
        ):
            health = await answer.json()
            return WorkersUp(configured=int(health["media_workers"]), up=int(health["media_workers_up"]))
    except (TimeoutError, aiohttp.ClientError, ValueError, KeyError, TypeError):
        return None
