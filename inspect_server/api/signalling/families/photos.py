"""Photos that inspectors ask for: the wish goes to who is asked, how far it is to the inspectors."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.photos import (
    AskForPhoto,
    CancelPhoto,
    PhotoRequests,
    PhotoRequestState,
    TellPhoto,
)
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.errors import NotAllowed, NotFound
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.domain.permissions import Action
from inspect_server.domain.photo_requests import PhotoRequest, PhotoStage, PhotoWish
from inspect_server.services import asking


async def _ask(room: Room, seat: Seat, _: Window, message: AskForPhoto) -> None:
    if room.photos.find(message.request_id) is None:
        wish = PhotoWish(
            id=message.request_id,
            participant_id=message.participant_id,
            part_id=message.part_id,
            checklist_item_id=message.checklist_item_id,
            note=message.note,
            doorplate=message.doorplate,
        )
        room.photos.put(await asking.ask_for_photo(room.services.context, seat.participant.id, wish))
    _tell(room)


async def _cancel(room: Room, seat: Seat, _: Window, message: CancelPhoto) -> None:
    if seat.participant.role is not ParticipantRole.INSPECTOR:
        raise NotAllowed(action=Action.ASK_FOR_PHOTO.value)
    room.photos.put(_found(room, message.request_id).advanced(PhotoStage.CANCELLED))
    _tell(room)


async def _progress(room: Room, seat: Seat, _: Window, message: TellPhoto) -> None:
    request = _found(room, message.request_id)
    if request.wish.participant_id != seat.participant.id:
        raise NotFound
    room.photos.put(request.advanced(message.stage, message.fraction, message.evidence_id))
    _tell(room)


def _found(room: Room, request_id: str) -> PhotoRequest:
    request = room.photos.find(request_id)
    if request is None:
        raise NotFound
    return request


def _tell(room: Room) -> None:
    for seat in room.seats:
        _tell_seat(room, seat)


def _tell_seat(room: Room, seat: Seat) -> None:
    if seat.window is None:
        return
    sees_all = seat.participant.role is ParticipantRole.INSPECTOR
    requests = room.photos.requests(None if sees_all else seat.participant.id)
    seat.window.outbox.put(PhotoRequests(requests=[_state(request) for request in requests]))


def _state(request: PhotoRequest) -> PhotoRequestState:
    wish = request.wish
    return PhotoRequestState(
        request_id=wish.id,
        participant_id=wish.participant_id,
        part_id=wish.part_id,
        checklist_item_id=wish.checklist_item_id,
        note=wish.note,
        doorplate=wish.doorplate,
        asked_at=request.asked_at,
        stage=request.stage,
        fraction=request.fraction,
        evidence_id=request.evidence_id,
    )


FAMILY: Final = Family(answers={AskForPhoto: _ask, CancelPhoto: _cancel, TellPhoto: _progress}, welcome=_tell_seat)
