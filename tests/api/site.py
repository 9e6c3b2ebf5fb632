"""Browsers of the office and of the enterprise, as far as HTTP goes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import BaseTestServer, TestServer

from inspect_server.api.application import make_application
from inspect_server.api.signalling.rooms import Rooms
from inspect_server.domain.errors import MediaUnavailable
from inspect_server.media import messages
from inspect_server.media.client import MediaClient, WorkersUp
from inspect_server.media.darkroom.darkroom import Darkroom
from inspect_server.services.notifying import OnScreen
from tests.services.office import PASSWORD, Office
from tests.storage.records import NOW


@dataclass(frozen=True)
class Answer:
    """A response, read."""

    status: int
    headers: Mapping[str, str]
    data: bytes
    json: Any


class Browser:
    """One browser with its cookies; sends the CSRF token of its sign-in unless told another one."""

    def __init__(self, client: ClientSession) -> None:
        self.client = client
        self.csrf_token = ""

    async def ask(self, method: str, path: str, *, csrf: str | None = None, **how: Any) -> Answer:
        headers: dict[str, str] = dict(how.pop("headers", {}))
        token = self.csrf_token if csrf is None else csrf
        if token:
            headers.setdefault("X-CSRF-Token", token)
        response: ClientResponse
        async with self.client.request(method, path, headers=headers, allow_redirects=False, **how) as response:
            data = await response.read()
            is_json = "json" in response.content_type
            return Answer(
                response.status, response.headers, data, await response.json(content_type=None) if is_json else None
            )

    async def get(self, path: str, **how: Any) -> Answer:
        return await self.ask("GET", path, **how)

    async def post(self, path: str, body: object = None, **how: Any) -> Answer:
        if body is not None:
            how["json"] = body
        return await self.ask("POST", path, **how)

    async def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        answer = await self.post("/api/sign-in", {"name": name, "password": password})
        if answer.status == 200:
            self.csrf_token = answer.json["csrf_token"]
        return answer


@dataclass
class Site:
    """The running server, and the office behind it for what a test wants to set up or look up."""

    office: Office
    server: BaseTestServer
    application: web.Application
    web_dir: Path
    _clients: list[ClientSession] = field(default_factory=list)

    def browser(self) -> Browser:
        """A browser that nobody is signed in with."""
        client = ClientSession(self.server.make_url("/"), cookie_jar=CookieJar(unsafe=True))
        self._clients.append(client)
        return Browser(client)

    async def signed_in(self, name: str = "inspector") -> Browser:
        browser = self.browser()
        answer = await browser.sign_in(name)
        assert answer.status == 200, answer.data
        return browser

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


class NoWorker(MediaClient):
    """The end of a wire with nobody behind it."""

    def __init__(self) -> None:
        super().__init__(
            messages.Configure(spool_dir="", spool_min_free_mb=1, object_store=""),
            workers=1,
            events=lambda _: None,
            on_rooms_lost=lambda _: None,
        )

    async def request(self, command: messages.Command) -> messages.Reply:
        raise MediaUnavailable(command.request_id)


@asynccontextmanager
async def open_site(office: Office, folder: Path) -> AsyncIterator[Site]:
    """Serve the office, with small pages in ``folder``."""
    rooms = Rooms(office.context, NoWorker(), ice_servers=lambda _: [], server_started_at=NOW, max_participants=4)
    context = replace(
        office.context, announce=rooms.announce, uploads_pending=rooms.uploads_pending, notifier=OnScreen()
    )
    web_dir = folder / "pages"
    (web_dir / "m").mkdir(parents=True)
    (web_dir / "assets").mkdir()
    (web_dir / "index.html").write_text("<title>laptop</title>" + " " * 2000)
    (web_dir / "m" / "index.html").write_text("<title>phone</title>")
    (web_dir / "icon.svg").write_text("<svg/>")
    (web_dir / "assets" / "main-4f3c.js").write_text("export {}\n" * 500)
    (folder / "secret.txt").write_text("not for the web")
    darkroom, uploads_dir = Darkroom(context.objects), folder / "uploads"
    uploads_dir.mkdir()
    application = make_application(
        context,
        rooms,
        darkroom,
        web_dir=web_dir,
        uploads_dir=uploads_dir,
        media_workers=lambda: WorkersUp(configured=2, up=1),
    )
    running = asyncio.create_task(rooms.run())
    async with TestServer(application) as server:
        opened = Site(replace(office, context=context), server, application, web_dir)
        yield opened
        await opened.close()
    running.cancel()
    await asyncio.wait([running])
    darkroom.close()
