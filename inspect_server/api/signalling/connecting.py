"""Opening and closing connections at the media worker, for pages and machines alike.

Each function is one request; errors leave things as they were.
"""

from __future__ import annotations

import logging
from typing import Final

from inspect_server.api.signalling.messages.footage import FootageAlarm
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.errors import MediaUnavailable, SpoolFull, TooManyCameras
from inspect_server.domain.footage import CAMERA, GapReason
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages as to_worker
from inspect_server.media.client import new_request_id
from inspect_server.services import calling

logger = logging.getLogger(__name__)

MAX_CAMERAS: Final = 12
"""In one room: each is sent to everybody, and their descriptions must fit one signalling message."""
PROMINENCE: Final = {
    ParticipantRole.ENTERPRISE: 0,
    ParticipantRole.HELPER: 1,
    ParticipantRole.DEVICE: 2,
    ParticipantRole.EXPERT: 3,
    ParticipantRole.INSPECTOR: 4,
    ParticipantRole.SCREEN: 5,
    ParticipantRole.OBSERVER: 6,
}
"""Whose picture a wall shows that asked for nobody in particular: the site's, then its cameras', then the office's."""
SHOWING_THE_SITE: Final = frozenset({ParticipantRole.ENTERPRISE, ParticipantRole.HELPER, ParticipantRole.DEVICE})
"""Whose picture is looked at for what is wrong with it."""


async def open_publication(
    room: Room, seat: Seat, window: Window, connection: str, offer_sdp: str, *, source: str = CAMERA
) -> str:
    """Begin an epoch and connect; returns the answer.

    Raises:
        TooManyCameras: the room sends as many as it can.
        BadRequest: this window has as many connections as it may.
        SpoolFull: no new call begins while the spool is low.
        BadSdp, NoCommonCodec, MediaUnavailable: see ``MediaClient``.
    """
    _admit_camera(room, seat, source)
    context = room.services.context
    if FootageAlarm.SPOOL_LOW in room.services.worker_alarms and not await calling.is_under_way(
        context, room.inspection_id
    ):
        raise SpoolFull
    with window.opening(seat.participant.id, connection) as connection_id:
        epoch = await calling.begin_publishing(
            context,
            seat.participant.id,
            source=source,
            known_end=seat.last_ends.get(source),
            server_started_at=room.services.server_started_at,
        )
        seat.tracks[source] = epoch.track_id
        camera_gap, microphone_gap = seat.told_gaps(source)
        reply = await room.services.media.request(
            to_worker.Publish(
                request_id=new_request_id(),
                room_id=room.inspection_id,
                participant_id=seat.participant.id,
                connection_id=connection_id,
                track_id=epoch.track_id,
                epoch=epoch.number,
                offer_sdp=offer_sdp,
                source=source,
                prominence=PROMINENCE[seat.participant.role],
                camera_gap=camera_gap,
                microphone_gap=microphone_gap,
                preference=seat.preference,
                judged=seat.participant.role in SHOWING_THE_SITE,
                silenced=seat.participant.silenced_at is not None,
            )
        )
    return reply.answer_sdp if isinstance(reply, to_worker.Published) else ""


def _admit_camera(room: Room, seat: Seat, source: str) -> None:
    cameras = {(each.participant.id, name) for each in room.seats for name in each.live}
    if len(cameras - {(seat.participant.id, source)}) >= MAX_CAMERAS:
        raise TooManyCameras(max=MAX_CAMERAS)


async def open_view(
    room: Room,
    seat: Seat,
    window: Window,
    connection: str,
    offer_sdp: str,
    *,
    wanted: tuple[str | None, str | None],
) -> str:
    """Connect a viewer that offers and is never offered anew; returns the answer. ``wanted``: whose camera."""
    with window.opening(seat.participant.id, connection) as connection_id:
        reply = await room.services.media.request(
            to_worker.View(
                request_id=new_request_id(),
                room_id=room.inspection_id,
                participant_id=seat.participant.id,
                connection_id=connection_id,
                offer_sdp=offer_sdp,
                shown=wanted[0],
                shown_source=wanted[1],
            )
        )
    return reply.answer_sdp if isinstance(reply, to_worker.Viewed) else ""


async def add_candidate(room: Room, seat: Seat, window: Window, connection: str, candidate: str) -> None:
    """Pass a candidate of this connection on."""
    await room.services.media.request(
        to_worker.AddCandidate(
            request_id=new_request_id(),
            connection_id=window.connection_id(seat.participant.id, connection),
            candidate=candidate,
        )
    )


def is_publishing(room: Room, connection_id: str) -> bool:
    """Whether this connection brings somebody's pictures at the moment."""
    return any(seat.source_of(connection_id) is not None for seat in room.seats)


async def close_connection(room: Room, connection_id: str, reason: GapReason) -> None:
    """Close it at the worker; one that is gone with its worker is closed."""
    try:
        await room.services.media.request(
            to_worker.CloseConnection(request_id=new_request_id(), connection_id=connection_id, reason=reason)
        )
    except MediaUnavailable:
        logger.info("connection %s ended with its worker", connection_id)


async def close_watching(room: Room, window: Window) -> None:
    """Close what was opened through this window but brings no pictures."""
    for connection_id in [c for c in window.connections if not is_publishing(room, c)]:
        await close_connection(room, connection_id, GapReason.LEFT)


async def abandon(room: Room, window: Window) -> None:
    """Nobody sat down there after all: what was opened through it is closed."""
    for connection_id in list(window.connections):
        await close_connection(room, connection_id, GapReason.PUBLISHER_STOPPED)
