"""The inspector's work over HTTP, for tests whose subject is something else than the pages for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from tests.e2e.waiting import until

DOOR_S = 20


@dataclass(frozen=True)
class Account:
    """A person of the demo data."""

    name: str
    password: str


INSPECTOR = Account("chen", "chen-demo-2026")
REVIEWER = Account("zhao", "zhao-demo-2026")
OTHER_OFFICE = Account("neighbour", "neighbour-demo-2026")


@dataclass(frozen=True)
class Invited:
    """An inspection that is open, and the way into it for the enterprise."""

    case_id: str
    inspection_id: str
    invitation_id: str
    link: str


class Staff:
    """One signed-in person of the office."""

    def __init__(self, client: aiohttp.ClientSession, csrf_token: str) -> None:
        self._client = client
        self._headers = {"X-CSRF-Token": csrf_token}

    @classmethod
    @asynccontextmanager
    async def signed_in(cls, url: str, account: Account = INSPECTOR) -> AsyncIterator[Self]:
        jar = aiohttp.CookieJar(unsafe=True)  # the server's name is an IP address
        async with aiohttp.ClientSession(url, cookie_jar=jar, raise_for_status=True) as client:
            async with client.post("/api/sign-in", json={"name": account.name, "password": account.password}) as answer:
                me = await answer.json()
            yield cls(client, me["csrf_token"])

    async def get(self, path: str) -> Any:
        async with self._client.get(path) as answer:
            return await answer.json()

    async def get_bytes(self, path: str) -> bytes:
        async with self._client.get(path) as answer:
            return await answer.read()

    async def post(self, path: str, body: object = None) -> Any:
        async with self._client.post(path, json=body if body is not None else {}, headers=self._headers) as answer:
            return await answer.json() if answer.status != 204 else None

    async def put(self, path: str, body: object = None) -> Any:
        async with self._client.put(path, json=body if body is not None else {}, headers=self._headers) as answer:
            return await answer.json() if answer.status != 204 else None

    async def delete(self, path: str) -> None:
        async with self._client.delete(path, headers=self._headers):
            return

    async def open_case(self, enterprise: str = "测试企业") -> str:
        """A new case, so that tests do not meet each other's inspections."""
        items = await self.get("/api/permit-items")
        body = {"permit_item_id": items["items"][0]["permit_item_id"], "enterprise": {"name": enterprise}}
        case_id: str = (await self.post("/api/cases", body))["id"]
        return case_id

    async def start_inspection(self, case_id: str) -> str:
        inspection_id: str = (await self.post(f"/api/cases/{case_id}/inspections", {"kind": "initial"}))["id"]
        return inspection_id

    async def invite(self, case_id: str | None = None) -> Invited:
        case_id = case_id or await self.open_case()
        inspection_id = await self.start_inspection(case_id)
        invitation = await self.post(f"/api/inspections/{inspection_id}/invitations", {"role": "enterprise"})
        return Invited(case_id, inspection_id, invitation["id"], invitation["link"])

    async def end(self, inspection_id: str) -> None:
        await self.post(f"/api/inspections/{inspection_id}/end")

    async def footage(self, inspection_id: str) -> Any:
        return await self.get(f"/api/inspections/{inspection_id}/footage")

    async def let_in(self, inspection_id: str) -> None:
        """Wait until somebody stands at the door, and open it to everybody who does."""

        async def somebody_waits() -> list[str]:
            arrivals = await self.get(f"/api/inspections/{inspection_id}/arrivals")
            return [guest["participant_id"] for guest in arrivals["items"] if guest["waiting_since"]]

        await until(somebody_waits, within_s=DOOR_S, what="a guest at the door")
        for participant_id in await somebody_waits():
            await self.put(f"/api/inspections/{inspection_id}/participants/{participant_id}/admission")


async def let_in(link: str) -> None:
    """The inspector opens the door to who waits there with this link, over HTTP."""
    base, _, token = link.partition("/m/#")
    async with Staff.signed_in(base) as staff:
        opened = await staff.post("/api/join/open", {"token": token})
        await staff.let_in(opened["inspection_id"])
