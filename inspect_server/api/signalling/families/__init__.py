"""All families of messages that a room knows. A new one is a module here and one of the same name in ``messages``;
``docs/protocol.md`` says how ("Adding a family of messages").
"""

from __future__ import annotations

import logging
from typing import Final

from pydantic import BaseModel

from inspect_server.api.signalling.families import (
    changes,
    connections,
    drawing,
    focus,
    footage,
    hand,
    hints,
    photos,
    pictures,
    presence,
    stay,
    whereabouts,
)
from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.base import ClientMessage
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.admitting import require_admitted
from inspect_server.services.announcements import Announcement

logger = logging.getLogger(__name__)

FAMILIES: Final[tuple[Family, ...]] = (
    stay.FAMILY,
    presence.FAMILY,
    connections.FAMILY,
    pictures.FAMILY,
    footage.FAMILY,
    changes.FAMILY,
    photos.FAMILY,
    whereabouts.FAMILY,
    hints.FAMILY,
    focus.FAMILY,
    hand.FAMILY,
    drawing.FAMILY,
)


async def answer(room: Room, seat: Seat, window: Window, message: ClientMessage) -> None:
    """A page said something.

    Raises:
        InspectError: it is not possible; nothing changed. Who waits at the door has nothing to say in the room.
    """
    require_admitted(seat.participant)
    for family in FAMILIES:
        if (handler := family.answers.get(type(message))) is not None:
            await handler(room, seat, window, message)


def hear(room: Room, news: BaseModel) -> None:
    """The media worker said something about this room; never blocks."""
    for family in FAMILIES:
        if (handler := family.hears.get(type(news))) is not None:
            handler(room, news)


async def obey(room: Room, announcement: Announcement | BaseModel) -> None:
    """A service did something that concerns this room, or is to keep something; errors end with a log line."""
    for family in FAMILIES:
        if (handler := family.obeys.get(type(announcement))) is None:
            continue
        try:
            await handler(room, announcement)
        except Exception:
            logger.exception("%s could not be carried out in its room", announcement)


def welcome(room: Room, seat: Seat) -> None:
    """Somebody came, or came back: they and the others are told how things stand. Who waits hears who is there."""
    for family in (presence.FAMILY,) if seat.waits else FAMILIES:
        if family.welcome is not None:
            family.welcome(room, seat)
