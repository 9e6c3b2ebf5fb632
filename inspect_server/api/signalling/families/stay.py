"""Coming, going, and being put out.

What a page says about that itself (``hello``, ``leave``, ``ping``) is answered by its WebSocket, which begins and ends
with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from inspect_server.api.signalling.connecting import close_connection, close_watching
from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.presence import MediaCondition, Presence
from inspect_server.api.signalling.messages.stay import PROTOCOL_VERSION, Ended, Error, Replaced, Welcome
from inspect_server.api.signalling.outbox import Outbox
from inspect_server.api.signalling.room import ENDED, Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.errors import MediaUnavailable, StorageUnavailable
from inspect_server.domain.footage import GapReason
from inspect_server.domain.inspections import Inspection, Participant
from inspect_server.media import messages as to_worker
from inspect_server.media.client import new_request_id
from inspect_server.services import admitting, calling
from inspect_server.services.announcements import InspectionEnded, SeatRevoked
from inspect_server.services.context import ServiceContext

logger = logging.getLogger(__name__)

REPLACED: Final = 4000
NOTE_AGAIN_S: Final = (0.5, 1.0, 2.0, 4.0)
"""Pauses while the database is away; longer ones would keep who comes back waiting for nothing."""


async def enter(room: Room, participant: Participant, device: str) -> tuple[Seat, Window]:
    """Somebody comes, or comes back, with a new window; an older one of theirs is told and closed."""
    seat, window = room.seat_for(participant), room.new_window(Outbox())
    seat.participant, seat.device = participant, device
    await take(room, seat, window)
    if seat.waits:
        await _stop_sending(room, seat)
    return seat, window


async def _stop_sending(room: Room, seat: Seat) -> None:
    """Somebody else came with the link of who sends, and was not admitted: nothing more goes on in that name."""
    for connection_id in list(seat.live.values()):
        room.forget_live(seat, connection_id, GapReason.LEFT)
        await close_connection(room, connection_id, GapReason.LEFT)
    room.tell_participants()


async def take(room: Room, seat: Seat, window: Window) -> None:
    """Sit down at this window; an older one of theirs is told and closed."""
    before = room.occupy(seat, window)
    if before is not None:
        before.outbox.put(Replaced())
        before.outbox.close(REPLACED)
        await close_watching(room, before)


def welcome(room: Room, seat: Seat, window: Window, inspection: Inspection) -> None:
    """Answer ``hello``, or open the door to who waited."""
    window.outbox.put(
        Welcome(
            version=PROTOCOL_VERSION,
            participant_id=seat.participant.id,
            window=window.serial,
            inspection_id=inspection.id,
            role=seat.participant.role,
            kind=inspection.kind,
            admitted=not seat.waits,
            started_at=inspection.started_at or inspection.created_at,
            server_time=room.services.context.now(),
            ice_servers=room.services.ice_servers(seat.participant.id),
            participants=room.states_for(seat),
        )
    )


async def window_closed(room: Room, seat: Seat, window: Window) -> None:
    """The WebSocket is gone without a word; what was published goes on until the media ends, too."""
    if seat.window is window:
        seat.window = None
        if seat.presence is not Presence.LEFT:
            seat.presence = Presence.AWAY
        room.tell_participants()
        await close_watching(room, window)
        if seat.waits:
            await _note(room, seat, admitting.stop_waiting)
        return
    await close_watching(room, window)


async def leave(room: Room, seat: Seat, reason: GapReason = GapReason.LEFT) -> None:
    """On purpose, put out by the inspector, or a machine that is gone: everything of theirs is closed.

    It is closed before it is written down: a database that is away keeps nobody in the call.
    """
    window, seat.window = seat.window, None
    seat.presence = Presence.LEFT
    seat.camera = seat.microphone = MediaCondition.OFF
    seat.conditions.clear()
    connections = set(seat.live.values()) | (set(window.connections) if window else set())
    for connection_id in connections:
        room.forget_live(seat, connection_id, reason)
    room.tell_participants()
    for connection_id in sorted(connections):
        await close_connection(room, connection_id, reason)
    await _note(room, seat, calling.leave)
    await _note(room, seat, admitting.stop_waiting)


async def _note(room: Room, seat: Seat, what: Callable[[ServiceContext, str], Awaitable[None]]) -> None:
    """Have a service write it down, as soon as the database lets it, unless they are back by then."""
    for pause_s in NOTE_AGAIN_S:
        try:
            await what(room.services.context, seat.participant.id)
        except StorageUnavailable as error:
            logger.warning("%s of participant %s is noted later: %s", what.__name__, seat.participant.id, error)
            await asyncio.sleep(pause_s)
        else:
            return
        if seat.window is not None:
            return
    logger.error("%s of participant %s is not noted", what.__name__, seat.participant.id)


async def _put_out(room: Room, revoked: SeatRevoked) -> None:
    seat = room.seat(revoked.participant_id)
    if seat is None:
        return
    if seat.window is not None:
        seat.window.outbox.put(Error(code=revoked.code))
        seat.window.outbox.close(ENDED)
    await leave(room, seat)


async def _end(room: Room, _: InspectionEnded) -> None:
    room.tell_everybody(Ended())
    room.close_windows(ENDED)
    try:
        await room.services.media.request(to_worker.CloseRoom(request_id=new_request_id(), room_id=room.inspection_id))
    except MediaUnavailable:
        # The worker is gone, its connections with it; the spool is recovered by the next one.
        logger.warning("room %s was ended without a media worker", room.inspection_id)


FAMILY: Final = Family(obeys={SeatRevoked: _put_out, InspectionEnded: _end})
