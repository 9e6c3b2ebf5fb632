"""Pointing and drawing on somebody's picture, and holding it still. Who may is asked of the permission table each time;
only freezing is kept, by its service.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from inspect_server.api.signalling.boards import FrozenPicture, Picture
from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.drawing import (
    Draw,
    DrawnOnPicture,
    Erase,
    Freeze,
    Frozen,
    PictureBoard,
    PointAt,
    Pointer,
    ShapeDrawn,
    ShapesErased,
    ShowFrame,
    Unfreeze,
)
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.api.views import drawing as views
from inspect_server.domain.drawing import Drawn
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.domain.permissions import Action, permit, standings_in_room
from inspect_server.services import operating


async def _point(room: Room, seat: Seat, _: Window, message: PointAt) -> None:
    permit(Action.DRAW, standings_in_room(seat.participant))
    room.picture_of(message.participant_id, message.source)
    room.tell_others(
        seat,
        Pointer(
            author=seat.participant.id,
            participant_id=message.participant_id,
            source=message.source,
            place=message.place,
            aspect=message.aspect,
        ),
    )


async def _draw(room: Room, seat: Seat, _: Window, message: Draw) -> None:
    permit(Action.DRAW, standings_in_room(seat.participant))
    room.picture_of(message.participant_id, message.source)
    drawn = Drawn(views.shape(message.shape), seat.participant.id, message.aspect)
    room.boards.draw(Picture(message.participant_id, message.source), drawn)
    room.tell(ShapeDrawn(participant_id=message.participant_id, source=message.source, drawn=_drawn_view(drawn)))


async def _erase(room: Room, seat: Seat, _: Window, message: Erase) -> None:
    permit(Action.DRAW, standings_in_room(seat.participant))
    is_inspector = seat.participant.role is ParticipantRole.INSPECTOR
    picture = Picture(message.participant_id, message.source)
    gone = room.boards.erase(picture, message.shapes, author=None if is_inspector else seat.participant.id)
    if gone:
        room.tell(ShapesErased(participant_id=picture.participant_id, source=picture.source, shapes=gone))


async def _freeze(room: Room, seat: Seat, _: Window, message: Freeze) -> None:
    room.picture_of(message.participant_id, message.source)
    context, picture = room.services.context, Picture(message.participant_id, message.source)
    if await operating.freeze(
        context,
        seat.participant.id,
        message.freeze,
        participant_id=picture.participant_id,
        source=picture.source,
    ):
        room.boards.freeze(picture, FrozenPicture(message.freeze, seat.participant.id, context.now()))
        room.tell(_board(room, picture))


async def _show_frame(room: Room, seat: Seat, _: Window, message: ShowFrame) -> None:
    permit(Action.FREEZE_PICTURE, standings_in_room(seat.participant))
    found = room.boards.frozen_as(message.freeze)
    if found is None:
        return  # It goes on already.
    picture, frozen = found
    room.boards.freeze(picture, replace(frozen, jpeg=message.jpeg))
    room.tell(_board(room, picture))


async def _unfreeze(room: Room, seat: Seat, _: Window, message: Unfreeze) -> None:
    permit(Action.FREEZE_PICTURE, standings_in_room(seat.participant))
    found = room.boards.frozen_as(message.freeze)
    if found is None:
        return  # It goes on already.
    picture, frozen = found
    await operating.unfreeze(
        room.services.context,
        seat.participant.id,
        frozen.freeze,
        participant_id=picture.participant_id,
        source=picture.source,
    )
    room.boards.unfreeze(picture)
    room.tell(_board(room, picture))


def _welcome(room: Room, seat: Seat) -> None:
    if seat.window is not None:
        for picture in room.boards.used:
            seat.window.outbox.put(_board(room, picture))


def _board(room: Room, picture: Picture) -> PictureBoard:
    one = room.boards[picture]
    frozen = one.frozen
    return PictureBoard(
        participant_id=picture.participant_id,
        source=picture.source,
        frozen=Frozen(freeze=frozen.freeze, author=frozen.author, frozen_at=frozen.frozen_at, jpeg=frozen.jpeg)
        if frozen
        else None,
        drawn=[_drawn_view(each) for each in one.board.drawn],
    )


def _drawn_view(drawn: Drawn) -> DrawnOnPicture:
    return DrawnOnPicture(author=drawn.author, aspect=drawn.aspect, shape=views.shape_view(drawn.shape))


FAMILY: Final = Family(
    answers={
        PointAt: _point,
        Draw: _draw,
        Erase: _erase,
        Freeze: _freeze,
        ShowFrame: _show_frame,
        Unfreeze: _unfreeze,
    },
    welcome=_welcome,
)
