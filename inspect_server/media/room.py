"""A room (勘验室): who publishes and who watches, live media only.

Runs on the worker's event loop; owned by the worker. Owns its publications, watch connections and views, and the tasks
that it starts; ``close`` ends those that wait to take over and waits for those that close connections. Nothing is
queued here. A participant that vanishes is reported as away; the connection stays until it is replaced or closed,
because it may resume at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Literal

from aiortc import RTCCertificate

from inspect_server.domain.errors import Conflict, NotFound
from inspect_server.domain.footage import GapReason
from inspect_server.media import messages
from inspect_server.media.access_unit import MediaKind
from inspect_server.media.publication import OpenRecorder, Publication
from inspect_server.media.publish import PublishConnection, PublishEvents
from inspect_server.media.sight.judging import events_of
from inspect_server.media.sight.watching import Sight
from inspect_server.media.subscriber import SourceKey
from inspect_server.media.udp import UdpSockets
from inspect_server.media.view import ViewConnection
from inspect_server.media.watch import Offer, WatchConnection

logger = logging.getLogger(__name__)

# A second connection that brings no keyframe (camera off) takes over all the same after this time.
TAKE_OVER_WITHOUT_KEYFRAME_S: Final = 3.0

Emit = Callable[[messages.AnyEvent], None]


@dataclass(frozen=True, slots=True)
class RoomContext:
    """What every room of a worker shares."""

    certificate: RTCCertificate
    sockets: UdpSockets
    open_recorder: OpenRecorder
    sight: Sight
    emit: Emit


class Room:
    """See the module's text."""

    def __init__(self, room_id: str, context: RoomContext) -> None:
        self.room_id = room_id
        self._context = context
        self._publications: dict[str, Publication] = {}
        self._current: dict[SourceKey, Publication] = {}
        self._watchers: dict[str, WatchConnection] = {}
        self._views: dict[str, ViewConnection] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._taking_over: set[asyncio.Task[None]] = set()

    @property
    def connection_ids(self) -> list[str]:
        """All open connections."""
        return [*self._publications, *self._watchers, *self._views]

    async def publish(self, command: messages.Publish) -> messages.Published:
        """Open a publish connection and record it from its first keyframe on.

        Raises:
            Conflict: there is a connection of this id; whoever takes its place would leave it without an owner.
            BadSdp, NoCommonCodec, MediaUnavailable: see ``PublishConnection``.
        """
        self._require_unused(command.connection_id)

        def connected() -> None:
            publication.start_recording()
            self._changed(publication, "connected")
            self._start(self._take_over_late(publication), self._taking_over)

        def failed(why: str) -> None:
            logger.info("room %s: publish connection %s: %s", self.room_id, command.connection_id, why)
            self._start(self.close_connection(command.connection_id, GapReason.NETWORK), self._closing)

        def carried(video_bps: int, now: float) -> None:
            if (stepped := publication.carried(video_bps, now)) is not None:
                self._context.emit(stepped)

        events = PublishEvents(
            connected=connected,
            failed=failed,
            first_keyframe=lambda: self._take_over(publication),
            carried=carried,
        )
        publication = Publication(
            command,
            self._context.certificate,
            events,
            self._context.open_recorder,
            watch=lambda: self._context.sight.watch(events_of(command, self._context.emit)),
        )
        self._publications[command.connection_id] = publication
        try:
            answer = await publication.connection.open(command.offer_sdp, self._context.sockets)
        except BaseException:
            del self._publications[command.connection_id]
            await publication.close(GapReason.PUBLISHER_STOPPED)
            raise
        return messages.Published(request_id=command.request_id, answer_sdp=answer)

    def _require_unused(self, connection_id: str) -> None:
        if connection_id in self.connection_ids:
            raise Conflict("There is a connection of this name.")

    async def _take_over_late(self, publication: Publication) -> None:
        await asyncio.sleep(TAKE_OVER_WITHOUT_KEYFRAME_S)
        self._take_over(publication)

    def _take_over(self, publication: Publication) -> None:
        """Make it the present publication of its source, unless a newer one is; the one before is closed."""
        if publication.live or publication.connection_id not in self._publications:
            return
        publication.live = True
        before = self._current.get(publication.key)
        self._current[publication.key] = publication
        for watcher in self._watchers.values():
            if watcher.participant_id != publication.participant_id and watcher.show(
                publication.key, publication.connection
            ):
                self._revise(watcher)
        self._direct_views()
        self._changed(publication, "live")
        if before is not None:
            self._changed(before, "replaced")
            self._start(self._close_publication(before, GapReason.NETWORK), self._closing)

    async def watch(self, command: messages.Watch) -> messages.WatchOffered:
        """Open a watch connection on everybody else, or make a new offer for one that is open."""
        watcher = self._watchers.get(command.connection_id)
        if watcher is None:
            self._require_unused(command.connection_id)
            watcher = WatchConnection(
                command.connection_id,
                command.participant_id,
                self._context.certificate,
                connected=lambda: self._watcher_changed(command, "connected"),
                failed=lambda _: self._start(
                    self.close_connection(command.connection_id, GapReason.NETWORK), self._closing
                ),
            )
            try:
                await watcher.open(self._context.sockets)
            except BaseException:
                await watcher.close()
                raise
            self._watchers[command.connection_id] = watcher
            for key, publication in self._current.items():
                if publication.participant_id != command.participant_id:
                    watcher.show(key, publication.connection)
        offer = watcher.offer()
        return messages.WatchOffered(
            request_id=command.request_id, revision=offer.revision, offer_sdp=offer.sdp, tracks=offer.tracks
        )

    def answer(self, command: messages.WatchAnswer) -> None:
        """The viewer's answer; NotFound if its connection is gone."""
        watcher = self._watchers.get(command.connection_id)
        if watcher is None:
            raise NotFound("no such watch connection")
        watcher.answer(command.revision, command.sdp)

    async def view(self, command: messages.View) -> messages.Viewed:
        """Open a connection that the viewer offers; it shows what can be shown from now on."""
        self._require_unused(command.connection_id)
        view = ViewConnection(
            command.connection_id,
            command.participant_id,
            self._context.certificate,
            wanted=(command.shown, command.shown_source),
            connected=lambda: self._emit_change(command.connection_id, command.participant_id, "connected"),
            failed=lambda _: self._start(
                self.close_connection(command.connection_id, GapReason.NETWORK), self._closing
            ),
        )
        self._views[command.connection_id] = view
        try:
            answer = await view.open(command.offer_sdp, self._context.sockets)
        except BaseException:
            del self._views[command.connection_id]
            await view.close()
            raise
        self._direct_views()
        return messages.Viewed(request_id=command.request_id, answer_sdp=answer)

    def _direct_views(self) -> None:
        """Point every view at whom it should show."""
        for view in self._views.values():
            view.show(self._shown_in(view))

    def _shown_in(self, view: ViewConnection) -> PublishConnection | None:
        candidates = [publication for key, publication in self._current.items() if view.wants(key)]
        chosen = min(candidates, key=lambda publication: publication.prominence, default=None)
        return chosen.connection if chosen is not None else None

    async def add_candidate(self, command: messages.AddCandidate) -> None:
        """A trickled candidate for one of the room's connections; NotFound if it is gone."""
        if (publication := self._publications.get(command.connection_id)) is not None:
            await publication.connection.add_candidate(command.candidate)
        elif (watcher := self._watchers.get(command.connection_id)) is not None:
            await watcher.add_candidate(command.candidate)
        elif (view := self._views.get(command.connection_id)) is not None:
            await view.add_candidate(command.candidate)
        else:
            raise NotFound("no such connection")

    def note(
        self,
        command: messages.SetMediaState | messages.SetSilenced | messages.SetPicturePreference | messages.ReadCodes,
    ) -> None:
        """What somebody's page or the inspector says about a picture or a voice."""
        match command:
            case messages.SetMediaState():
                self.set_media_state(command)
            case messages.SetPicturePreference():
                self.set_picture_preference(command)
            case messages.SetSilenced():
                for publication in self._publications_of(command.participant_id):
                    publication.connection.silence(silenced=command.silenced)
            case messages.ReadCodes():
                for publication in self._publications_of(command.participant_id):
                    publication.read_codes(wanted=command.wanted)

    def _publications_of(self, participant_id: str) -> list[Publication]:
        """Those that are about to take over, too."""
        return [each for each in self._publications.values() if each.participant_id == participant_id]

    def set_media_state(self, command: messages.SetMediaState) -> None:
        """Note on the footage why picture or sound is missing."""
        for publication in self._publications.values():  # one that is about to take over, too
            if publication.key == (command.participant_id, command.source):
                publication.mark(MediaKind.VIDEO, command.camera_gap)
                publication.mark(MediaKind.AUDIO, command.microphone_gap)

    def set_picture_preference(self, command: messages.SetPicturePreference) -> None:
        """The inspector's wish for one participant's picture, on every connection that carries it."""
        for publication in self._publications_of(command.participant_id):
            self._context.emit(publication.prefer(command.preference))

    async def close_connection(self, connection_id: str, reason: GapReason) -> None:
        """Close one connection; unknown ones are fine."""
        if (publication := self._publications.get(connection_id)) is not None:
            await self._close_publication(publication, reason)
        elif (watcher := self._watchers.pop(connection_id, None)) is not None:
            await watcher.close()
            self._emit_change(connection_id, watcher.participant_id, "closed")
        elif (view := self._views.pop(connection_id, None)) is not None:
            await view.close()
            self._emit_change(connection_id, view.participant_id, "closed")

    async def _close_publication(self, publication: Publication, reason: GapReason) -> None:
        if self._publications.pop(publication.connection_id, None) is None:
            return
        if self._current.get(publication.key) is publication:
            del self._current[publication.key]
            for watcher in self._watchers.values():
                if watcher.hide(publication.key):
                    self._revise(watcher)
            self._direct_views()
        await publication.close(reason)
        self._changed(publication, "closed")

    def look_after(self, now: float) -> None:
        """Tell who went silent or is heard again; called twice a second. ``now``: monotonic seconds."""
        for publication in self._current.values():
            silent = publication.silent(now)
            if silent != publication.away:
                publication.away = silent
                self._changed(publication, "away" if silent else "live")

    def report_quality(self) -> None:
        """One ``PublisherQuality`` for each live publisher."""
        for publication in self._current.values():
            self._context.emit(publication.quality())

    async def close(self, reason: GapReason) -> None:
        """End every connection and task of the room; footage is handed to the writer whole."""
        for task in self._taking_over:
            task.cancel()
        for connection_id in self.connection_ids:
            await self.close_connection(connection_id, reason)
        # A recorder is closed at the end of closing, which has time limits of its own.
        while under_way := self._closing | self._taking_over:
            await asyncio.wait(under_way)

    def _revise(self, watcher: WatchConnection) -> None:
        offer: Offer = watcher.offer()
        self._context.emit(
            messages.WatchRevised(
                connection_id=watcher.connection_id,
                revision=offer.revision,
                offer_sdp=offer.sdp,
                tracks=offer.tracks,
            )
        )

    def _changed(
        self, publication: Publication, state: Literal["connected", "live", "away", "replaced", "closed"]
    ) -> None:
        self._emit_change(publication.connection_id, publication.participant_id, state, source=publication.source)

    def _watcher_changed(self, command: messages.Watch, state: Literal["connected"]) -> None:
        self._emit_change(command.connection_id, command.participant_id, state)

    def _emit_change(
        self,
        connection_id: str,
        participant_id: str,
        state: Literal["connected", "live", "away", "replaced", "closed"],
        *,
        source: str = "",
    ) -> None:
        self._context.emit(
            messages.ConnectionChanged(
                connection_id=connection_id,
                room_id=self.room_id,
                participant_id=participant_id,
                source=source,
                state=state,
            )
        )

    def _start(self, work: Coroutine[Any, Any, None], owner: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        owner.add(task)
        task.add_done_callback(owner.discard)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("room %s: a task failed", self.room_id, exc_info=error)
