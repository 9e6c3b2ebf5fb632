"""One of the media workers: rooms on one event loop, commanded over one socket.

Runs as a process of its own. Owns the rooms and the tasks of commands under way, at most ``MAX_COMMANDS_UNDER_WAY``
(reading waits beyond that). Ends when the server closes the socket (or dies): rooms are closed, footage stays in the
spool and is uploaded by the next worker. Knows nothing of the other workers.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from dataclasses import replace
from typing import Final, Protocol

from inspect_server.domain.errors import InspectError, NotFound
from inspect_server.domain.footage import GapReason
from inspect_server.media import aiortc_hooks, framing, messages
from inspect_server.media.event_channel import EventChannel, ServerGone
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.publication import OpenRecorder
from inspect_server.media.room import Room, RoomContext
from inspect_server.media.sight.watching import Sight
from inspect_server.media.udp import UdpSockets
from inspect_server.media.unrecorded import open_nothing

logger = logging.getLogger(__name__)

MAX_COMMANDS_UNDER_WAY: Final = 64
LOOK_AFTER_INTERVAL_S: Final = 0.5
QUALITY_EVERY: Final = 4
CLOSE_ROOMS_TIMEOUT_S: Final = 5.0


class Footage(Protocol):
    """The footage side of a worker."""

    @property
    def open_recorder(self) -> OpenRecorder:
        """Begins an epoch of a track."""

    async def run(self) -> None:
        """Deliver and recover until cancelled."""

    async def flush_room(self, inspection_id: str) -> None:
        """Wait until everything handed over for this room is closed in the spool."""

    def acknowledge(self, fact_id: str) -> None:
        """The server has this fact."""


class Worker:
    """See the module's text. ``run`` returns when the server is gone."""

    def __init__(
        self, reader: asyncio.StreamReader, events: EventChannel, addresses: IceAddresses, footage: Footage
    ) -> None:
        self._reader = reader
        self._events = events
        self._footage = footage
        self._rooms: dict[str, Room] = {}
        self._occupied = asyncio.Event()
        self._under_way = asyncio.Semaphore(MAX_COMMANDS_UNDER_WAY)
        self._sockets = UdpSockets(addresses)
        self._context = RoomContext(
            certificate=aiortc_hooks.Certificate.generateCertificate(),
            sockets=self._sockets,
            open_recorder=footage.open_recorder,
            sight=Sight(),
            emit=events.emit,
        )

    async def run(self) -> None:
        """Serve commands until the server is gone; then close every room."""
        self._events.emit(messages.WorkerReady(pid=os.getpid()))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._events.run(), name="worker-events")
                tasks.create_task(self._footage.run(), name="worker-footage")
                tasks.create_task(self._look_after_rooms(), name="worker-liveness")
                tasks.create_task(self._read_commands(tasks), name="worker-commands")
        except* ServerGone:
            logger.info("the server is gone; closing %d rooms", len(self._rooms))
        finally:
            await self._close_rooms()
            self._context.sight.close()
            self._sockets.close()

    async def _look_after_rooms(self) -> None:
        rounds = 0
        while True:
            if not any(room.connection_ids for room in self._rooms.values()):
                # An idle worker does not wake up at all.
                self._occupied.clear()
                await self._occupied.wait()
            await asyncio.sleep(LOOK_AFTER_INTERVAL_S)
            rounds += 1
            for room in self._rooms.values():
                room.look_after(time.monotonic())
                if rounds % QUALITY_EVERY == 0:
                    room.report_quality()

    async def _read_commands(self, tasks: asyncio.TaskGroup) -> None:
        while (body := await framing.read(self._reader)) is not None:
            command = messages.COMMAND.validate_json(body)
            if isinstance(command, messages.Acknowledge):
                self._footage.acknowledge(command.fact_id)
            elif isinstance(command, messages.Command):
                await self._under_way.acquire()
                task = tasks.create_task(self._obey(command))
                task.add_done_callback(lambda _: self._under_way.release())
        raise ServerGone

    async def _obey(self, command: messages.Command) -> None:
        try:
            reply = await self._perform(command)
        except InspectError as error:
            reply = messages.Failed(
                request_id=command.request_id, code=error.code, detail=error.detail, params=error.params
            )
        except Exception:
            logger.exception("command %s failed", type(command).__name__)
            reply = messages.Failed(request_id=command.request_id, code=InspectError.code)
        self._events.emit(reply)

    async def _perform(self, command: messages.Command) -> messages.AnyEvent:
        match command:
            case messages.Publish() | messages.Rehearse():
                return await self._publish(command)
            case messages.Watch():
                return await self._room(command.room_id).watch(command)
            case messages.View():
                return await self._room(command.room_id).view(command)
            case messages.WatchAnswer():
                self._room_of(command.connection_id).answer(command)
            case messages.AddCandidate():
                await self._room_of(command.connection_id).add_candidate(command)
            case messages.CloseConnection():
                for room in list(self._rooms.values()):
                    await room.close_connection(command.connection_id, command.reason)
            case (
                messages.SetMediaState()
                | messages.SetSilenced()
                | messages.SetPicturePreference()
                | messages.ReadCodes()
            ):
                if (found := self._rooms.get(command.room_id)) is not None:
                    found.note(command)
            case messages.CloseRoom():
                if (closing := self._rooms.pop(command.room_id, None)) is not None:
                    await closing.close(GapReason.PUBLISHER_STOPPED)
                await self._footage.flush_room(command.room_id)
        return messages.Done(request_id=command.request_id)

    async def _publish(self, command: messages.Publish | messages.Rehearse) -> messages.Published:
        if isinstance(command, messages.Rehearse):
            return await self._rehearsal(command.room_id).publish(_as_publish(command))
        return await self._room(command.room_id).publish(command)

    def _room(self, room_id: str) -> Room:
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(room_id, self._context)
        self._occupied.set()
        return self._rooms[room_id]

    def _rehearsal(self, room_id: str) -> Room:
        """As ``_room``, for one that is made by this: nothing in it is recorded."""
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(room_id, replace(self._context, open_recorder=open_nothing))
        self._occupied.set()
        return self._rooms[room_id]

    def _room_of(self, connection_id: str) -> Room:
        for room in self._rooms.values():
            if connection_id in room.connection_ids:
                return room
        raise NotFound("no such connection")

    async def _close_rooms(self) -> None:
        rooms, self._rooms = list(self._rooms.values()), {}
        try:
            async with asyncio.timeout(CLOSE_ROOMS_TIMEOUT_S):
                await asyncio.gather(*(room.close(GapReason.RESTART) for room in rooms))
        except TimeoutError:
            logger.warning("not every room closed within %s s; the spool is recovered later", CLOSE_ROOMS_TIMEOUT_S)


def _as_publish(command: messages.Rehearse) -> messages.Publish:
    return messages.Publish(
        request_id=command.request_id,
        room_id=command.room_id,
        participant_id=command.participant_id,
        connection_id=command.connection_id,
        track_id="",
        epoch=0,
        offer_sdp=command.offer_sdp,
    )
