"""Notices appointments that nobody came to.

Runs on the server's event loop as one task. A round that fails is made up for by the next one.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from inspect_server.domain.errors import InspectError
from inspect_server.services.appointing import note_missed
from inspect_server.services.context import ServiceContext

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 15.0


async def watch_appointments(context: ServiceContext) -> None:
    """A round now and every quarter of a minute, until cancelled."""
    while True:
        try:
            await note_missed(context)
        except InspectError as error:
            logger.warning("missed appointments are noted later: %s", error)
        except Exception:
            # The root of one round: the calls beside it and the next round go on.
            logger.exception("missed appointments could not be noted")
        await asyncio.sleep(INTERVAL_S)
