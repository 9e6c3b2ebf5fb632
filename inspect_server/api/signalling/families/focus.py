"""Which point of the checklist each inspector is at. It lives as long as the room: the next move tells it again."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.focus import Focus, Focused
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.api.views.checklist import focused_point
from inspect_server.services import guiding


async def _focus(room: Room, seat: Seat, _: Window, message: Focus) -> None:
    """The phone shows what this inspector looks for."""
    participant_id = seat.participant.id
    if message.part_id is None or message.checklist_item_id is None:
        room.focused.pop(participant_id, None)
    else:
        pointed_out = await guiding.point_out(
            room.services.context, participant_id, message.part_id, message.checklist_item_id
        )
        # Taken out first, so that the one who moved last is the last one.
        room.focused.pop(participant_id, None)
        room.focused[participant_id] = focused_point(participant_id, pointed_out)
    room.tell(_where_all_are(room))


def _welcome(room: Room, seat: Seat) -> None:
    if seat.window is not None:
        seat.window.outbox.put(_where_all_are(room))


def _where_all_are(room: Room) -> Focused:
    return Focused(points=list(reversed(room.focused.values())))


FAMILY: Final = Family(answers={Focus: _focus}, welcome=_welcome)
