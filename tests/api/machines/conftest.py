"""Cameras and walls over the whole HTTP side; only the media worker is a fake at the end of its wire."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

import pytest
from aiohttp.test_utils import TestServer

from inspect_server.api.application import make_application
from inspect_server.api.signalling.messages.presence import ParticipantState
from inspect_server.api.signalling.messages.stay import IceServer
from inspect_server.api.signalling.rooms import Rooms
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages
from inspect_server.media.client import MediaClient, WorkersUp
from inspect_server.media.darkroom.darkroom import Darkroom
from inspect_server.services import machines
from inspect_server.services.machines import MachineAccess
from tests.api.fake_worker import Worker
from tests.api.site import Answer, Browser, Site
from tests.media.test_sdp import H264, offer
from tests.services.office import Office
from tests.services.office_fixtures import founded, office
from tests.storage.records import NOW

__all__ = ["founded", "office", "yard"]

SENDING = offer(H264)
RECEIVING = offer(H264, direction="recvonly")
MAX_PARTICIPANTS = 3


@dataclass
class Yard:
    """One open inspection with accesses to it, and a bare HTTP client."""

    office: Office
    worker: Worker
    rooms: Rooms
    site: Site
    http: Browser
    inspection_id: str

    async def access(self, role: ParticipantRole = ParticipantRole.DEVICE, name: str = "仓库机位") -> MachineAccess:
        return await machines.give_access(
            self.office.context, self.office.inspector, self.inspection_id, role, name=name
        )

    async def whip(self, access: MachineAccess, body: str = SENDING, **headers: str) -> Answer:
        return await self.post("whip", access.token, body, **headers)

    async def whep(self, access: MachineAccess, body: str = RECEIVING, query: str = "") -> Answer:
        return await self.post("whep", access.token, body, query=query)

    async def post(self, kind: str, token: str, body: str, query: str = "", **headers: str) -> Answer:
        given = {"Content-Type": "application/sdp", "Authorization": f"Bearer {token}", **headers}
        return await self.http.ask("POST", f"/api/{kind}/{self.inspection_id}{query}", data=body, headers=given)

    async def ask(self, method: str, url: str, access: MachineAccess, body: str = "", **headers: str) -> Answer:
        given = {"Authorization": f"Bearer {access.token}", **headers}
        return await self.http.ask(method, url, data=body, headers=given)

    def machine(self, name: str = "仓库机位") -> ParticipantState:
        (found,) = [s for s in self.rooms.room(self.inspection_id).states() if s.display_name == name]
        return found

    def tell(self, command: messages.Publish | messages.View, state: Literal["live", "away", "closed"]) -> None:
        """The worker says how this command's connection is."""
        self.rooms.on_media_event(
            messages.ConnectionChanged(
                connection_id=command.connection_id,
                room_id=command.room_id,
                participant_id=command.participant_id,
                source=command.source if isinstance(command, messages.Publish) else "",
                state=state,
            )
        )


@pytest.fixture
async def yard(office: Office, tmp_path: Path) -> AsyncIterator[Yard]:
    worker = Worker()
    turn = IceServer(urls=["turn:127.0.0.1:3478?transport=udp", "turns:127.0.0.1:443"], username="u", credential="c")
    rooms = Rooms(
        office.context,
        cast(MediaClient, worker),
        ice_servers=lambda _: [turn],
        server_started_at=NOW,
        max_participants=MAX_PARTICIPANTS,
    )
    context = replace(office.context, announce=rooms.announce)
    application = make_application(
        context,
        rooms,
        Darkroom(context.objects),
        web_dir=tmp_path,
        uploads_dir=tmp_path,
        media_workers=lambda: WorkersUp(configured=1, up=1),
    )
    running = asyncio.create_task(rooms.run())
    async with TestServer(application) as server:
        site = Site(replace(office, context=context), server, application, tmp_path)
        yield Yard(site.office, worker, rooms, site, site.browser(), await site.office.open_inspection())
        await site.close()
    running.cancel()
    await asyncio.wait([running])


def code(answer: Answer) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status, answer.json["code"]
