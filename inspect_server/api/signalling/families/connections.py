"""The connections of pages, and what the media worker says of everybody's."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling import connecting
from inspect_server.api.signalling.families.family import Family
from inspect_server.api.signalling.messages.connections import (
    Answer,
    Candidate,
    Close,
    ConnectionLost,
    Keep,
    Offer,
    Publish,
    PublishAnswer,
    Watch,
    WatchedTrack,
)
from inspect_server.api.signalling.messages.presence import Presence
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window, connection_id_of
from inspect_server.domain.footage import GapReason
from inspect_server.media import messages as to_worker
from inspect_server.media.client import new_request_id


async def _publish(room: Room, seat: Seat, window: Window, message: Publish) -> None:
    """Begin an epoch and connect."""
    answer = await connecting.open_publication(
        room, seat, window, message.connection, message.sdp, source=message.source
    )
    window.outbox.put(PublishAnswer(connection=message.connection, sdp=answer))


async def _keep(room: Room, seat: Seat, window: Window, message: Keep) -> None:
    """Go on with a connection of theirs that an earlier window opened and that brings pictures; else it is lost."""
    connection_id = connection_id_of(seat.participant.id, message.window, message.connection)
    if connecting.is_publishing(room, connection_id):
        window.connections[connection_id] = message.connection
    else:
        window.outbox.put(ConnectionLost(connection=message.connection))


async def _watch(room: Room, seat: Seat, window: Window, message: Watch) -> None:
    """Open a watch connection; its offers follow."""
    with window.opening(seat.participant.id, message.connection) as connection_id:
        reply = await room.services.media.request(
            to_worker.Watch(
                request_id=new_request_id(),
                room_id=room.inspection_id,
                participant_id=seat.participant.id,
                connection_id=connection_id,
            )
        )
    if isinstance(reply, to_worker.WatchOffered):
        window.outbox.put(_offer(message.connection, reply))


async def _answer(room: Room, seat: Seat, window: Window, message: Answer) -> None:
    await room.services.media.request(
        to_worker.WatchAnswer(
            request_id=new_request_id(),
            connection_id=window.connection_id(seat.participant.id, message.connection),
            revision=message.revision,
            sdp=message.sdp,
        )
    )


async def _candidate(room: Room, seat: Seat, window: Window, message: Candidate) -> None:
    await connecting.add_candidate(room, seat, window, message.connection, message.candidate)


async def _close(room: Room, seat: Seat, window: Window, message: Close) -> None:
    """The page closed one of its connections."""
    connection_id = window.connection_id(seat.participant.id, message.connection)
    window.connections.pop(connection_id, None)
    if room.forget_live(seat, connection_id, GapReason.PUBLISHER_STOPPED):
        seat.presence = seat.connected_presence()
        room.tell_participants()
    await connecting.close_connection(room, connection_id, GapReason.PUBLISHER_STOPPED)


def _changed(room: Room, event: to_worker.ConnectionChanged) -> None:
    """The worker says how a connection is."""
    seat = room.seat(event.participant_id)
    if seat is None or (seat.presence is Presence.LEFT and event.state != "closed"):
        return
    match event.state:
        case "live":
            seat.goes_live(event.source, event.connection_id)
            seat.presence = seat.connected_presence()
        case "away" if seat.live.get(event.source) == event.connection_id:
            seat.falls_silent(event.source)
            seat.presence = seat.connected_presence()
        case "closed":
            _closed(room, seat, event.connection_id)
    room.tell_participants()


def _closed(room: Room, seat: Seat, connection_id: str) -> None:
    room.pictures.forget(connection_id)
    if room.forget_live(seat, connection_id, GapReason.NETWORK):
        seat.presence = seat.connected_presence()
    if seat.window is not None and (name := seat.window.connections.pop(connection_id, None)) is not None:
        seat.window.outbox.put(ConnectionLost(connection=name))


def _revised(room: Room, event: to_worker.WatchRevised) -> None:
    """A source came or went: a new offer for whoever watches on this connection."""
    for seat in room.seats:
        if seat.window is not None and (name := seat.window.connections.get(event.connection_id)) is not None:
            seat.window.outbox.put(_offer(name, event))


def _offer(name: str, offer: to_worker.WatchOffered | to_worker.WatchRevised) -> Offer:
    tracks = [
        WatchedTrack(mid=track.mid, participant_id=track.participant_id, source=track.source, kind=track.kind)
        for track in offer.tracks
    ]
    return Offer(connection=name, revision=offer.revision, sdp=offer.offer_sdp, tracks=tracks)


def worker_lost(room: Room) -> None:
    """All connections are gone with their media worker. Pages open new ones at once; a machine has to notice first."""
    for seat in room.seats:
        for connection_id in list(seat.live.values()):
            seat.forget_live(connection_id, GapReason.RESTART)
        if seat.presence is not Presence.LEFT:
            seat.presence = Presence.AWAY if seat.participant.role.is_machine else seat.connected_presence()
        if seat.window is not None:
            for name in seat.window.connections.values():
                seat.window.outbox.put(ConnectionLost(connection=name))
            seat.window.connections.clear()
    room.pictures.clear()
    room.tell_participants()


FAMILY: Final = Family(
    answers={
        Publish: _publish,
        Keep: _keep,
        Watch: _watch,
        Answer: _answer,
        Candidate: _candidate,
        Close: _close,
    },
    hears={to_worker.ConnectionChanged: _changed, to_worker.WatchRevised: _revised},
)
