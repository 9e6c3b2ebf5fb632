"""How good everybody's pictures are, how they are meant to be, and what the inspector wishes of them."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.pictures import PreferPicture, Quality
from inspect_server.api.signalling.pictures import for_publisher
from inspect_server.api.signalling.quality import as_seen_by_people
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.errors import NotFound
from inspect_server.media import messages as to_worker
from inspect_server.media.client import new_request_id
from inspect_server.services import calling


async def _prefer_picture(room: Room, seat: Seat, _: Window, message: PreferPicture) -> None:
    """The inspector's wish, now and for every later connection of that participant."""
    await calling.permit_steering(room.services.context, seat.participant.id)
    steered = room.seat(message.participant_id)
    if steered is None:
        raise NotFound
    steered.preference = message.preference
    await room.services.media.request(
        to_worker.SetPicturePreference(
            request_id=new_request_id(),
            room_id=room.inspection_id,
            participant_id=message.participant_id,
            preference=message.preference,
        )
    )


def _measured(room: Room, event: to_worker.PublisherQuality) -> None:
    """Figures of one publisher; everybody gets all of them."""
    room.pictures.measured(event)
    _tell_quality(room)


def _stepped(room: Room, event: to_worker.PictureStepped) -> None:
    """A picture is meant to change: its publisher does it, everybody sees why."""
    seat = room.seat(event.participant_id)
    # A machine has no page that could obey; it hears REMB only.
    if seat is None or seat.participant.role.is_machine:
        return
    room.pictures.stepped(event)
    if seat.window is not None and (name := seat.window.connections.get(event.connection_id)) is not None:
        seat.window.outbox.put(for_publisher(name, event))
    _tell_quality(room)


def _tell_quality(room: Room) -> None:
    told = []
    for figures in room.pictures.figures:
        if (publisher := room.seat(figures.participant_id)) is not None:
            picture = room.pictures.state(publisher.live.get(figures.source), publisher.preference)
            told.append(as_seen_by_people(figures, picture))
    room.tell(Quality(participants=told))


FAMILY: Final = Family(
    answers={PreferPicture: _prefer_picture},
    hears={to_worker.PublisherQuality: _measured, to_worker.PictureStepped: _stepped},
)
