"""Who is here, what they say of their cameras and microphones, and whom nobody is to hear."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.presence import MediaState
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import GAP_OF_CONDITION, Seat, Window
from inspect_server.domain.permissions import Action, permit, standings_in_room
from inspect_server.media import messages as to_worker
from inspect_server.media.client import new_request_id
from inspect_server.services.announcements import ParticipantSilenced


async def _media_state(room: Room, seat: Seat, _: Window, message: MediaState) -> None:
    """Tell the others and the footage why something is missing.

    Raises:
        NotAllowed: they have no right to send anything.
        TooManyCameras: they speak of more than they may have.
    """
    permit(Action.PUBLISH_FOOTAGE, standings_in_room(seat.participant))
    seat.told(message.source, message.camera, message.microphone)
    room.tell_participants()
    await room.services.media.request(
        to_worker.SetMediaState(
            request_id=new_request_id(),
            room_id=room.inspection_id,
            participant_id=seat.participant.id,
            source=message.source,
            camera_gap=GAP_OF_CONDITION[message.camera],
            microphone_gap=GAP_OF_CONDITION[message.microphone],
        )
    )


async def _silenced(room: Room, announced: ParticipantSilenced) -> None:
    """The worker holds the sound back, whatever the page does; the page says why."""
    seat = room.seat(announced.participant.id)
    if seat is None:
        return
    seat.participant = replace(seat.participant, silenced_at=announced.participant.silenced_at)
    room.tell_participants()
    await room.services.media.request(
        to_worker.SetSilenced(
            request_id=new_request_id(),
            room_id=room.inspection_id,
            participant_id=seat.participant.id,
            silenced=seat.participant.silenced_at is not None,
        )
    )


def _welcome(room: Room, _: Seat) -> None:
    room.tell_participants()


FAMILY: Final = Family(answers={MediaState: _media_state}, obeys={ParticipantSilenced: _silenced}, welcome=_welcome)
