"""What services keep and pages show: when it changes, everybody in the room is told to look again."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.changes import Changed
from inspect_server.api.signalling.room import Room
from inspect_server.services.announcements import InspectionChanged


async def _tell(room: Room, changed: InspectionChanged) -> None:
    room.tell(Changed(topic=changed.topic))


FAMILY: Final = Family(obeys={InspectionChanged: _tell})
