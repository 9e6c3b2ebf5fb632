"""One inspection's live room: its seats, what they ask for, and what the media worker says about them.

Runs on the server's event loop; owned by ``Rooms``. Keeps nothing that matters beyond the call: what does is written by
services. Methods named after a client message answer it; ``on_…`` methods take news of the worker.
"""

from __future__ import annotations

import itertools
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inspect_server.api.signalling import messages as to_page
from inspect_server.api.signalling.messages import MediaCondition, Presence
from inspect_server.api.signalling.outbox import Outbox
from inspect_server.api.signalling.pictures import Pictures, for_publisher
from inspect_server.api.signalling.quality import as_seen_by_people
from inspect_server.api.signalling.recording_state import RecordingState
from inspect_server.api.signalling.seat import GAP_OF_CONDITION, Seat, Window, connection_id_of
from inspect_server.domain.errors import MediaUnavailable, NotFound, RoomFull, SpoolFull, TooManyCameras
from inspect_server.domain.footage import CAMERA, GapReason
from inspect_server.domain.inspections import Participant, ParticipantRole
from inspect_server.media import messages as to_worker
from inspect_server.media.client import MediaClient, new_request_id
from inspect_server.services import calling
from inspect_server.services.context import ServiceContext

logger = logging.getLogger(__name__)

REPLACED: Final = 4000
ENDED: Final = 4001
MAX_CAMERAS: Final = 12
"""In one room: each is sent to everybody, and their descriptions must fit one signalling message."""
PROMINENCE: Final = {
    ParticipantRole.ENTERPRISE: 0,
    ParticipantRole.HELPER: 1,
    ParticipantRole.DEVICE: 2,
    ParticipantRole.EXPERT: 3,
    ParticipantRole.INSPECTOR: 4,
    ParticipantRole.SCREEN: 5,
}
"""Whose picture a wall shows that asked for nobody in particular: the site's, then its cameras', then the office's."""


@dataclass(frozen=True, slots=True)
class RoomServices:
    """What every room works with. ``server_started_at``: UTC start of this process."""

    context: ServiceContext
    media: MediaClient
    server_started_at: datetime
    max_participants: int
    worker_alarms: set[to_page.FootageAlarm]


