"""Looks for what dead workers left in the spool, now and later, and hands it to delivery.

Runs on the worker's event loop as one task; the work itself is in threads. Whatever a folder holds, the others are
recovered and calls go on. Raises ``spool_damaged`` while anything lies there that a person has to look at.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from inspect_server.media.footage.delivery import Delivery, Event
from inspect_server.media.footage.facts import Alarm
from inspect_server.media.footage.recovery import RecoveredEpoch, adopt_abandoned, recover_epoch
from inspect_server.media.footage.spool import Spool

logger = logging.getLogger(__name__)

LOOK_AROUND_S = 10.0
"""Until other workers' folders are looked at again, and what the disk did not let recover is tried again."""


class Recovering:
    """See the module's text. ``leftovers``: epochs that an earlier worker left in this one's own folder."""

    def __init__(self, spool: Spool, leftovers: list[Path], delivery: Delivery, emit: Callable[[Event], None]) -> None:
        self._spool = spool
        self._waiting = leftovers
        self._refused: set[Path] = set()
        self._left_alone: list[Path] = []
        self._delivery = delivery
        self._emit = emit
        self._damaged = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                self._waiting += await asyncio.to_thread(adopt_abandoned, self._spool)
            except OSError as error:
                logger.error("the spool cannot be searched for what others left: %s", error)  # noqa: TRY400 - the disk's fault
            self._waiting = [folder for folder in self._waiting if not await self._recovered(folder)]
            await self._look_for_damage()
            await asyncio.sleep(LOOK_AROUND_S)

    async def _recovered(self, folder: Path) -> bool:
        """Bring a folder into order and deliver it; False when it is worth another try."""
        try:
            epoch = await asyncio.to_thread(recover_epoch, self._spool, folder)
        except OSError as error:
            if folder not in self._refused:
                self._refused.add(folder)
                logger.error("%s: not recovered yet: %s", folder, error)  # noqa: TRY400 - the disk's fault, not ours
                self._raise_damaged(f"{folder.name}: {error.strerror}")
            return False
        except Exception:
            logger.exception("%s: not recovered, left for a person to look at", folder)
            self._left_alone.append(folder)
            self._raise_damaged(f"{folder.name}: internal error")
            return True
        self._refused.discard(folder)
        if epoch.damaged:
            self._raise_damaged(f"{folder.name}: {', '.join(epoch.damaged)}")
        self._deliver(epoch)
        return True

    def _deliver(self, epoch: RecoveredEpoch) -> None:
        if epoch.identity is None:
            return
        for segment, path in epoch.segments:
            self._delivery.add(segment, path)
        for gap, path in epoch.gaps:
            self._delivery.add(gap, path)
        self._delivery.end_epoch(epoch.identity, epoch.folder)

    def _raise_damaged(self, detail: str) -> None:
        self._damaged = True
        self._emit(Alarm(code="spool_damaged", active=True, detail=detail))

    async def _look_for_damage(self) -> None:
        """The alarm outlives the worker that put something into the quarantine: who starts later raises it, too."""
        quarantined = await asyncio.to_thread(self._spool.quarantined)
        if quarantined or self._refused or self._left_alone or self._delivery.stuck_parcels:
            if not self._damaged:
                self._raise_damaged(f"{quarantined} in the quarantine")
        elif self._damaged:
            self._damaged = False
            self._emit(Alarm(code="spool_damaged", active=False))
