"""One participant in a live room, over all the windows and connections they come with. Memory only.

Runs on the server's event loop; owned by its room. A *window* is one WebSocket; only the newest one counts. Connections
belong to the window that opened them, but a publish connection outlives it: after a reload the old picture stays until
the new one's first keyframe.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from inspect_server.api.signalling.messages.presence import MediaCondition, ParticipantState, Presence
from inspect_server.api.signalling.outbox import Outbox
from inspect_server.domain.admitting import must_wait
from inspect_server.domain.errors import BadRequest, TooManyCameras
from inspect_server.domain.footage import CAMERA, MAX_SOURCES, GapReason, reason_of_silence
from inspect_server.domain.inspections import Participant
from inspect_server.domain.picture import PicturePreference

MAX_CONNECTIONS: Final = 16
"""Of one window: one to watch and one for each of a few cameras, twice while they are renewed."""
GAP_OF_CONDITION: Final = {
    MediaCondition.ON: None,
    MediaCondition.MUTED: GapReason.MUTED,
    MediaCondition.BACKGROUND: GapReason.BACKGROUND,
    MediaCondition.TAKEN: GapReason.TAKEN,
    MediaCondition.UNAVAILABLE: GapReason.PUBLISHER_STOPPED,
    MediaCondition.OFF: GapReason.MUTED,
}


def connection_id_of(participant_id: str, window_serial: int, name: str) -> str:
    """The id of a connection that was opened at this window."""
    return f"{participant_id}/{window_serial}/{name}"


@dataclass(eq=False, slots=True)
class Window:
    """One WebSocket of a participant. ``serial`` makes its connections' names unique on the server."""

    serial: int
    outbox: Outbox = field(default_factory=Outbox)
    connections: dict[str, str] = field(default_factory=dict)

    def connection_id(self, participant_id: str, name: str) -> str:
        """The id that the media worker knows this connection by, or would."""
        kept = next((known for known, its_name in self.connections.items() if its_name == name), None)
        return kept or connection_id_of(participant_id, self.serial, name)

    @contextmanager
    def opening(self, participant_id: str, name: str) -> Iterator[str]:
        """The id of a connection that is opened meanwhile; remembers the page's name for it if that succeeds.

        Raises:
            BadRequest: this window has as many as a page can need.
        """
        connection_id = self.connection_id(participant_id, name)
        is_new = connection_id not in self.connections
        if is_new and len(self.connections) >= MAX_CONNECTIONS:
            raise BadRequest("Too many connections.", field="connection")
        self.connections[connection_id] = name
        try:
            yield connection_id
        except BaseException:
            if is_new:
                self.connections.pop(connection_id, None)
            raise


@dataclass(eq=False, slots=True)
class Seat:
    """See the module's text. The last five are by source: what the page has told, the publish connection that counts,
    whether it is silent at the moment, the track that it writes to, and how the one before ended, for the gap that
    follows it. ``preference``: what the inspector wants to give up last of their pictures.
    ``device``: what they sit at, as the page says.
    """

    participant: Participant
    window: Window | None = None
    presence: Presence = Presence.JOINED
    device: str = ""
    camera: MediaCondition = MediaCondition.OFF
    microphone: MediaCondition = MediaCondition.OFF
    preference: PicturePreference = PicturePreference.BALANCED
    conditions: dict[str, tuple[MediaCondition, MediaCondition]] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    tracks: dict[str, str] = field(default_factory=dict)
    last_ends: dict[str, GapReason] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Before the door of the room: the others do not see them, and they see only the office's people."""
        return must_wait(self.participant)

    def state(self) -> ParticipantState:
        """What the others see."""
        return ParticipantState(
            participant_id=self.participant.id,
            role=self.participant.role,
            display_name=self.participant.display_name,
            presence=self.presence,
            camera=self.camera,
            microphone=self.microphone,
            sources=sorted(self.live),
            device=self.device,
            silenced=self.participant.silenced_at is not None,
            invited=self.participant.invitation_id is not None,
        )

    def told(self, source: str, camera: MediaCondition, microphone: MediaCondition) -> None:
        """The page says how one of its cameras is, and its microphone; the others see that of the first one.

        Raises:
            TooManyCameras: nobody may publish from so many.
        """
        if source not in self.conditions and len(self.conditions) >= MAX_SOURCES:
            raise TooManyCameras(max=MAX_SOURCES)
        self.conditions[source] = (camera, microphone)
        if source == CAMERA:
            self.camera, self.microphone = camera, microphone

    def told_gaps(self, source: str) -> tuple[GapReason | None, GapReason | None]:
        """Why camera and microphone that are published now give nothing; who is ``off`` announces none."""
        camera, microphone = self.conditions.get(source, (MediaCondition.OFF, MediaCondition.OFF))
        return (
            None if camera is MediaCondition.OFF else GAP_OF_CONDITION[camera],
            None if microphone is MediaCondition.OFF else GAP_OF_CONDITION[microphone],
        )

    def written_tracks(self) -> set[str]:
        """Ids of the tracks that their cameras write to at the moment."""
        return {self.tracks[source] for source in self.live if source in self.tracks}

    def source_of(self, connection_id: str) -> str | None:
        """The camera whose live connection this is, None if it is none."""
        return next((source for source, live in self.live.items() if live == connection_id), None)

    def goes_live(self, source: str, connection_id: str) -> None:
        """From now on, or again, this connection brings the camera's pictures."""
        if self.live.get(source) != connection_id:
            self.last_ends.pop(source, None)
        self.live[source] = connection_id
        self.silent.discard(source)

    def falls_silent(self, source: str) -> None:
        """The camera's connection brings nothing for the moment: another one may follow before it is closed."""
        self.silent.add(source)
        self.last_ends[source] = reason_of_silence(self.told_gaps(source))

    def forget_live(self, connection_id: str, why: GapReason) -> bool:
        """This connection brings nothing more; whether one that counted is gone by that."""
        source = self.source_of(connection_id)
        if source is None:
            return False
        del self.live[source]
        self.silent.discard(source)
        self.last_ends[source] = reason_of_silence(self.told_gaps(source)) if why is GapReason.NETWORK else why
        return True

    def connected_presence(self) -> Presence:
        """Where somebody stands who is connected at all."""
        if self.window is None or (self.live and self.silent >= self.live.keys()):
            return Presence.AWAY
        return Presence.LIVE if self.live else Presence.JOINED
