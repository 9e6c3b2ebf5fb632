"""One inspection's live room: who sits in it, and how all of them are told something.

Runs on the server's event loop; owned by ``Rooms``. Keeps nothing that matters beyond the call: what does is written by
services. What people, the media worker and services say to a room is answered by the families of messages
(``families``), which work on this.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inspect_server.api.schemas.checklist import FocusedPoint
from inspect_server.api.signalling.boards import Boards
from inspect_server.api.signalling.camera_requests import CameraRequests
from inspect_server.api.signalling.line import Line
from inspect_server.api.signalling.messages.base import ServerMessage
from inspect_server.api.signalling.messages.footage import FootageAlarm
from inspect_server.api.signalling.messages.presence import Participants, ParticipantState, Presence
from inspect_server.api.signalling.messages.stay import IceServer
from inspect_server.api.signalling.messages.whereabouts import WhereaboutsState
from inspect_server.api.signalling.outbox import Outbox
from inspect_server.api.signalling.photo_desk import PhotoDesk
from inspect_server.api.signalling.pictures import Pictures
from inspect_server.api.signalling.recording_state import RecordingState
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.admitting import must_wait
from inspect_server.domain.errors import NotFound, RoomFull
from inspect_server.domain.footage import CAMERA, GapReason
from inspect_server.domain.hints import Hint
from inspect_server.domain.inspections import Participant, ParticipantRole
from inspect_server.media.client import MediaClient
from inspect_server.services.context import ServiceContext

ENDED: Final = 4001
"""Closes a WebSocket whose participant may not stay."""


@dataclass(frozen=True, slots=True)
class RoomServices:
    """What every room works with. ``server_started_at``: UTC start of this process; ``ice_servers``: for a
    participant's id, the TURN servers with fresh credentials.
    """

    context: ServiceContext
    media: MediaClient
    server_started_at: datetime
    max_participants: int
    worker_alarms: set[FootageAlarm]
    ice_servers: Callable[[str], list[IceServer]]


class Room:
    """See the module's text. ``focused``: by participant id, the point of the checklist that they are at."""

    def __init__(self, inspection_id: str, services: RoomServices) -> None:
        self.inspection_id = inspection_id
        self.services = services
        self.line = Line()
        self.recording = RecordingState()
        self.pictures = Pictures()
        self.photos = PhotoDesk()
        self.hints: dict[tuple[str, str], set[Hint]] = {}
        self.known_codes: set[tuple[str, str]] = set()
        self.whereabouts: dict[str, WhereaboutsState] = {}
        self.focused: dict[str, FocusedPoint] = {}
        self.camera_requests = CameraRequests()
        self.boards = Boards()
        self._seats: dict[str, Seat] = {}
        self._serials = itertools.count()

    @property
    def seats(self) -> Collection[Seat]:
        """Of everybody who was here since the room opened."""
        return self._seats.values()

    @property
    def empty(self) -> bool:
        """Nobody has a window open."""
        return all(seat.window is None for seat in self.seats)

    @property
    def watched_by_inspector(self) -> bool:
        """Whether anybody is here who is told what is missing."""
        return any(s.window is not None and s.participant.role is ParticipantRole.INSPECTOR for s in self.seats)

    def states_for(self, viewer: Seat) -> list[ParticipantState]:
        """Everybody who was in here since the room opened; for who waits at the door: the office, and themselves."""
        if not viewer.waits:
            return self.states()
        return [*(state for state in self.states() if state.role is ParticipantRole.INSPECTOR), viewer.state()]

    def states(self) -> list[ParticipantState]:
        """Everybody who was in here since the room opened."""
        return [seat.state() for seat in self.seats if not seat.waits]

    def admit(self, participant: Participant) -> None:
        """Whether there is room for them; at its door there always is.

        Raises:
            RoomFull: the maximum of participants is here already.
        """
        if must_wait(participant):
            return
        present = [s for s in self.seats if s.presence is not Presence.LEFT and not s.waits]
        others = [s for s in present if s.participant.id != participant.id]
        if len(others) >= self.services.max_participants:
            raise RoomFull(max=self.services.max_participants)

    def seat(self, participant_id: str) -> Seat | None:
        """Where this one sits; None if they never did."""
        return self._seats.get(participant_id)

    def picture_of(self, participant_id: str, source: str) -> Seat:
        """Whose picture this is.

        Raises:
            NotFound: nobody of this id was ever here, or they have no such camera.
        """
        seat = self._seats.get(participant_id)
        if seat is None or source not in {CAMERA, *seat.live}:
            raise NotFound
        return seat

    def seat_for(self, participant: Participant) -> Seat:
        """Where they sit, or could: a new seat shows itself to nobody before ``occupy``."""
        return self._seats.get(participant.id) or Seat(participant)

    def new_window(self, outbox: Outbox) -> Window:
        """A window that nobody sits at yet: what is opened through it disturbs no other one of the participant."""
        return Window(next(self._serials), outbox)

    def occupy(self, seat: Seat, window: Window) -> Window | None:
        """They sit at this window from now on; returns the one that they sat at before."""
        self._seats.setdefault(seat.participant.id, seat)
        before, seat.window = seat.window, window
        seat.presence = seat.connected_presence()
        return before

    def forget_live(self, seat: Seat, connection_id: str, why: GapReason) -> bool:
        """This connection brings nothing more; whether one that counted is gone by that."""
        source = seat.source_of(connection_id)
        if source is not None:
            self.pictures.forget_figures(seat.participant.id, source)
        return seat.forget_live(connection_id, why)

    def tell(self, message: ServerMessage) -> None:
        """The same to everybody who is in here and has a window open."""
        for seat in self.seats:
            if seat.window is not None and not seat.waits:
                seat.window.outbox.put(message)

    def tell_everybody(self, message: ServerMessage) -> None:
        """The same to everybody who has a window open, also before the door."""
        for seat in self.seats:
            if seat.window is not None:
                seat.window.outbox.put(message)

    def tell_others(self, seat: Seat, message: ServerMessage) -> None:
        """The same to everybody but ``seat``."""
        for other in self.seats:
            if other is not seat and other.window is not None:
                other.window.outbox.put(message)

    def tell_participants(self) -> None:
        """Everybody in the room, to everybody in the room and before its door."""
        for seat in self.seats:
            if seat.window is not None:
                seat.window.outbox.put(Participants(participants=self.states_for(seat)))

    def close_windows(self, code: int) -> None:
        """Let every page go; what it does next follows from the close code."""
        for seat in self.seats:
            if seat.window is not None:
                seat.window.outbox.close(code)
