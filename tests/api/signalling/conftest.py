"""A live room over real services on SQLite; only the media worker is a fake at the end of its wire."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer

from inspect_server.api.signalling.rooms import Rooms
from inspect_server.api.signalling.socket import ROOMS, signalling
from inspect_server.domain.inspections import InspectionKind, ParticipantRole
from inspect_server.domain.people import Role
from inspect_server.media.client import MediaClient
from inspect_server.services import admitting, calling, inspecting, inviting
from inspect_server.services import cases as case_pages
from inspect_server.services.context import Actor, ServiceContext
from storage import cases, catalogue, migrate, people
from storage.engine import connect
from storage.objects import open_object_store
from tests.api.fake_worker import Worker
from tests.storage import records

TIMEOUT_S = 10


class Page:
    """One window's WebSocket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, message_type: str, **fields: object) -> None:
        await self.socket.send_json({"type": message_type, **fields})

    async def until(self, message_type: str, **fields: object) -> dict[str, Any]:
        """The next message of this type whose fields have these values; others are passed over."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                if message["type"] == message_type and all(message[name] == fields[name] for name in fields):
                    return message

    async def next_of(self, message_types: set[str]) -> dict[str, Any]:
        """The next message of one of these types; others are passed over."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                if message["type"] in message_types:
                    return message

    async def closed(self) -> int | None:
        """Wait for the end; the close code."""
        async with asyncio.timeout(TIMEOUT_S):
            async for _ in self.socket:
                pass
        return self.socket.close_code


@dataclass
class Call:
    """One open inspection and the server that its people reach."""

    context: ServiceContext
    rooms: Rooms
    worker: Worker
    client: TestClient[web.Request, web.Application]
    inspector: Actor
    permit_item_id: str
    inspection_id: str

    async def staff_ticket(self) -> str:
        return (await calling.ticket_for_staff(self.context, self.inspector, self.inspection_id)).token

    async def invite(self, name: str = "王强", role: ParticipantRole = ParticipantRole.ENTERPRISE) -> tuple[str, str]:
        """Invitation id and the token of its link, accepted under this name; the inspector has said yes to them."""
        made = await inviting.invite(self.context, self.inspector, self.inspection_id, role)
        token = made.link.partition("#")[2]
        seated = await inviting.accept_invitation(
            self.context, token, display_name=name, consent=True, consent_text_version="2026-11", address="127.0.0.1"
        )
        await self.admit(seated.id)
        return made.invitation.id, token

    async def admit(self, participant_id: str) -> None:
        await admitting.admit(self.context, self.inspector, self.inspection_id, participant_id)

    async def phone_ticket(self, token: str) -> str:
        return (await calling.ticket_for_invited(self.context, token)).token

    async def gaps_on_the_case_page(self) -> int:
        inspection = await inspecting.show_inspection(self.context, self.inspector, self.inspection_id)
        file = await case_pages.show_case(self.context, self.inspector, inspection.parts[0].case.id)
        return file.inspections[0].gap_count

    async def of_another_case(self) -> "Call":
        """The same office's call for another enterprise, on the same server."""
        draft = case_pages.CaseDraft(self.permit_item_id, "云州谷源种业有限公司")
        case = (await case_pages.open_case(self.context, self.inspector, draft)).case
        opened = await inspecting.open_inspection(self.context, self.inspector, case.id, InspectionKind.INITIAL)
        return replace(self, inspection_id=opened.inspection.id)

    async def connect(self) -> Page:
        return Page(await self.client.ws_connect("/api/signalling"))

    async def join(self, ticket: str) -> tuple[Page, dict[str, Any]]:
        page = await self.connect()
        await page.send("hello", version=1, ticket=ticket)
        return page, await page.until("welcome")

    async def join_as_inspector(self) -> tuple[Page, dict[str, Any]]:
        return await self.join(await self.staff_ticket())

    async def join_by_invitation(
        self, name: str = "王强", role: ParticipantRole = ParticipantRole.ENTERPRISE
    ) -> tuple[Page, dict[str, Any]]:
        _, token = await self.invite(name, role)
        return await self.join(await self.phone_ticket(token))


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[ServiceContext]:
    url = f"sqlite:///{tmp_path / 'inspect.db'}"
    await migrate.upgrade(url)
    database, objects = connect(url), open_object_store(str(tmp_path / "objects"))
    yield ServiceContext(database, objects)
    await objects.close()
    await database.close()


@pytest.fixture
async def call(context: ServiceContext) -> AsyncIterator[Call]:
    organisation = records.an_organisation()
    inspector = records.a_user(organisation, roles=frozenset({Role.INSPECTOR}))
    version, enterprise = records.a_version(), records.an_enterprise()
    case = records.a_case(organisation, enterprise, version)
    async with context.database.transaction() as tx:
        await people.add_organisation(tx, organisation)
        await people.add_user(tx, inspector, password_hash="none")
        await catalogue.add_version(tx, version)
        await cases.add_enterprise(tx, enterprise)
        await cases.add_case(tx, case)
    worker = Worker()
    rooms = Rooms(
        context,
        cast(MediaClient, worker),
        ice_servers=lambda _: [],
        server_started_at=datetime.now(UTC),
        max_participants=2,
    )
    told = replace(context, announce=rooms.announce)
    actor = Actor(inspector, "127.0.0.1")
    opened = await inspecting.open_inspection(told, actor, case.id, InspectionKind.INITIAL)
    application = web.Application()
    application[ROOMS] = rooms
    application.router.add_get("/api/signalling", signalling)
    running = asyncio.create_task(rooms.run())
    async with TestClient(TestServer(application)) as client:
        yield Call(told, rooms, worker, client, actor, version.permit_item_id, opened.inspection.id)
    running.cancel()
    await asyncio.wait([running])
