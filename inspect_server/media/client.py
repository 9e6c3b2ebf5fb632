"""The server's side of the media seam: all media workers behind the face of one.

    request ──▶ Placement: whose room? ──▶ WorkerClient 0..n-1 ══ socket ══ worker process
    events  ◀── JoinedNews ◀──────────────────┘

Runs on the server's event loop; owns one ``WorkerClient`` for each worker, ended by ``stop``. A worker that dies takes
only its own rooms along: these are told by ``on_rooms_lost``, and go to a living worker with the next connection that
is opened for them, without waiting for the dead one's successor.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from inspect_server.domain.errors import InspectError, MediaUnavailable, NotFound
from inspect_server.media import messages
from inspect_server.media.joined_news import JoinedNews
from inspect_server.media.placement import PlacedConnection, Placement
from inspect_server.media.worker_client import WorkerClient


@dataclass(frozen=True, slots=True)
class WorkersUp:
    """How many media workers there should be, and how many of them take calls."""

    configured: int
    up: int


class MediaClient:
    """See the module's text.

    Args:
        configuration: what every worker needs to know.
        workers: how many; at least one.
        events: called on the event loop for every event that is no reply; must not block.
        on_rooms_lost: called with the ids of the rooms whose worker died, and all their connections with it.
    """

    def __init__(
        self,
        configuration: messages.Configure,
        *,
        workers: int,
        events: Callable[[messages.AnyEvent], None],
        on_rooms_lost: Callable[[frozenset[str]], None],
    ) -> None:
        self._events = events
        self._on_rooms_lost = on_rooms_lost
        self._placement = Placement()
        self._news = JoinedNews()
        # Who sent a fact that is not acknowledged yet; as many as a worker tells at a time.
        self._told_by: dict[str, int] = {}
        self._workers = [
            WorkerClient(configuration, events=partial(self._heard, number), on_lost=partial(self._lost, number))
            for number in range(workers)
        ]

    @property
    def workers_up(self) -> WorkersUp:
        """How the workers are."""
        return WorkersUp(configured=len(self._workers), up=len(self._living()))

    async def start(self) -> None:
        """Start the workers and wait until they are ready.

        Raises:
            ConfigurationError: a worker says why it cannot start (``SpoolNotWritable``).
            MediaUnavailable: not one came up in time; they go on being started in the background.
        """
        results = await asyncio.gather(*(worker.start() for worker in self._workers), return_exceptions=True)
        problems = [result for result in results if isinstance(result, BaseException)]
        for problem in problems:
            if not isinstance(problem, MediaUnavailable) or len(problems) == len(self._workers):
                raise problem

    async def request(self, command: messages.Command) -> messages.Reply:
        """Send a command to the worker that it concerns. ``command.request_id`` must be new (``new_request_id``).

        Raises:
            MediaUnavailable: no worker lives, it died meanwhile, or gave no reply in time.
            NotFound: the connection is not open.
            InspectError: the worker refused; the same class as there.
        """
        match command:
            case messages.OpenConnection():
                return await self._open(command)
            case messages.ConnectionCommand():
                number = self._placement.worker_of_connection(command.connection_id)
                if number is None and not isinstance(command, messages.CloseConnection):
                    raise NotFound("no such connection")
            case messages.RoomCommand():
                number = self._placement.worker_of_room(command.room_id)
            case _:
                raise TypeError(f"{type(command).__name__} concerns neither a room nor a connection")
        if number is None:
            return messages.Done(request_id=command.request_id)
        reply = await self._workers[number].request(command)
        if isinstance(command, messages.CloseRoom):
            self._placement.room_closed(command.room_id)
        return reply

    async def _open(self, command: messages.OpenConnection) -> messages.Reply:
        is_new = not self._placement.knows(command.connection_id)
        publishes = isinstance(command, messages.Publish | messages.Rehearse)
        connection = PlacedConnection(command.room_id, publishes=publishes)
        number = self._placement.open(command.connection_id, connection, self._living())
        if number is None:
            raise MediaUnavailable("no media worker is ready")
        try:
            return await self._workers[number].request(command)
        except (InspectError, asyncio.CancelledError):
            if is_new:
                self._placement.closed(command.connection_id)
            raise

    def acknowledge(self, fact_id: str) -> None:
        """Tell its worker that this fact is stored. Lost if it died meanwhile: the fact will come again."""
        number = self._told_by.pop(fact_id, None)
        if number is not None:
            self._workers[number].acknowledge(fact_id)

    async def stop(self) -> None:
        """End every worker and wait for it."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def _living(self) -> list[int]:
        return [number for number, worker in enumerate(self._workers) if worker.available]

    def _heard(self, number: int, event: messages.AnyEvent) -> None:
        match event:
            case messages.SegmentStored() | messages.GapDeclared():
                self._told_by[event.fact_id] = number
                self._events(event)
            case messages.FootageProgress():
                self._events(self._news.progress(number, event))
            case messages.Alarm():
                for alarm in self._news.alarm(number, event):
                    self._events(alarm)
            case messages.ConnectionChanged():
                if event.state == "closed":
                    self._placement.closed(event.connection_id)
                self._events(event)
            case _:
                self._events(event)

    def _lost(self, number: int) -> None:
        self._told_by = {fact_id: teller for fact_id, teller in self._told_by.items() if teller != number}
        if rooms := self._placement.lost(number):
            self._on_rooms_lost(rooms)
        for alarm in self._news.lost(number):
            self._events(alarm)


def new_request_id() -> str:
    """For ``Command.request_id``."""
    return uuid.uuid4().hex
