"""Trying the connection before the call: a short stay in a room of one's own, where what arrives is sent back.

Runs on the server's event loop. Made once by ``make_application``. Owns one task for each rehearsal, which closes its
room after ``LASTS_S``; at most ``MAX_AT_ONCE`` at a time, and one for each guest. All end with the application.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from inspect_server.domain.errors import InspectError, MediaUnavailable, NotFound, RehearsalsBusy
from inspect_server.media import messages as to_worker
from inspect_server.media.client import MediaClient, new_request_id

logger = logging.getLogger(__name__)

# Five seconds are measured; the rest is for connecting on a slow network.
LASTS_S: Final = 20.0
MAX_AT_ONCE: Final = 8


class Rehearsals:
    """See the module's text."""

    def __init__(self, media: MediaClient, *, lasts_s: float = LASTS_S) -> None:
        self._media = media
        self._lasts_s = lasts_s
        self._rooms: dict[str, tuple[str, asyncio.Task[None]]] = {}

    async def send(self, participant_id: str, offer_sdp: str) -> str:
        """Begin anew: take this guest's picture and sound; returns the answer.

        Raises:
            RehearsalsBusy: too many try at the moment.
            BadSdp, NoCommonCodec, MediaUnavailable: as they say.
        """
        await self.end(participant_id)
        if len(self._rooms) >= MAX_AT_ONCE:
            raise RehearsalsBusy(retry_after_s=round(self._lasts_s))
        room_id = f"rehearsal/{participant_id}/{new_request_id()}"
        self._rooms[participant_id] = (room_id, asyncio.create_task(self._end_later(participant_id, room_id)))
        try:
            reply = await self._media.request(
                to_worker.Rehearse(
                    request_id=new_request_id(),
                    room_id=room_id,
                    participant_id=participant_id,
                    connection_id=f"{room_id}/send",
                    offer_sdp=offer_sdp,
                )
            )
        except BaseException:
            await self.end(participant_id)
            raise
        return reply.answer_sdp if isinstance(reply, to_worker.Published) else ""

    async def receive(self, participant_id: str, offer_sdp: str) -> str:
        """Send back what arrives; returns the answer.

        Raises:
            NotFound: nothing is being tried.
            BadSdp, NoCommonCodec, MediaUnavailable: as they say.
        """
        if participant_id not in self._rooms:
            raise NotFound
        room_id, _ = self._rooms[participant_id]
        reply = await self._media.request(
            to_worker.View(
                request_id=new_request_id(),
                room_id=room_id,
                participant_id=f"{participant_id}/back",
                connection_id=f"{room_id}/back",
                offer_sdp=offer_sdp,
            )
        )
        return reply.answer_sdp if isinstance(reply, to_worker.Viewed) else ""

    async def end(self, participant_id: str) -> None:
        """It is over; one that is over already stays so."""
        if participant_id not in self._rooms:
            return
        room_id, task = self._rooms.pop(participant_id)
        if task is not asyncio.current_task():
            task.cancel()
        try:
            await self._media.request(to_worker.CloseRoom(request_id=new_request_id(), room_id=room_id))
        except MediaUnavailable:
            logger.info("a rehearsal ended with its media worker")

    async def looking_after(self, _: web.Application) -> AsyncIterator[None]:
        """For the application's ``cleanup_ctx``: none outlives it."""
        yield
        tasks = [task for _, task in self._rooms.values()]
        self._rooms.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _end_later(self, participant_id: str, room_id: str) -> None:
        await asyncio.sleep(self._lasts_s)
        try:
            await self.end(participant_id)
        except InspectError:
            logger.exception("the rehearsal %s could not be ended", room_id)
