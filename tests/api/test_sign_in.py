"""Sign-in over HTTP: the cookie, the CSRF token, and what a stranger gets."""

import pytest

from inspect_server.api.callers import Anybody, Staff
from inspect_server.api.operations import Operation
from inspect_server.api.routes import OPERATIONS
from tests.api.site import Site

STAFF_ONLY = [operation for operation in OPERATIONS if operation.caller is Staff]
UNSAFE = [operation for operation in STAFF_ONLY if operation.method != "GET"]


def filled(operation: Operation) -> str:
    """Its path with some number in place of every parameter."""
    path = operation.path
    for name in operation.path_parameters:
        path = path.replace(f"{{{name}}}", "1")
    return path


async def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(site: Site) -> None:
    browser = site.browser()
    answer = await browser.sign_in("inspector")
    assert answer.json["display_name"] == "inspector 先生"
    assert answer.json["organisation_name"] == "食品科"
    assert answer.json["roles"] == ["inspector"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("inspect_signin=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    me = await browser.get("/api/me")
    assert me.json == answer.json
    assert me.headers["Cache-Control"] == "no-store"


async def test_behind_https_the_cookie_is_secure(site: Site) -> None:
    answer = await site.browser().post(
        "/api/sign-in",
        {"name": "inspector", "password": "correct horse"},
        headers={"X-Forwarded-Proto": "https"},
    )
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize(("name", "password"), [("inspector", "wrong"), ("nobody", "correct horse")])
async def test_wrong_credentials_say_nothing_more(site: Site, name: str, password: str) -> None:
    answer = await site.browser().sign_in(name, password)
    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.json == {
        "type": "urn:inspect-server:problem:wrong_credentials",
        "title": "Unauthorized",
        "status": 401,
        "code": "wrong_credentials",
        "detail": "",
        "params": {},
    }
    assert "Set-Cookie" not in answer.headers


async def test_too_many_attempts_say_when_to_come_back(site: Site) -> None:
    browser = site.browser()
    for _ in range(5):
        await browser.sign_in("inspector", "wrong")
    answer = await browser.sign_in("inspector")
    assert (answer.status, answer.json["code"]) == (429, "too_many_attempts")
    assert answer.json["params"] == {"retry_after_s": 2}
    assert answer.headers["Retry-After"] == "2"
    site.office.clock.advance(seconds=2)
    assert (await browser.sign_in("inspector")).status == 200


async def test_signing_out_ends_it_on_the_server_too(site: Site) -> None:
    browser = await site.signed_in()
    cookies = {cookie.key: cookie.value for cookie in browser.client.cookie_jar}
    assert (await browser.post("/api/sign-out")).status == 204
    thief = site.browser()
    answer = await thief.get("/api/me", headers={"Cookie": f"inspect_signin={cookies['inspect_signin']}"})
    assert (answer.status, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("operation", STAFF_ONLY, ids=lambda operation: operation.name)
async def test_without_a_sign_in_there_is_nothing_to_see_or_do(site: Site, operation: Operation) -> None:
    for headers in ({}, {"Cookie": "inspect_signin=" + "x" * 43}):
        answer = await site.browser().ask(operation.method, filled(operation), headers=headers)
        assert (answer.status, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("operation", UNSAFE, ids=lambda operation: operation.name)
async def test_without_the_csrf_token_nothing_is_done(site: Site, operation: Operation) -> None:
    browser = await site.signed_in("administrator")
    other = await site.signed_in("administrator")
    before = await site.office.count_audited()
    for token in ("", "x" * 43, other.csrf_token, "é"):
        answer = await browser.ask(operation.method, filled(operation), csrf=token)
        assert (answer.status, answer.json["code"]) == (403, "csrf_rejected")
    assert await site.office.count_audited() == before


def test_every_operation_that_is_open_to_anybody_is_meant_to_be() -> None:
    assert {operation.name for operation in OPERATIONS if operation.caller is Anybody} == {
        "sign_in",
        "describe_whip",
        "describe_whep",
        "describe_camera",
        "describe_wall",
        "open_invitation",
        "accept_invitation",
        "issue_invited_ticket",
        "show_health",
    }
