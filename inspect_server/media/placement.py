"""Which media worker each room lives on, and through its room each connection.

Pure. Workers are known by number. A room goes to the least loaded living worker with its first connection and stays
there until it is closed or the worker dies. Nothing here knows where a worker runs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlacedConnection:
    """``publishes`` False: it watches."""

    room_id: str
    publishes: bool


class Placement:
    """See the module's text."""

    def __init__(self) -> None:
        self._worker_of_room: dict[str, int] = {}
        self._connections: dict[str, PlacedConnection] = {}

    def worker_of_room(self, room_id: str) -> int | None:
        """None: nobody has been in this room since its worker died, or ever."""
        return self._worker_of_room.get(room_id)

    def worker_of_connection(self, connection_id: str) -> int | None:
        """None: no such connection is open."""
        connection = self._connections.get(connection_id)
        return self._worker_of_room.get(connection.room_id) if connection else None

    def knows(self, connection_id: str) -> bool:
        """Whether this connection is open."""
        return connection_id in self._connections

    def open(self, connection_id: str, connection: PlacedConnection, living: Collection[int]) -> int | None:
        """A connection is about to be opened: the number of the worker for it, None if none of them lives."""
        worker = self._worker_of_room.get(connection.room_id)
        if worker is None:
            worker = min(living, key=self._load, default=None)
            if worker is None:
                return None
            self._worker_of_room[connection.room_id] = worker
        self._connections[connection_id] = connection
        return worker

    def closed(self, connection_id: str) -> None:
        """The connection is gone, or never came about."""
        self._connections.pop(connection_id, None)

    def room_closed(self, room_id: str) -> None:
        """Nothing of this room is left."""
        self._worker_of_room.pop(room_id, None)
        self._forget_connections({room_id})

    def lost(self, worker: int) -> frozenset[str]:
        """This worker is dead: the rooms that lived on it and now live nowhere."""
        rooms = frozenset(room_id for room_id, its_worker in self._worker_of_room.items() if its_worker == worker)
        for room_id in rooms:
            del self._worker_of_room[room_id]
        self._forget_connections(rooms)
        return rooms

    def _forget_connections(self, room_ids: Collection[str]) -> None:
        gone = [name for name, connection in self._connections.items() if connection.room_id in room_ids]
        for connection_id in gone:
            del self._connections[connection_id]

    def _load(self, worker: int) -> tuple[int, int, int]:
        """Publishers cost most (received, recorded, forwarded), then rooms that somebody is in."""
        here = [c for c in self._connections.values() if self._worker_of_room.get(c.room_id) == worker]
        publishers = sum(connection.publishes for connection in here)
        return publishers, len({connection.room_id for connection in here}), worker