class Room:
    """See the module's text."""

    def __init__(self, inspection_id: str, services: RoomServices) -> None:
        self.inspection_id = inspection_id
        self.recording = RecordingState()
        self._services = services
        self._seats: dict[str, Seat] = {}
        self._figures: dict[tuple[str, str], to_worker.PublisherQuality] = {}
        self._pictures = Pictures()
        self._serials = itertools.count()

    @property
    def empty(self) -> bool:
        """Nobody has a window open."""
        return all(seat.window is None for seat in self._seats.values())

    @property
    def watched_by_inspector(self) -> bool:
        """Whether anybody is here who is told what is missing."""
        return any(
            s.window is not None and s.participant.role is ParticipantRole.INSPECTOR for s in self._seats.values()
        )

    def states(self) -> list[to_page.ParticipantState]:
        """Everybody who was here since the room opened."""
        return [seat.state() for seat in self._seats.values()]

    def admit(self, participant: Participant) -> None:
        """Whether there is room for them.

        Raises:
            RoomFull: the maximum of participants is here already.
        """
        present = [s for s in self._seats.values() if s.presence is not Presence.LEFT]
        others = [s for s in present if s.participant.id != participant.id]
        if len(others) >= self._services.max_participants:
            raise RoomFull(max=self._services.max_participants)

    async def enter(self, participant: Participant) -> tuple[Seat, Window]:
        """Somebody comes, or comes back, with a new window; an older one of theirs is told and closed."""
        seat, window = self.seat_of(participant), self.new_window(Outbox())
        seat.participant = participant
        await self.take(seat, window)
        return seat, window

    async def window_closed(self, seat: Seat, window: Window) -> None:
        """The WebSocket is gone without a word; what was published goes on until the media ends, too."""
        if seat.window is window:
            seat.window = None
            if seat.presence is not Presence.LEFT:
                seat.presence = Presence.AWAY
            self.tell_participants()
        await self._close_watching(window)

    async def abandon(self, window: Window) -> None:
        """Nobody sat down there after all: what was opened through it is closed."""
        for connection_id in list(window.connections):
            await self._close_connection(connection_id, GapReason.PUBLISHER_STOPPED)

    async def _close_watching(self, window: Window) -> None:
        for connection_id in [c for c in window.connections if not self._publishes(c)]:
            await self._close_connection(connection_id, GapReason.LEFT)

    def _publishes(self, connection_id: str) -> bool:
        return any(seat.source_of(connection_id) is not None for seat in self._seats.values())

    def seat_of(self, participant: Participant) -> Seat:
        """Where they sit; a new seat shows itself to nobody before ``take`` or ``enter``."""
        return self._seats.get(participant.id) or Seat(participant)

    def new_window(self, outbox: Outbox) -> Window:
        """A window that nobody sits at yet: what is opened through it disturbs no other one of the participant."""
        return Window(next(self._serials), outbox)

    async def take(self, seat: Seat, window: Window) -> None:
        """Sit down at this window; an older one of theirs is told and closed."""
        self._seats.setdefault(seat.participant.id, seat)
        before, seat.window = seat.window, window
        seat.presence = seat.connected_presence()
        if before is not None:
            before.outbox.put(to_page.Replaced())
            before.outbox.close(REPLACED)
            await self._close_watching(before)

    async def publish(self, seat: Seat, window: Window, message: to_page.Publish) -> None:
        """Begin an epoch and connect; errors leave things as they were."""
        answer = await self.open_publication(seat, window, message.connection, message.sdp, source=message.source)
        window.outbox.put(to_page.PublishAnswer(connection=message.connection, sdp=answer))

    async def keep(self, seat: Seat, window: Window, message: to_page.Keep) -> None:
        """Go on with a connection of theirs that an earlier window opened and that brings pictures; else it is lost."""
        connection_id = connection_id_of(seat.participant.id, message.window, message.connection)
        if self._publishes(connection_id):
            window.connections[connection_id] = message.connection
        else:
            window.outbox.put(to_page.ConnectionLost(connection=message.connection))

    async def open_publication(
        self, seat: Seat, window: Window, connection: str, offer_sdp: str, *, source: str = CAMERA
    ) -> str:
        """Begin an epoch and connect; returns the answer. Errors leave things as they were."""
        self._admit_camera(seat, source)
        if to_page.FootageAlarm.SPOOL_LOW in self._services.worker_alarms and not await calling.is_under_way(
            self._services.context, self.inspection_id
        ):
            raise SpoolFull
        epoch = await calling.begin_publishing(
            self._services.context,
            seat.participant.id,
            source=source,
            known_end=seat.last_ends.get(source),
            server_started_at=self._services.server_started_at,
        )
        seat.last_ends.pop(source, None)
        seat.tracks[source] = epoch.track_id
        camera_gap, microphone_gap = seat.told_gaps(source)
        reply = await self._services.media.request(
            to_worker.Publish(
                request_id=new_request_id(),
                room_id=self.inspection_id,
                participant_id=seat.participant.id,
                connection_id=window.connection_id(seat.participant.id, connection),
                track_id=epoch.track_id,
                epoch=epoch.number,
                offer_sdp=offer_sdp,
                source=source,
                prominence=PROMINENCE[seat.participant.role],
                camera_gap=camera_gap,
                microphone_gap=microphone_gap,
                preference=seat.preference,
            )
        )
        return reply.answer_sdp if isinstance(reply, to_worker.Published) else ""

    def _admit_camera(self, seat: Seat, source: str) -> None:
        cameras = {(each.participant.id, name) for each in self._seats.values() for name in each.live}
        if len(cameras - {(seat.participant.id, source)}) >= MAX_CAMERAS:
            raise TooManyCameras(max=MAX_CAMERAS)

    async def open_view(
        self, seat: Seat, window: Window, connection: str, offer_sdp: str, *, wanted: tuple[str | None, str | None]
    ) -> str:
        """Connect a viewer that offers and is never offered anew; returns the answer. ``wanted``: whose camera."""
        reply = await self._services.media.request(
            to_worker.View(
                request_id=new_request_id(),
                room_id=self.inspection_id,
                participant_id=seat.participant.id,
                connection_id=window.connection_id(seat.participant.id, connection),
                offer_sdp=offer_sdp,
                shown=wanted[0],
                shown_source=wanted[1],
            )
        )
        return reply.answer_sdp if isinstance(reply, to_worker.Viewed) else ""

    async def watch(self, seat: Seat, window: Window, message: to_page.Watch) -> None:
        """Open a watch connection; its offers follow."""
        reply = await self._services.media.request(
            to_worker.Watch(
                request_id=new_request_id(),
                room_id=self.inspection_id,
                participant_id=seat.participant.id,
                connection_id=window.connection_id(seat.participant.id, message.connection),
            )
        )
        if isinstance(reply, to_worker.WatchOffered):
            window.outbox.put(_offer(message.connection, reply))

    async def answer(self, seat: Seat, window: Window, message: to_page.Answer) -> None:
        """Pass the answer on."""
        await self._services.media.request(
            to_worker.WatchAnswer(
                request_id=new_request_id(),
                connection_id=window.connection_id(seat.participant.id, message.connection),
                revision=message.revision,
                sdp=message.sdp,
            )
        )

    async def candidate(self, seat: Seat, window: Window, message: to_page.Candidate) -> None:
        """Pass the candidate on."""
        await self.add_candidate(seat, window, message.connection, message.candidate)

    async def add_candidate(self, seat: Seat, window: Window, connection: str, candidate: str) -> None:
        """Pass a candidate of this connection on."""
        await self._services.media.request(
            to_worker.AddCandidate(
                request_id=new_request_id(),
                connection_id=window.connection_id(seat.participant.id, connection),
                candidate=candidate,
            )
        )

    async def close(self, seat: Seat, window: Window, message: to_page.Close) -> None:
        """The page closed one of its connections."""
        connection_id = window.connection_id(seat.participant.id, message.connection)
        del window.connections[connection_id]
        if seat.forget_live(connection_id, GapReason.PUBLISHER_STOPPED):
            seat.presence = seat.connected_presence()
            self.tell_participants()
        await self._close_connection(connection_id, GapReason.PUBLISHER_STOPPED)

    async def media_state(self, seat: Seat, window: Window, message: to_page.MediaState) -> None:
        """Tell the others and the footage why something is missing."""
        del window
        seat.told(message.source, message.camera, message.microphone)
        self.tell_participants()
        await self._services.media.request(
            to_worker.SetMediaState(
                request_id=new_request_id(),
                room_id=self.inspection_id,
                participant_id=seat.participant.id,
                source=message.source,
                camera_gap=GAP_OF_CONDITION[message.camera],
                microphone_gap=GAP_OF_CONDITION[message.microphone],
            )
        )

    async def prefer_picture(self, seat: Seat, window: Window, message: to_page.PreferPicture) -> None:
        """The inspector's wish, now and for every later connection of that participant."""
        del window
        await calling.permit_steering(self._services.context, seat.participant.id)
        steered = self._seats.get(message.participant_id)
        if steered is None:
            raise NotFound
        steered.preference = message.preference
        await self._services.media.request(
            to_worker.SetPicturePreference(
                request_id=new_request_id(),
                room_id=self.inspection_id,
                participant_id=message.participant_id,
                preference=message.preference,
            )
        )

    async def leave(self, seat: Seat, reason: GapReason = GapReason.LEFT) -> None:
        """On purpose, put out by the inspector, or a machine that is gone: everything of theirs is closed."""
        window, seat.window = seat.window, None
        seat.presence = Presence.LEFT
        seat.camera = seat.microphone = MediaCondition.OFF
        seat.conditions.clear()
        connections = set(seat.live.values()) | (set(window.connections) if window else set())
        for connection_id in connections:
            self._forget_live(seat, connection_id, reason)
        await calling.leave(self._services.context, seat.participant.id)
        self.tell_participants()
        for connection_id in sorted(connections):
            await self._close_connection(connection_id, reason)

    async def put_out(self, participant_id: str) -> None:
        """Their invitation was revoked."""
        seat = self._seats.get(participant_id)
        if seat is not None:
            window = seat.window
            await self.leave(seat)
            if window is not None:
                window.outbox.put(to_page.Error(code="invitation_revoked"))
                window.outbox.close(ENDED)

    async def end(self) -> None:
        """The inspection is over for everybody."""
        for seat in self._seats.values():
            if seat.window is not None:
                seat.window.outbox.put(to_page.Ended())
                seat.window.outbox.close(ENDED)
        try:
            await self._services.media.request(
                to_worker.CloseRoom(request_id=new_request_id(), room_id=self.inspection_id)
            )
        except MediaUnavailable:
            # The worker is gone, its connections with it; the spool is recovered by the next one.
            logger.warning("room %s was ended without a media worker", self.inspection_id)

    def close_windows(self, code: int) -> None:
        """Let every page go; what it does next follows from the close code."""
        for seat in self._seats.values():
            if seat.window is not None:
                seat.window.outbox.close(code)

    async def _close_connection(self, connection_id: str, reason: GapReason) -> None:
        try:
            await self._services.media.request(
                to_worker.CloseConnection(request_id=new_request_id(), connection_id=connection_id, reason=reason)
            )
        except MediaUnavailable:
            logger.info("connection %s ended with its worker", connection_id)

    def on_news(
        self, event: to_worker.ConnectionChanged | to_worker.PublisherQuality | to_worker.PictureStepped
    ) -> None:
        """The worker says something about one participant."""
        match event:
            case to_worker.ConnectionChanged():
                self.on_connection(event)
            case to_worker.PublisherQuality():
                self.on_quality(event)
            case to_worker.PictureStepped():
                self.on_picture(event)

    def on_connection(self, event: to_worker.ConnectionChanged) -> None:
        """The worker says how a connection is."""
        seat = self._seats.get(event.participant_id)
        if seat is None or (seat.presence is Presence.LEFT and event.state != "closed"):
            return
        name = seat.window.connections.get(event.connection_id) if seat.window else None
        match event.state:
            case "live":
                seat.live[event.source] = event.connection_id
                seat.silent.discard(event.source)
                seat.presence = seat.connected_presence()
            case "away" if seat.live.get(event.source) == event.connection_id:
                seat.silent.add(event.source)
                seat.presence = seat.connected_presence()
            case "closed":
                self._connection_closed(seat, event.connection_id, name)
        self.tell_participants()

    def _connection_closed(self, seat: Seat, connection_id: str, name: str | None) -> None:
        self._pictures.forget(connection_id)
        if self._forget_live(seat, connection_id, GapReason.NETWORK):
            seat.presence = seat.connected_presence()
        if name is not None and seat.window is not None:
            del seat.window.connections[connection_id]
            seat.window.outbox.put(to_page.ConnectionLost(connection=name))

    def _forget_live(self, seat: Seat, connection_id: str, why: GapReason) -> bool:
        source = seat.source_of(connection_id)
        self._figures.pop((seat.participant.id, source or ""), None)
        return seat.forget_live(connection_id, why)

    def on_revised(self, event: to_worker.WatchRevised) -> None:
        """A source came or went: a new offer for whoever watches on this connection."""
        for seat in self._seats.values():
            if seat.window is not None and (name := seat.window.connections.get(event.connection_id)) is not None:
                seat.window.outbox.put(_offer(name, event))

    def on_quality(self, event: to_worker.PublisherQuality) -> None:
        """Figures of one publisher; everybody gets all of them."""
        self._figures[event.participant_id, event.source] = event
        self._tell_quality()

    def on_picture(self, event: to_worker.PictureStepped) -> None:
        """A picture is meant to change: its publisher does it, everybody sees why."""
        seat = self._seats.get(event.participant_id)
        # A machine has no page that could obey; it hears REMB only.
        if seat is None or seat.participant.role.is_machine:
            return
        self._pictures.stepped(event)
        if seat.window is not None and (name := seat.window.connections.get(event.connection_id)) is not None:
            seat.window.outbox.put(for_publisher(name, event))
        self._tell_quality()

    def _tell_quality(self) -> None:
        told = []
        for (participant_id, source), figures in self._figures.items():
            if (publisher := self._seats.get(participant_id)) is not None:
                picture = self._pictures.state(publisher.live.get(source), publisher.preference)
                told.append(as_seen_by_people(figures, picture))
        message = to_page.Quality(participants=told)
        for seat in self._seats.values():
            if seat.window is not None:
                seat.window.outbox.put(message)

    def on_worker_lost(self) -> None:
        """All connections are gone; the pages open new ones."""
        for seat in self._seats.values():
            for connection_id in list(seat.live.values()):
                seat.forget_live(connection_id, GapReason.RESTART)
            if seat.presence is not Presence.LEFT:
                seat.presence = seat.connected_presence()
            if seat.window is not None:
                for name in seat.window.connections.values():
                    seat.window.outbox.put(to_page.ConnectionLost(connection=name))
                seat.window.connections.clear()
        self._figures.clear()
        self._pictures.clear()
        self.tell_participants()

    def tell_participants(self) -> None:
        """Everybody in the room, to everybody in the room."""
        message = to_page.Participants(participants=self.states())
        for seat in self._seats.values():
            if seat.window is not None:
                seat.window.outbox.put(message)

    def tell_footage(self) -> None:
        """How the recording goes; called every 2 s and at each alarm."""
        recorded = {track for seat in self._seats.values() for track in seat.written_tracks()}
        for seat in self._seats.values():
            if seat.window is not None:
                seat.window.outbox.put(
                    self.recording.message(
                        seat.participant.role, recorded=recorded, worker_alarms=self._services.worker_alarms
                    )
                )


def _offer(name: str, offer: to_worker.WatchOffered | to_worker.WatchRevised) -> to_page.Offer:
    tracks = [
        to_page.WatchedTrack(mid=track.mid, participant_id=track.participant_id, source=track.source, kind=track.kind)
        for track in offer.tracks
    ]
    return to_page.Offer(connection=name, revision=offer.revision, sdp=offer.offer_sdp, tracks=tracks)
