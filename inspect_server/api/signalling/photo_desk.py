"""The photos that were asked for in one room. Memory only: what arrives is evidence, and the wish is a moment."""

from __future__ import annotations

from typing import Final

from inspect_server.domain.photo_requests import PhotoRequest

MAX_REQUESTS: Final = 20
"""More than anybody looks through; the oldest one that is over goes first."""


class PhotoDesk:
    """Runs on the server's event loop; owned by its room."""

    def __init__(self) -> None:
        self._requests: dict[str, PhotoRequest] = {}

    def find(self, request_id: str) -> PhotoRequest | None:
        """The one of this id, None if nobody asked for it, or long ago."""
        return self._requests.get(request_id)

    def put(self, request: PhotoRequest) -> None:
        """A new one, or news of one."""
        self._requests[request.wish.id] = request
        while len(self._requests) > MAX_REQUESTS:
            over = (key for key, one in self._requests.items() if one.stage.is_over)
            del self._requests[next(over, next(iter(self._requests)))]

    def requests(self, participant_id: str | None = None) -> list[PhotoRequest]:
        """Oldest first; of one participant, or all."""
        return [one for one in self._requests.values() if participant_id in {None, one.wish.participant_id}]
