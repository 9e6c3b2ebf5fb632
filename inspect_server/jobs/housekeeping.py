"""Deletes what nobody needs any more: expired sign-ins, unused tickets and codes, old counters of failed attempts.

Runs on the server's event loop as one task. A round that fails is made up for by the next one.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from inspect_server.domain.errors import InspectError
from inspect_server.services.calling import forget_old_tickets
from inspect_server.services.context import ServiceContext
from inspect_server.services.identifying import forget_old_codes
from inspect_server.services.signing_in import forget_old_sign_ins

logger = logging.getLogger(__name__)

INTERVAL_S: Final = 600.0


async def keep_house(context: ServiceContext) -> None:
    """A round now and every ten minutes, until cancelled."""
    while True:
        try:
            await forget_old_sign_ins(context)
            await forget_old_tickets(context)
            await forget_old_codes(context)
        except InspectError as error:
            logger.warning("housekeeping is put off: %s", error)
        except Exception:
            # The root of one round: the calls beside it and the next round go on.
            logger.exception("a round of housekeeping failed")
        await asyncio.sleep(INTERVAL_S)
