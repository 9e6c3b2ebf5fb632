"""A machine's stay in a room, from its POST to its DELETE: what a WHIP or WHEP session URL stands for. Memory only.

Runs on the server's event loop; owned by ``Visits``. A machine sits at a window like a page does, but has no WebSocket:
of what a page would be told, only that its window was closed matters to it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from inspect_server.api.signalling.messages.base import ServerMessage
from inspect_server.api.signalling.messages.presence import Presence
from inspect_server.api.signalling.outbox import Outbox
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.services.context import fingerprint

# A machine has one connection, and names none.
CONNECTION: Final = "machine"


class NoOutbox(Outbox):
    """Nobody reads here; only ``close_code`` is of interest."""

    def put(self, message: ServerMessage) -> None:
        """Not kept."""


@dataclass(frozen=True, slots=True)
class Visit:
    """See the module's text. ``etag`` names the ICE credentials, which never change; ``ice_ufrag`` is the machine's."""

    id: str
    room: Room
    seat: Seat
    window: Window
    token_sha256: str
    ice_ufrag: str
    etag: str

    @property
    def taken_over(self) -> bool:
        """Another POST with the same token, the end of the inspection or the inspector ended it."""
        return self.window.outbox.close_code is not None

    @property
    def connection_lost(self) -> bool:
        """Neither its own connection is left nor one from before it that still brings pictures."""
        return not self.window.connections and not self.seat.live

    @property
    def awaited(self) -> bool:
        """Its connection went with its media worker, not by its own doing: it is expected back."""
        return self.connection_lost and self.seat.presence is Presence.AWAY

    def is_of(self, token: str) -> bool:
        """Whether this token began it."""
        return hmac.compare_digest(fingerprint(token), self.token_sha256)
