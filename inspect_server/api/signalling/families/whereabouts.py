"""Where people in the call say that they are, for the inspectors."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.whereabouts import NoPosition, Position, Whereabouts, WhereaboutsState
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.geometry import Datum
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.services import locating


async def _position(room: Room, seat: Seat, _: Window, message: Position) -> None:
    there = await locating.report_position(
        room.services.context,
        seat.participant.id,
        locating.Coordinates(message.latitude, message.longitude, Datum.WGS_84),
        accuracy_m=message.accuracy_m,
        at=message.at,
    )
    room.whereabouts[seat.participant.id] = WhereaboutsState(
        participant_id=seat.participant.id,
        at=there.report.at,
        latitude=there.report.place.latitude,
        longitude=there.report.place.longitude,
        accuracy_m=there.report.accuracy_m,
        distance_m=there.distance_m,
        nearness=there.nearness,
    )
    _tell(room)


async def _no_position(room: Room, seat: Seat, _: Window, message: NoPosition) -> None:
    known = room.whereabouts.get(seat.participant.id)
    if known is not None and known.why is message.why:
        return
    await locating.note_no_position(room.services.context, seat.participant.id, message.why)
    room.whereabouts[seat.participant.id] = WhereaboutsState(
        participant_id=seat.participant.id, at=room.services.context.now(), why=message.why
    )
    _tell(room)


def _welcome(room: Room, seat: Seat) -> None:
    if seat.participant.role is ParticipantRole.INSPECTOR and seat.window is not None and room.whereabouts:
        seat.window.outbox.put(_message(room))


def _tell(room: Room) -> None:
    """To the office only: where somebody is, is nobody else's business."""
    for seat in room.seats:
        if seat.participant.role is ParticipantRole.INSPECTOR and seat.window is not None:
            seat.window.outbox.put(_message(room))


def _message(room: Room) -> Whereabouts:
    return Whereabouts(participants=list(room.whereabouts.values()))


FAMILY: Final = Family(answers={Position: _position, NoPosition: _no_position}, welcome=_welcome)
