"""How the recording goes. Nobody asks for it: it is told every 2 s, at each alarm, and to who comes."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.footage import FootageAlarm
from inspect_server.api.signalling.messages.presence import MediaCondition
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat
from inspect_server.media import messages as to_worker


def tell_footage(room: Room) -> None:
    """To everybody what their role may know."""
    recorded = {track for seat in room.seats for track in seat.written_tracks()}
    for seat in room.seats:
        if seat.window is not None:
            seat.window.outbox.put(
                room.recording.message(
                    seat.participant.role, recorded=recorded, worker_alarms=room.services.worker_alarms
                )
            )


def _progressed(room: Room, event: to_worker.FootageProgress) -> None:
    room.recording.progress[event.track_id] = event


def _alarmed(room: Room, event: to_worker.Alarm) -> None:
    if _is_silent_machine(room, event):
        return
    key = FootageAlarm(event.code), event.track_id
    if event.active:
        room.recording.alarms.add(key)
    else:
        room.recording.alarms.discard(key)
    tell_footage(room)


def _is_silent_machine(room: Room, event: to_worker.Alarm) -> bool:
    """A camera that announced sound and never sent any.

    Nobody at the site could mend that, and it stays so for the whole call: it is seen at the camera, and is no alarm.
    """
    if event.code != "no_sound_written":
        return False
    seat = next((one for one in room.seats if event.track_id in one.tracks.values()), None)
    if seat is None or not seat.participant.role.is_machine:
        return False
    if event.active and not event.from_start:
        return False
    seat.microphone = MediaCondition.UNAVAILABLE if event.active else MediaCondition.ON
    room.tell_participants()
    return event.active


def _welcome(room: Room, _: Seat) -> None:
    tell_footage(room)


FAMILY: Final = Family(hears={to_worker.FootageProgress: _progressed, to_worker.Alarm: _alarmed}, welcome=_welcome)
