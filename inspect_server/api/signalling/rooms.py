"""All live rooms of this process. Made once by ``app``.

Runs on the server's event loop. Takes the media worker's events and the services' announcements, and keeps each room up
to date. Owns a group of tasks (``run``): one tells every room's people every two seconds how the recording goes, and
forgets rooms that nobody is in; and one for each room carries out, in order, what was announced there (``Line``). No
room waits for another, and nothing that happens in one of these tasks ends another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from inspect_server.api.schemas.checklist import FocusedPoint
from inspect_server.api.signalling import door, families
from inspect_server.api.signalling.families.connections import worker_lost
from inspect_server.api.signalling.families.footage import tell_footage
from inspect_server.api.signalling.line import News
from inspect_server.api.signalling.messages.footage import FootageAlarm
from inspect_server.api.signalling.messages.stay import IceServer
from inspect_server.api.signalling.room import Room, RoomServices
from inspect_server.domain.errors import InspectionEnded as EndedAlready
from inspect_server.domain.errors import StorageUnavailable
from inspect_server.media import messages
from inspect_server.media.client import MediaClient
from inspect_server.services import keeping_footage
from inspect_server.services.announcements import Announcement, InspectionEnded, ParticipantAdmitted
from inspect_server.services.context import ServiceContext

logger = logging.getLogger(__name__)

RESTARTING: Final = 1012
TELL_FOOTAGE_INTERVAL_S: Final = 2.0
# Late comers to a room that was just ended must not open it again.
REMEMBER_ENDED: Final = 10_000


class Rooms:
    """See the module's text.

    Args:
        context: the process's services; what they announce when they are called from here reaches the rooms.
        media: the media workers.
        ice_servers: for a participant's id, the TURN servers with fresh credentials.
        server_started_at: UTC start of this process.
        max_participants: in one room.
    """

    def __init__(
        self,
        context: ServiceContext,
        media: MediaClient,
        *,
        ice_servers: Callable[[str], list[IceServer]],
        server_started_at: datetime,
        max_participants: int,
    ) -> None:
        self.context = replace(context, announce=self.announce)
        self.media = media
        self.ice_servers = ice_servers
        self._worker_alarms: set[FootageAlarm] = set()
        self._services = RoomServices(
            self.context, media, server_started_at, max_participants, self._worker_alarms, ice_servers
        )
        self._rooms: dict[str, Room] = {}
        self._ended: dict[str, None] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._carrying_out: dict[str, asyncio.Task[None]] = {}

    def room(self, inspection_id: str) -> Room:
        """The room of an inspection, opened if need be.

        Raises:
            InspectionEnded: it was ended a moment ago.
        """
        if inspection_id in self._ended:
            raise EndedAlready
        if inspection_id not in self._rooms:
            self._rooms[inspection_id] = Room(inspection_id, self._services)
            self._begin_carrying_out(inspection_id)
        return self._rooms[inspection_id]

    def announce(self, announcement: Announcement) -> None:
        """Called by services after their transaction; carried out by the room's task."""
        if isinstance(announcement, InspectionEnded):
            self._ended[announcement.inspection_id] = None
            if len(self._ended) > REMEMBER_ENDED:
                del self._ended[next(iter(self._ended))]
        self._put_in_line(announcement.inspection_id, announcement)

    def _put_in_line(self, inspection_id: str, news: News) -> None:
        if (room := self._rooms.get(inspection_id)) is not None:
            room.line.put(news)

    def uploads_pending(self, inspection_id: str) -> bool:
        """Whether closed footage of this inspection still waits in the spool."""
        room = self._rooms.get(inspection_id)
        return room is not None and room.recording.pending_segments > 0

    def track_uploads_pending(self, inspection_id: str, track_id: str) -> bool:
        """Whether closed footage of this track still waits in the spool."""
        room = self._rooms.get(inspection_id)
        progress = room.recording.progress.get(track_id) if room is not None else None
        return progress is not None and progress.pending_segments > 0

    def focused(self, inspection_id: str) -> list[FocusedPoint]:
        """Which points the inspectors in this room are at, the one who moved last first; none if nobody is there."""
        room = self._rooms.get(inspection_id)
        return list(reversed(room.focused.values())) if room is not None else []

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                for inspection_id in self._rooms:
                    self._begin_carrying_out(inspection_id)
                self._tasks.create_task(self._tell_footage_forever(), name="rooms-footage")
        finally:
            self._tasks = None

    def _begin_carrying_out(self, inspection_id: str) -> None:
        if self._tasks is None:
            return  # ``run`` does it for the rooms that were opened before
        room = self._rooms[inspection_id]

        async def carry_out(news: News) -> None:
            if isinstance(news, ParticipantAdmitted):
                door.let_in(room, news)
            else:
                await families.obey(room, news)

        name = f"room-{inspection_id}"
        self._carrying_out[inspection_id] = self._tasks.create_task(room.line.run(carry_out), name=name)

    async def _tell_footage_forever(self) -> None:
        while True:
            await asyncio.sleep(TELL_FOOTAGE_INTERVAL_S)
            try:
                await self._tell_footage()
            except Exception:
                # The root of one round: the calls go on, and so do the next rounds.
                logger.exception("rooms could not be told how the recording goes")

    async def _tell_footage(self) -> None:
        await self._count_gaps()
        for room in self._rooms.values():
            tell_footage(room)
        for inspection_id in [key for key, room in self._rooms.items() if self._is_over(key, room)]:
            del self._rooms[inspection_id]
            if (task := self._carrying_out.pop(inspection_id, None)) is not None:
                task.cancel()

    def _is_over(self, inspection_id: str, room: Room) -> bool:
        awaited = room.line.is_busy or self.uploads_pending(inspection_id)
        return inspection_id in self._ended and room.empty and not awaited

    async def _count_gaps(self) -> None:
        """Of the rooms whose inspector looks on; while the database is away, the last count stands."""
        watched = {key: room for key, room in self._rooms.items() if room.watched_by_inspector}
        if not watched:
            return
        try:
            counts = await keeping_footage.gap_counts(self.context, watched.keys(), self.track_uploads_pending)
        except StorageUnavailable as error:
            logger.warning("gaps could not be counted: %s", error)
            return
        for inspection_id, room in watched.items():
            room.recording.gap_count = counts[inspection_id]

    def on_media_event(self, event: messages.AnyEvent) -> None:
        """News of the media worker; never blocks."""
        match event:
            case messages.ConnectionChanged() | messages.PublisherQuality() | messages.PictureStepped():
                self._tell_room(event.room_id, event)
            case messages.PictureJudged() | messages.CodesSeen():
                self._put_in_line(event.room_id, event)
            case messages.FootageProgress():
                self._tell_room(event.inspection_id, event)
            case messages.WatchRevised():
                for room in self._rooms.values():
                    families.hear(room, event)
            case messages.Alarm():
                self._on_alarm(event)

    def _tell_room(self, inspection_id: str, news: BaseModel) -> None:
        if (room := self._rooms.get(inspection_id)) is not None:
            families.hear(room, news)

    def _on_alarm(self, event: messages.Alarm) -> None:
        if event.inspection_id:
            self._tell_room(event.inspection_id, event)
            return
        alarm = FootageAlarm(event.code)
        if event.active:
            logger.error("the media worker raised %s: %s", event.code, event.detail)
            self._worker_alarms.add(alarm)
        else:
            self._worker_alarms.discard(alarm)
        for room in self._rooms.values():
            tell_footage(room)

    def close_windows(self) -> None:
        """The server is about to end or restart: every page is told to come back."""
        for room in self._rooms.values():
            room.close_windows(RESTARTING)

    def on_rooms_lost(self, inspection_ids: frozenset[str]) -> None:
        """The media worker of these rooms died; others take them, or its successor."""
        for inspection_id in inspection_ids:
            if (room := self._rooms.get(inspection_id)) is not None:
                worker_lost(room)
