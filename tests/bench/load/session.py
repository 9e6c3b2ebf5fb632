"""What cameras and walls of the generator have in common: the exchange of descriptions, and coming up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp

from inspect_server.media import sdp
from inspect_server.media.datapath import RtpPacket

CONNECT_TIMEOUT_S = 30
TAIL_BYTES = 24


@dataclass(frozen=True)
class Access:
    """Where to post an offer, and the bearer token for it."""

    url: str
    token: str


class Up:
    """Waits until a transport is up."""

    def __init__(self) -> None:
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connected(self) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def failed(self, why: str) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError(why))

    async def wait(self) -> None:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await self._done


async def post_offer(client: aiohttp.ClientSession, access: Access, offer: str) -> sdp.Description:
    """WHIP and WHEP alike; raises ``aiohttp.ClientResponseError`` if the server refuses."""
    headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {access.token}"}
    async with client.post(access.url, data=offer, headers=headers) as answer:
        answer.raise_for_status()
        return sdp.parse(await answer.text())


def tail_of(packet: RtpPacket) -> bytes:
    """Enough of a payload to know it again."""
    return packet.data[max(packet.payload_end - TAIL_BYTES, packet.payload_start) : packet.payload_end]
