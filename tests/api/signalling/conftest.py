"""A live room over real services on SQLite; only the media worker is a fake at the end of its wire."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer

from inspect_server.api.signalling.rooms import Rooms
from inspect_server.api.signalling.socket import ROOMS, signalling
from inspect_server.domain.errors import InspectError
from inspect_server.domain.inspections import InspectionKind, ParticipantRole
from inspect_server.domain.people import Role
from inspect_server.media import messages
from inspect_server.media.client import MediaClient
from inspect_server.services import calling, inspecting, inviting
from inspect_server.services import cases as case_pages
from inspect_server.services.context import Actor, ServiceContext
from storage import cases, catalogue, migrate, people
from storage.engine import connect
from storage.objects import open_object_store
from tests.storage import records

TIMEOUT_S = 10


@dataclass
class Worker:
    """Answers every command at once and remembers it; ``refusal`` is raised instead."""

    commands: list[messages.Command] = field(default_factory=list)
    refusal: InspectError | None = None

    async def request(self, command: messages.Command) -> messages.Reply:
        self.commands.append(command)
        if self.refusal is not None:
            raise self.refusal
        if isinstance(command, messages.Publish):
            return messages.Published(request_id=command.request_id, answer_sdp="the answer")
        if isinstance(command, messages.Watch):
            return messages.WatchOffered(request_id=command.request_id, revision=1, offer_sdp="the offer", tracks=[])
        return messages.Done(request_id=command.request_id)

    def of_type(self, kind: type[Any]) -> list[Any]:
        return [command for command in self.commands if isinstance(command, kind)]


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
    inspection_id: str

    async def staff_ticket(self) -> str:
        return (await calling.ticket_for_staff(self.context, self.inspector, self.inspection_id)).token

    async def invite(self, name: str = "王强") -> tuple[str, str]:
        """Invitation id and the token of its link, accepted under this name."""
        made = await inviting.invite(self.context, self.inspector, self.inspection_id, ParticipantRole.ENTERPRISE)
        token = made.link.partition("#")[2]
        await inviting.accept_invitation(
            self.context, token, display_name=name, consent=True, consent_text_version="2026-11", address="127.0.0.1"
        )
        return made.invitation.id, token

    async def phone_ticket(self, token: str) -> str:
        return (await calling.ticket_for_invited(self.context, token)).token

    async def gaps_on_the_case_page(self) -> int:
        inspection = await inspecting.show_inspection(self.context, self.inspector, self.inspection_id)
        file = await case_pages.show_case(self.context, self.inspector, inspection.parts[0].case.id)
        return file.inspections[0].gap_count

    async def connect(self) -> Page:
        return Page(await self.client.ws_connect("/api/signalling"))

    async def join(self, ticket: str) -> tuple[Page, dict[str, Any]]:
        page = await self.connect()
        await page.send("hello", version=1, ticket=ticket)
        return page, await page.until("welcome")

    async def join_as_inspector(self) -> tuple[Page, dict[str, Any]]:
        return await self.join(await self.staff_ticket())

    async def join_by_invitation(self, name: str = "王强") -> tuple[Page, dict[str, Any]]:
        _, token = await self.invite(name)
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
        yield Call(told, rooms, worker, client, actor, opened.inspection.id)
    running.cancel()
    await asyncio.wait([running])
