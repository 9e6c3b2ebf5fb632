"""The remote hand: asking something of another one's camera, and hearing what became of it."""

from __future__ import annotations

import asyncio
from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.hand import (
    AnswerCamera,
    AskCamera,
    CameraAbilitiesTold,
    CameraAnswered,
    CameraAsked,
    TellAbilities,
)
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.camera_requests import CameraAnswer, CameraRequest
from inspect_server.domain.errors import NotInRoom
from inspect_server.services import operating


async def _tell_abilities(room: Room, seat: Seat, _: Window, message: TellAbilities) -> None:
    room.picture_of(seat.participant.id, message.source)
    camera = (seat.participant.id, message.source)
    if message.abilities is None:
        room.camera_requests.abilities.pop(camera, None)
    else:
        room.camera_requests.abilities[camera] = message.abilities
    room.tell(
        CameraAbilitiesTold(participant_id=seat.participant.id, source=message.source, abilities=message.abilities)
    )


async def _ask(room: Room, seat: Seat, _: Window, message: AskCamera) -> None:
    """Note it, then ask the page; the same request again does nothing."""
    asked = room.picture_of(message.participant_id, message.source)
    if asked.window is None or asked.participant.role.is_machine:
        raise NotInRoom
    request = CameraRequest(
        id=message.request,
        participant_id=message.participant_id,
        source=message.source,
        wish=message.wish,
        zoom=message.zoom,
        asked_by=seat.participant.id,
    )
    if await operating.ask(room.services.context, request):
        room.camera_requests.ask(request, now=_now())
        room.tell(_asked(request))


async def _answer(room: Room, seat: Seat, _: Window, message: AnswerCamera) -> None:
    """Note it and tell everybody. One that nobody waits for (any more) does nothing."""
    request = room.camera_requests.open_request(message.request, seat.participant.id)
    if request is None:
        return
    given = CameraAnswer(message.request, message.outcome, message.obstacle, message.zoom)
    if not await operating.answer(room.services.context, request, given):
        return
    room.camera_requests.answered(request)
    room.tell(
        CameraAnswered(
            request=request.id,
            participant_id=request.participant_id,
            source=request.source,
            wish=request.wish,
            outcome=given.outcome,
            obstacle=given.obstacle,
            zoom=given.zoom,
        )
    )


def _welcome(room: Room, seat: Seat) -> None:
    """What cameras can do; and to whom it concerns, what was asked while they were away."""
    if seat.window is None:
        return
    for (participant_id, source), abilities in room.camera_requests.abilities.items():
        seat.window.outbox.put(CameraAbilitiesTold(participant_id=participant_id, source=source, abilities=abilities))
    for request in room.camera_requests.to_remind_of(seat.participant.id, now=_now()):
        seat.window.outbox.put(_asked(request))


def _asked(request: CameraRequest) -> CameraAsked:
    return CameraAsked(
        request=request.id,
        participant_id=request.participant_id,
        source=request.source,
        wish=request.wish,
        zoom=request.zoom,
        asked_by=request.asked_by,
    )


def _now() -> float:
    return asyncio.get_running_loop().time()


FAMILY: Final = Family(
    answers={TellAbilities: _tell_abilities, AskCamera: _ask, AnswerCamera: _answer}, welcome=_welcome
)
