"""The WebSocket of one window: greets, reads, answers errors, sends what the room says, and ends with either side.

Runs on the server's event loop, inside the request's own task; a second task of the same group empties the outbox.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import UTC, datetime
from typing import Final

from aiohttp import WSMessage, WSMsgType, web
from pydantic import ValidationError

from inspect_server.api.nul import holds_nul
from inspect_server.api.signalling import errors, families, messages
from inspect_server.api.signalling.budget import Budget
from inspect_server.api.signalling.families import stay
from inspect_server.api.signalling.messages.stay import Error, Hello, Leave, Ping, Pong
from inspect_server.api.signalling.outbox import Outbox
from inspect_server.api.signalling.room import Room
from inspect_server.api.signalling.rooms import Rooms
from inspect_server.api.signalling.seat import Seat, Window
from inspect_server.domain.errors import InspectError
from inspect_server.domain.inspections import Participant
from inspect_server.services import calling
from inspect_server.services.calling import Admission

logger = logging.getLogger(__name__)

ROOMS = web.AppKey("rooms", Rooms)
HELLO_TIMEOUT_S: Final = 5.0
SILENCE_TIMEOUT_S: Final = 10.0
SEND_TIMEOUT_S: Final = 10.0
MAX_MALFORMED: Final = 20
MALFORMED_WINDOW_S: Final = 10.0
# Larger frames than the protocol allows are read up to here, so that they can be answered instead of cut off.
FRAME_LIMIT_BYTES: Final = 1 << 20

_GONE: Final = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})

NUL_ESCAPE: Final = r"\u0000"

LEFT: Final = 1000
TOO_SLOW: Final = 1013
REFUSED: Final = 4002
SILENT: Final = 4003
FLOOD: Final = 4004


class _Closing(Exception):
    """The reader is done; the WebSocket is to be closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def signalling(request: web.Request) -> web.WebSocketResponse:
    """``/api/signalling``; see ``docs/protocol.md``."""
    socket = web.WebSocketResponse(max_msg_size=FRAME_LIMIT_BYTES, timeout=SEND_TIMEOUT_S)
    await socket.prepare(request)
    rooms = request.app[ROOMS]
    address = request.remote or ""
    try:
        greeted = await _greet(socket, rooms, address)
    except InspectError as error:
        await _send(socket, _error(error))
        await socket.close(code=REFUSED)
        return socket
    if greeted is not None:
        await _Conversation(socket, rooms, *greeted).run()
    return socket


async def _greet(socket: web.WebSocketResponse, rooms: Rooms, address: str) -> tuple[Admission, str] | None:
    """Wait for ``hello`` and let its bearer in, with their device; None if the window went away instead."""
    try:
        frame = await socket.receive(timeout=HELLO_TIMEOUT_S)
    except TimeoutError as error:
        raise errors.HelloExpected("No hello came in time.") from error
    if frame.type is not WSMsgType.TEXT:
        if frame.type in _GONE:
            return None
        raise errors.HelloExpected("The first message must be hello.")
    hello = _parse(frame.data)
    if not isinstance(hello, Hello):
        raise errors.HelloExpected("The first message must be hello.")
    if hello.version != messages.PROTOCOL_VERSION:
        raise errors.VersionUnsupported(supported=messages.PROTOCOL_VERSION)

    def require_seat(participant: Participant) -> None:
        rooms.room(participant.inspection_id).admit(participant)

    entered = await calling.enter(rooms.context, hello.ticket, address=address, require_seat=require_seat)
    return entered, hello.device


