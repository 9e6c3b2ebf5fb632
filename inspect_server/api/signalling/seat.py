"""One participant in a live room, over all the windows and connections they come with. Memory only.

Runs on the server's event loop; owned by its room. A *window* is one WebSocket; only the newest one counts. Connections
belong to the window that opened them, but a publish connection outlives it: after a reload the old picture stays until
the new one's first keyframe.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from inspect_server.api.signalling.messages import MediaCondition, ParticipantState, Presence
from inspect_server.api.signalling.outbox import Outbox
from inspect_server.domain.footage import GapReason
from inspect_server.domain.inspections import Participant

GAP_OF_CONDITION: Final = {
    MediaCondition.ON: None,
    MediaCondition.MUTED: GapReason.MUTED,
    MediaCondition.BACKGROUND: GapReason.BACKGROUND,
    MediaCondition.UNAVAILABLE: GapReason.PUBLISHER_STOPPED,
    MediaCondition.OFF: GapReason.MUTED,
}


@dataclass(eq=False, slots=True)
class Window:
    """One WebSocket of a participant. ``serial`` makes its connections' names unique on the server."""

    serial: int
    outbox: Outbox = field(default_factory=Outbox)
    connections: dict[str, str] = field(default_factory=dict)

    def connection_id(self, participant_id: str, name: str) -> str:
        """The id that the media worker knows this connection by; remembers the page's name for it."""
        connection_id = f"{participant_id}/{self.serial}/{name}"
        self.connections[connection_id] = name
        return connection_id


@dataclass(eq=False, slots=True)
class Seat:
    """See the module's text. ``last_end``: how the last publish connection ended, for the gap that follows it."""

    participant: Participant
    window: Window | None = None
    presence: Presence = Presence.JOINED
    camera: MediaCondition = MediaCondition.OFF
    microphone: MediaCondition = MediaCondition.OFF
    live_connection: str | None = None
    last_end: GapReason | None = None

    def state(self) -> ParticipantState:
        """What the others see."""
        return ParticipantState(
            participant_id=self.participant.id,
            role=self.participant.role,
            display_name=self.participant.display_name,
            presence=self.presence,
            camera=self.camera,
            microphone=self.microphone,
        )

    def told_gap(self, condition: MediaCondition) -> GapReason | None:
        """Why a device that is published now gives nothing; ``off`` is also what nobody has told of yet."""
        return None if condition is MediaCondition.OFF else GAP_OF_CONDITION[condition]

    def connected_presence(self) -> Presence:
        """Where somebody stands who is connected at all."""
        if self.window is None:
            return Presence.AWAY
        return Presence.LIVE if self.live_connection is not None else Presence.JOINED
