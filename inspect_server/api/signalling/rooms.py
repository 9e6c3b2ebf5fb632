"""All live rooms of this process. Made once by ``app``.

Runs on the server's event loop. Takes the media worker's events and the services' announcements, and keeps each room up
to date. Owns one task (``run``), which tells every room's people twice a second at most how the recording goes, and
forgets rooms that nobody is in. Announcements that need the worker are handled in tasks of the same group.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from inspect_server.api.signalling.messages import FootageAlarm, IceServer
from inspect_server.api.signalling.room import Room, RoomServices
from inspect_server.domain.errors import InspectionEnded as EndedAlready
from inspect_server.domain.errors import StorageUnavailable
from inspect_server.media import messages
from inspect_server.media.client import MediaClient
from inspect_server.services import keeping_footage
from inspect_server.services.announcements import Announcement, InspectionEnded, SeatRevoked
from inspect_server.services.context import ServiceContext

logger = logging.getLogger(__name__)

RESTARTING: Final = 1012
TELL_FOOTAGE_INTERVAL_S: Final = 2.0
MAX_ANNOUNCEMENTS: Final = 1000
# Late comers to a room that was just ended must not open it again.
REMEMBER_ENDED: Final = 10_000
_ALARMS: Final = {alarm.value: alarm for alarm in FootageAlarm}


class Rooms:
    """See the module's text.

    Args:
        context: the process's services.
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
        self.context = context
        self.ice_servers = ice_servers
        self._worker_alarms: set[FootageAlarm] = set()
        self._services = RoomServices(context, media, server_started_at, max_participants, self._worker_alarms)
        self._rooms: dict[str, Room] = {}
        self._ended: dict[str, None] = {}
        self._announced: asyncio.Queue[Announcement] = asyncio.Queue(MAX_ANNOUNCEMENTS)

    def room(self, inspection_id: str) -> Room:
        """The room of an inspection, opened if need be.

        Raises:
            InspectionEnded: it was ended a moment ago.
        """
        if inspection_id in self._ended:
            raise EndedAlready
        if inspection_id not in self._rooms:
            self._rooms[inspection_id] = Room(inspection_id, self._services)
        return self._rooms[inspection_id]

    def announce(self, announcement: Announcement) -> None:
        """Called by services after their transaction; handled by ``run``. Beyond the bound the newest are refused."""
        if isinstance(announcement, InspectionEnded):
            self._ended[announcement.inspection_id] = None
            if len(self._ended) > REMEMBER_ENDED:
                del self._ended[next(iter(self._ended))]
        try:
            self._announced.put_nowait(announcement)
        except asyncio.QueueFull:
            logger.exception("too many announcements; %s is dropped", announcement)

    def uploads_pending(self, inspection_id: str) -> bool:
        """Whether closed footage of this inspection still waits in the spool."""
        room = self._rooms.get(inspection_id)
        return room is not None and room.recording.pending_segments > 0

    def track_uploads_pending(self, inspection_id: str, track_id: str) -> bool:
        """Whether closed footage of this track still waits in the spool."""
        room = self._rooms.get(inspection_id)
        progress = room.recording.progress.get(track_id) if room is not None else None
        return progress is not None and progress.pending_segments > 0

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._obey_announcements(), name="rooms-announcements")
            tasks.create_task(self._tell_footage(), name="rooms-footage")

    async def _obey_announcements(self) -> None:
        while True:
            announcement = await self._announced.get()
            room = self._rooms.get(announcement.inspection_id)
            if room is None:
                continue
            try:
                if isinstance(announcement, SeatRevoked):
                    await room.put_out(announcement.participant_id)
                else:
                    await room.end()
            except Exception:
                logger.exception("%s could not be carried out in its room", announcement)

    async def _tell_footage(self) -> None:
        while True:
            await asyncio.sleep(TELL_FOOTAGE_INTERVAL_S)
            await self._count_gaps()
            for room in self._rooms.values():
                room.tell_footage()
            done = [i for i, r in self._rooms.items() if i in self._ended and r.empty and not self.uploads_pending(i)]
            for inspection_id in done:
                del self._rooms[inspection_id]

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
                if (room := self._rooms.get(event.room_id)) is not None:
                    room.on_news(event)
            case messages.WatchRevised():
                for room in self._rooms.values():
                    room.on_revised(event)
            case messages.FootageProgress():
                if (room := self._rooms.get(event.inspection_id)) is not None:
                    room.recording.progress[event.track_id] = event
            case messages.Alarm():
                self._on_alarm(event)

    def _on_alarm(self, event: messages.Alarm) -> None:
        alarm = _ALARMS.get(event.code)
        if alarm is None:
            logger.error("the media worker raised %s: %s", event.code, event.detail)
            return
        room = self._rooms.get(event.inspection_id) if event.inspection_id else None
        if room is None and event.inspection_id:
            return  # nobody is there who could be told
        alarms = room.recording.alarms if room is not None else self._worker_alarms
        if event.active:
            alarms.add(alarm)
        else:
            alarms.discard(alarm)
        for told in [room] if room is not None else self._rooms.values():
            told.tell_footage()

    def close_windows(self) -> None:
        """The server is about to end or restart: every page is told to come back."""
        for room in self._rooms.values():
            room.close_windows(RESTARTING)

    def on_rooms_lost(self, inspection_ids: frozenset[str]) -> None:
        """The media worker of these rooms died; others take them, or its successor."""
        for inspection_id in inspection_ids:
            if (room := self._rooms.get(inspection_id)) is not None:
                room.on_worker_lost()
