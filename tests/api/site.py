"""Browsers of the office and of the enterprise, as far as HTTP goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import BaseTestServer

from tests.services.office import PASSWORD, Office


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
