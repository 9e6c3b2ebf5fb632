"""All machines in the rooms of this process. Made once by ``make_application``.

Runs on the server's event loop. Owns one task (``looking_after``), which ends the visits whose connection is gone: the
media worker gives a connection up that was not made within 20 s, or whose ICE consent expired (RFC 7675, about 30 s).
Where the media worker itself is gone the seat is kept for a minute: the machine comes back to it by a new POST.
Bounded by the seats of the rooms: one visit for each machine's seat.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from aiohttp import web

from inspect_server.api.machines.visit import CONNECTION, NoOutbox, Visit
from inspect_server.api.signalling.connecting import abandon, open_publication, open_view
from inspect_server.api.signalling.families import stay
from inspect_server.api.signalling.messages.presence import MediaCondition
from inspect_server.api.signalling.messages.stay import IceServer
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.rooms import Rooms
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.errors import AccessInvalid, InspectError, NotFound
from inspect_server.domain.footage import GapReason
from inspect_server.domain.permissions import Action
from inspect_server.media import sdp
from inspect_server.media.access_unit import MediaKind
from inspect_server.media.sdp.publish_answer import choose_media
from inspect_server.media.sdp.view_answer import choose_view
from inspect_server.services import machines
from inspect_server.services.context import fingerprint

logger = logging.getLogger(__name__)

LOOK_AFTER_INTERVAL_S: Final = 1.0
# A machine notices that its media worker died when its ICE consent expires (RFC 7675), after 30 s; then it comes again.
AWAITED_FOR_S: Final = 60.0
OpenConnection = Callable[[Room, Seat, Window], Awaitable[str]]


class Visits:
    """See the module's text."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._visits: dict[str, Visit] = {}
        self._awaited_since: dict[str, float] = {}

    async def publish(self, token: str, inspection_id: str, offer_sdp: str, *, address: str) -> tuple[Visit, str]:
        """A camera begins; one that publishes already goes on in a new epoch. Returns the visit and the answer.

        Raises:
            BadSdp, NoCommonCodec: the offer cannot be taken.
            AccessInvalid, NotFound, NotAllowed, InspectionEnded: see ``services.machines``.
            RoomFull, MediaUnavailable, SpoolFull: not now.
        """
        offer = sdp.parse(offer_sdp)
        kinds = {media.kind for media in choose_media(offer)}

        async def connect(room: Room, seat: Seat, window: Window) -> str:
            answer = await open_publication(room, seat, window, CONNECTION, offer_sdp)
            seat.camera = MediaCondition.ON if MediaKind.VIDEO in kinds else MediaCondition.UNAVAILABLE
            seat.microphone = MediaCondition.ON if MediaKind.AUDIO in kinds else MediaCondition.UNAVAILABLE
            return answer

        return await self._begin(token, inspection_id, Action.PUBLISH_FOOTAGE, offer, connect, address=address)

    async def view(
        self, token: str, inspection_id: str, offer_sdp: str, *, wanted: tuple[str | None, str | None], address: str
    ) -> tuple[Visit, str]:
        """A wall begins to watch; ``wanted``: this participant, this camera; None for the most prominent.

        Raises:
            As ``publish``.
        """
        offer = sdp.parse(offer_sdp)
        choose_view(offer)

        async def connect(room: Room, seat: Seat, window: Window) -> str:
            return await open_view(room, seat, window, CONNECTION, offer_sdp, wanted=wanted)

        return await self._begin(token, inspection_id, Action.WATCH_CALL, offer, connect, address=address)

    async def _begin(
        self,
        token: str,
        inspection_id: str,
        action: Action,
        offer: sdp.Description,
        connect: OpenConnection,
        *,
        address: str,
    ) -> tuple[Visit, str]:
        context = self._rooms.context
        known = await machines.machine_at(context, token, inspection_id, action)
        room = self._rooms.room(inspection_id)
        room.admit(known.participant)
        seat, window = room.seat_for(known.participant), room.new_window(NoOutbox())
        # What was there before goes on until the new connection is agreed on.
        answer = await connect(room, seat, window)
        try:
            entered = await machines.enter(
                context, token, inspection_id, action, address=address, require_seat=room.admit
            )
        except InspectError:
            await abandon(room, window)
            raise
        seat.participant = entered.participant
        await stay.take(room, seat, window)
        room.tell_participants()
        visit = Visit(
            id=secrets.token_urlsafe(16),
            room=room,
            seat=seat,
            window=window,
            token_sha256=fingerprint(token),
            ice_ufrag=offer.ice_ufrag,
            etag=f'"{secrets.token_hex(8)}"',
        )
        self._visits[visit.id] = visit
        return visit, answer

    def visit(self, token: str, inspection_id: str, visit_id: str) -> Visit:
        """The visit behind a session URL.

        Raises:
            NotFound: it is over, or there never was one.
            AccessInvalid: this token did not begin it.
        """
        visit = self._visits.get(visit_id)
        if visit is None or visit.room.inspection_id != inspection_id or visit.taken_over:
            raise NotFound
        if not visit.is_of(token):
            raise AccessInvalid("The token is not the one of this session.")
        return visit

    async def end(self, visit: Visit) -> None:
        """The machine says good-bye.

        Where its media worker has just died it does so because its packets meet a closed port: its seat is kept.
        """
        if visit.awaited:
            return
        self._visits.pop(visit.id, None)
        self._awaited_since.pop(visit.id, None)
        await stay.leave(visit.room, visit.seat)

    def ice_servers(self, visit: Visit) -> list[IceServer]:
        """The TURN servers for this machine."""
        return self._rooms.ice_servers(visit.seat.participant.id)

    async def looking_after(self, _: web.Application) -> AsyncIterator[None]:
        """For the application's ``cleanup_ctx``: runs the task as long as requests are answered."""
        task = asyncio.create_task(self._look_after(), name="machine-visits")
        yield
        task.cancel()
        await asyncio.wait([task])

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AFTER_INTERVAL_S)
            now = asyncio.get_running_loop().time()
            for visit in [v for v in self._visits.values() if self._is_over(v, now)]:
                del self._visits[visit.id]
                self._awaited_since.pop(visit.id, None)
                try:
                    await self._settle(visit)
                except Exception:
                    logger.exception("the visit of participant %s could not be ended", visit.seat.participant.id)

    def _is_over(self, visit: Visit, now: float) -> bool:
        if visit.taken_over or not visit.awaited:
            return visit.taken_over or visit.connection_lost
        return now - self._awaited_since.setdefault(visit.id, now) >= AWAITED_FOR_S

    @staticmethod
    async def _settle(visit: Visit) -> None:
        if visit.taken_over:
            await stay.window_closed(visit.room, visit.seat, visit.window)
        elif visit.seat.window is visit.window:
            # The machine vanished: its seat is free for another one.
            await stay.leave(visit.room, visit.seat, GapReason.NETWORK)
