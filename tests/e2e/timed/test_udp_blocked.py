"""An office whose firewall lets only TLS out: the call goes through TURN over TLS, by itself."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.conftest import People, running
from tests.e2e.deployments import Deployment, on_folder
from tests.e2e.pages.laptop import LaptopPages
from tests.e2e.pages.phone import PhonePages
from tests.e2e.pages.pictures import read_counter
from tests.e2e.staff import Staff
from tests.e2e.waiting import until
from tests.support.chromium import launched, open_screen
from tests.support.coturn import CoturnServer
from tests.support.truth import SCRIPTS

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

JOINED_WITHIN_S = 5.0
# The browser uses no UDP at all, for TURN neither; and it takes coturn's certificate, which nobody vouches for.
ONLY_TCP = ("--webrtc-ip-handling-policy=disable_non_proxied_udp", "--ignore-certificate-errors")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes what comes by UDP and TCP and never answers, as a firewall that drops."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        port: int = listener.getsockname()[1]
        opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind(("127.0.0.1", port))
        yield port


@pytest.fixture
def only_tls_gets_through(
    tmp_path: Path, coturn_server: CoturnServer, silent_port: int, request: pytest.FixtureRequest
) -> Iterator[Deployment]:
    """A fresh installation with several TURN servers, of which one answers, by TLS."""
    blocked = [f"turn:127.0.0.1:{silent_port}?transport={transport}" for transport in ("udp", "tcp")]
    settings = {
        "INSPECT_TURN_URLS": ",".join([*blocked, coturn_server.tls_url]),
        "INSPECT_TURN_SECRET": coturn_server.secret,
    }
    yield from running(on_folder(tmp_path, settings), request)


async def test_a_phone_joins_within_five_seconds_and_sees_and_is_seen(
    only_tls_gets_through: Deployment, people: People
) -> None:
    product = only_tls_gets_through.product
    inspector = await people.laptop()
    browser = await people.stack.enter_async_context(launched(people.clips.site, extra_flags=ONLY_TCP))
    routes = (SCRIPTS / "used_routes.js").read_text()
    enterprise = await open_screen(browser, "enterprise", phone=True, init_scripts=[routes])
    people.screens.append(enterprise)
    laptop, phone = LaptopPages(inspector.page, product.url), PhonePages(enterprise.page)
    async with Staff.signed_in(product.url) as staff:
        invited = await staff.invite()
    await laptop.sign_in()
    await laptop.enter_call(invited.inspection_id)
    await phone.open(invited.link)

    await phone.agree()
    await phone.heading("您已在等候室").wait_for()
    asked = time.monotonic()
    await phone.be_let_in(invited.link)
    assert time.monotonic() - asked < JOINED_WITHIN_S

    await until(lambda: read_counter(laptop.site_video()), within_s=10, what="the site on the laptop")
    await until(lambda: read_counter(phone.office_video()), within_s=10, what="the office on the phone")
    assert await enterprise.page.evaluate("window.__routes()") == [["relay", "tls"], ["relay", "tls"]]
    assert inspector.complaints == []
