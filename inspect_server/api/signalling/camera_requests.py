"""What was asked of the cameras of a room and not answered yet, and what they can do. Memory only; owned by a room."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.messages.hand import CameraAbilities
from inspect_server.domain.camera_requests import CameraRequest

REMIND_WITHIN_S: Final = 30.0
"""A page that comes back later than this is not asked again: the inspector has seen that nothing came of it."""


class CameraRequests:
    """As many as there are cameras in a room, and things to ask of one."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str], tuple[CameraRequest, float]] = {}
        self.abilities: dict[tuple[str, str], CameraAbilities] = {}

    def ask(self, request: CameraRequest, *, now: float) -> None:
        """It waits for an answer from now (monotonic seconds) on, in the place of an older one about the same."""
        self._open[request.participant_id, request.source, request.wish.subject] = (request, now)

    def open_request(self, request_id: str, participant_id: str) -> CameraRequest | None:
        """The one of this id that waits for this participant's answer; None if none does."""
        waiting = (request for request, _ in self._open.values())
        return next((each for each in waiting if (each.id, each.participant_id) == (request_id, participant_id)), None)

    def answered(self, request: CameraRequest) -> None:
        """It waits no more; a newer one in its place stays."""
        key = (request.participant_id, request.source, request.wish.subject)
        if key in self._open and self._open[key][0] == request:
            del self._open[key]

    def to_remind_of(self, participant_id: str, *, now: float) -> list[CameraRequest]:
        """What a page that comes back has not answered, oldest first."""
        return [
            request
            for request, asked_at in self._open.values()
            if request.participant_id == participant_id and now - asked_at <= REMIND_WITHIN_S
        ]