class _Conversation:
    """From ``welcome`` to the end of one window."""

    def __init__(self, socket: web.WebSocketResponse, rooms: Rooms, entered: Admission, device: str) -> None:
        self._socket = socket
        self._rooms = rooms
        self._entered = entered
        self._device = device
        self._malformed: deque[float] = deque(maxlen=MAX_MALFORMED)
        self._budget = Budget(_now())

    async def run(self) -> None:
        room = self._rooms.room(self._entered.inspection.id)
        seat, window = await stay.enter(room, self._entered.participant, self._device)
        stay.welcome(room, seat, window, self._entered.inspection)
        families.welcome(room, seat)
        try:
            async with asyncio.TaskGroup() as tasks:
                sender = tasks.create_task(_empty(window.outbox, self._socket), name="signalling-sender")
                await self._read(room, seat, window)
                await sender
        finally:
            await stay.window_closed(room, seat, window)

    async def _read(self, room: Room, seat: Seat, window: Window) -> None:
        """Answer messages until the window or the room closes."""
        try:
            while True:
                frame = await self._socket.receive(timeout=SILENCE_TIMEOUT_S)
                if frame.type in _GONE:
                    window.outbox.close(LEFT)
                    return
                await self._answer(frame, room, seat, window)
        except TimeoutError:
            window.outbox.close(SILENT)
        except _Closing as closing:
            window.outbox.close(closing.code)

    async def _answer(self, frame: WSMessage, room: Room, seat: Seat, window: Window) -> None:
        if not self._budget.take(_now()):
            raise _Closing(FLOOD)
        try:
            message = _parse(frame.data if frame.type is WSMsgType.TEXT else "")
        except InspectError as error:
            window.outbox.put(_error(error))
            self._count_malformed()
            return
        try:
            await self._perform(message, room, seat, window)
        except InspectError as error:
            window.outbox.put(_error(error, in_reply_to=message))
        except _Closing:
            raise
        except Exception:
            logger.exception("%s of participant %s failed", message.type, seat.participant.id)
            window.outbox.put(_error(InspectError(), in_reply_to=message))

    def _count_malformed(self) -> None:
        now = _now()
        self._malformed.append(now)
        if len(self._malformed) == MAX_MALFORMED and now - self._malformed[0] <= MALFORMED_WINDOW_S:
            raise _Closing(FLOOD)

    async def _perform(self, message: messages.AnyClientMessage, room: Room, seat: Seat, window: Window) -> None:
        if isinstance(message, Ping):
            window.outbox.put(Pong(server_time=datetime.now(UTC)))
        elif isinstance(message, Hello):
            raise errors.AlreadyGreeted
        elif seat.window is not window:
            return  # Another window took over; this one hears so.
        elif isinstance(message, Leave):
            await stay.leave(room, seat)
            raise _Closing(LEFT)
        else:
            await families.answer(room, seat, window, message)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _empty(outbox: Outbox, socket: web.WebSocketResponse) -> None:
    """Send what comes into the outbox, then close. A page that does not read for 10 s is given up."""
    try:
        while (message := await outbox.get()) is not None:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await _send(socket, message)
    except (TimeoutError, ConnectionError):
        outbox.close(TOO_SLOW)
    await socket.close(code=TOO_SLOW if outbox.overflown else outbox.close_code or LEFT)


async def _send(socket: web.WebSocketResponse, message: messages.ServerMessage) -> None:
    if not socket.closed:
        await socket.send_str(message.model_dump_json())


def _parse(text: str) -> messages.AnyClientMessage:
    """One client message.

    Raises:
        MessageTooLarge, MessageUnknown, MessageMalformed: as they say; nothing was done.
    """
    if len(text.encode(errors="replace")) > messages.MAX_MESSAGE_BYTES:
        raise errors.MessageTooLarge(max_bytes=messages.MAX_MESSAGE_BYTES)
    try:
        message = messages.CLIENT_MESSAGE.validate_json(text)
    except ValidationError as error:
        (first, *_) = error.errors(include_input=False, include_url=False)
        if first["type"] == "union_tag_invalid":
            raise errors.MessageUnknown(type=str(first.get("ctx", {}).get("tag", ""))[:64]) from error
        where = ".".join(str(part) for part in first["loc"])
        raise errors.MessageMalformed(first["msg"], field=where[:100]) from error
    except (ValueError, RecursionError) as error:
        raise errors.MessageMalformed("This is no JSON.") from error
    # Most messages spell no such escape, and come often.
    if NUL_ESCAPE in text and holds_nul(message):
        raise errors.MessageMalformed("Text must not contain the NUL character.", field="")
    return message


def _error(error: InspectError, *, in_reply_to: messages.AnyClientMessage | None = None) -> Error:
    return Error(
        code=error.code,
        detail=error.detail,
        params=error.params,
        in_reply_to=in_reply_to.id if in_reply_to else None,
        connection=getattr(in_reply_to, "connection", None),
    )
