"""An inspector in a call by the protocol alone, for tests whose subject is what others' pages make of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from tests.e2e.staff import Staff

ANSWER_S = 15
PING_EVERY_S = 2
ENTERPRISE = "enterprise"


@dataclass
class OfficeVoice:
    """Says and hears what an inspector's page would."""

    socket: aiohttp.ClientWebSocketResponse
    site_id: str = ""
    """The enterprise's participant, once they are there."""

    @classmethod
    @asynccontextmanager
    async def joined(cls, url: str, staff: Staff, inspection_id: str) -> AsyncIterator[Self]:
        ticket = (await staff.post(f"/api/inspections/{inspection_id}/tickets"))["ticket"]
        async with aiohttp.ClientSession(url) as client, client.ws_connect("/api/signalling") as socket:
            voice = cls(socket)
            await voice.say("hello", version=1, ticket=ticket, device="")
            await voice.hear("welcome")
            breath = asyncio.create_task(voice._breathe())
            try:
                yield voice
            finally:
                breath.cancel()

    async def say(self, message_type: str, **fields: object) -> None:
        await self.socket.send_json({"type": message_type, **fields})

    async def hear(self, message_type: str, **fields: object) -> dict[str, Any]:
        """The next message of this type whose fields have these values; others are passed over."""
        async with asyncio.timeout(ANSWER_S):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                for each in message.get("participants", []) if message["type"] == "participants" else []:
                    if each["role"] == ENTERPRISE and each["presence"] == "live":
                        self.site_id = each["participant_id"]
                if message["type"] == message_type and all(message[name] == fields[name] for name in fields):
                    return message

    async def see_the_site(self) -> None:
        """Wait until the enterprise is in the call with a camera."""
        while not self.site_id:
            await self.hear("participants")

    async def ask(self, wish: str, **fields: object) -> dict[str, Any]:
        """Ask something of the site's camera; its answer."""
        return await self.answer_to(await self.begin_to_ask(wish, **fields))

    async def begin_to_ask(self, wish: str, **fields: object) -> str:
        """Ask something of the site's camera or its person; the request's id."""
        request = uuid.uuid4().hex
        await self.say("ask_camera", request=request, participant_id=self.site_id, wish=wish, **fields)
        return request

    async def answer_to(self, request: str) -> dict[str, Any]:
        return await self.hear("camera_answered", request=request)

    async def _breathe(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            await self.say("ping")
