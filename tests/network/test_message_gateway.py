"""Codes through an HTTP gateway: taken, tried again, or refused with a reason."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from inspect_server.domain.errors import MessageNotSent
from inspect_server.network.message_gateway import MessageGateway
from tests.support.processes import free_port


@dataclass
class Gateway:
    """Answers with these statuses, one after the other, the last one for ever; remembers what came."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [202])
    heard: list[tuple[dict[str, Any], dict[str, str]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((await request.json(), dict(request.headers)))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    application = web.Application()
    application.router.add_post("/send", gateway.take)
    async with TestServer(application) as server:
        gateway.url = str(server.make_url("/send"))
        yield gateway


async def test_the_gateway_gets_phone_code_and_text(gateway: Gateway) -> None:
    sent = await MessageGateway(gateway.url, "secret").send_code("13800001234", "042195", valid_minutes=5)
    assert sent is None
    ((body, headers),) = gateway.heard
    assert (body["phone"], body["code"]) == ("13800001234", "042195")
    assert "042195" in body["text"]
    assert "5 分钟" in body["text"]
    assert headers["Authorization"] == "Bearer secret"


async def test_a_gateway_in_trouble_is_asked_again_for_the_same_message(gateway: Gateway) -> None:
    gateway.statuses = [503, 500, 200]
    await MessageGateway(gateway.url, "", pauses_s=(0.0, 0.0)).send_code("1", "2", valid_minutes=5)
    assert len({headers["Idempotency-Key"] for _, headers in gateway.heard}) == 1
    assert len(gateway.heard) == 3
    assert "Authorization" not in gateway.heard[0][1]


@pytest.mark.parametrize(("status", "tries"), [(500, 3), (400, 1), (302, 1)])
async def test_what_is_not_taken_is_said(gateway: Gateway, status: int, tries: int) -> None:
    gateway.statuses = [status]
    with pytest.raises(MessageNotSent) as refused:
        await MessageGateway(gateway.url, "", pauses_s=(0.0, 0.0)).send_code("1", "2", valid_minutes=5)
    assert refused.value.params == {"reason": f"HTTP {status}"}
    assert len(gateway.heard) == tries


async def test_nobody_listens() -> None:
    with pytest.raises(MessageNotSent) as refused:
        await MessageGateway(f"http://127.0.0.1:{free_port()}/", "", pauses_s=(0.0,)).send_code(
            "1", "2", valid_minutes=5
        )
    assert refused.value.params["reason"] == "ClientConnectorError"
