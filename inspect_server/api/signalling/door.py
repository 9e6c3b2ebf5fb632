"""Opening the door of a room to who waits before it."""

from __future__ import annotations

from inspect_server.api.signalling import families
from inspect_server.api.signalling.families import stay
from inspect_server.api.signalling.room import Room
from inspect_server.services.announcements import ParticipantAdmitted


def let_in(room: Room, admitted: ParticipantAdmitted) -> None:
    """Their page, which waits, is greeted anew and goes on as one that has just come.

    Who went away meanwhile takes the seat when they come back.
    """
    seat = room.seat(admitted.participant.id)
    if seat is None or seat.window is None or not seat.waits:
        return
    seat.participant = admitted.participant
    stay.welcome(room, seat, seat.window, admitted.inspection)
    families.welcome(room, seat)
