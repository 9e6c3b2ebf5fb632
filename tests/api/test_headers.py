"""What browsers may do with our pages and answers, whichever way an answer came about."""

from dataclasses import replace
from pathlib import Path

import pytest

from inspect_server.api.headers import content_security_policy
from storage.objects import open_object_store
from tests.api.site import Site, open_site
from tests.services.office import Office

ANSWERS = {
    "a page": ("GET", "/cases", 200),
    "an asset": ("GET", "/assets/main-4f3c.js", 200),
    "a missing asset": ("GET", "/assets/old-0000.js", 404),
    "an answer": ("GET", "/api/health", 200),
    "a refusal": ("GET", "/api/me", 401),
    "no such address": ("GET", "/api/unknown", 404),
    "a wrong method": ("PUT", "/api/cases", 405),
}


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("kind", ANSWERS)
async def test_every_kind_of_answer_says_what_browsers_may_do_with_it(site: Site, kind: str) -> None:
    method, path, status = ANSWERS[kind]
    answer = await site.browser().ask(method, path)
    assert answer.status == status
    policy = directives(answer.headers["Content-Security-Policy"])
    # Scripts come from here alone: none inline, none evaluated.
    assert policy["default-src"] == ["'self'"]
    assert "script-src" not in policy
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    allowed = answer.headers["Permissions-Policy"]
    assert "camera=(self)" in allowed
    assert "microphone=(self)" in allowed
    assert "geolocation=(self)" in allowed
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # The token of an invitation stands in the address of the phone's page: it goes nowhere from there.
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_what_is_asked_of_the_api_is_not_cached(site: Site) -> None:
    browser = await site.signed_in()
    for path in ("/api/me", "/api/cases", "/api/cases/none", "/api/unknown", "/api/health"):
        assert (await browser.get(path)).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["localhost:8080", "192.168.1.5:8443", "[fe80::1]:8443", "kancha.example.gov.cn"])
def test_websockets_of_the_own_host_are_named_for_older_browsers(host: str) -> None:
    policy = directives(content_security_policy(host, ""))
    assert policy["connect-src"] == ["'self'", f"ws://{host}", f"wss://{host}"]


@pytest.mark.parametrize("host", ["", "a b", "a;script-src *", "a,b", "'none'", "a\tb", "*", "h\udcff", "a/b", "主机"])
def test_what_is_no_host_has_no_say(host: str) -> None:
    assert content_security_policy(host, "") == content_security_policy("", "")
    assert directives(content_security_policy(host, ""))["connect-src"] == ["'self'"]


async def test_footage_may_come_from_the_bucket_and_from_nowhere_else(office: Office, tmp_path: Path) -> None:
    # A presigned URL is computed without asking the service, so none needs to run.
    objects = open_object_store(
        "s3://footage/archive",
        endpoint_url="http://127.0.0.1:1",
        region="us-east-1",
        access_key_id="key",
        secret_access_key="secret",
    )
    elsewhere = replace(office, context=replace(office.context, objects=objects))
    async with open_site(elsewhere, tmp_path) as site:
        policy = directives((await site.browser().get("/")).headers["Content-Security-Policy"])
    await objects.close()
    assert policy["media-src"] == ["'self'", "blob:", "http://127.0.0.1:1"]
    assert policy["connect-src"][-1] == "http://127.0.0.1:1"
    assert all("http:" not in value for name in ("default-src", "img-src", "worker-src") for value in policy[name])


async def test_with_a_folder_no_other_origin_is_named(site: Site) -> None:
    policy = directives((await site.browser().get("/")).headers["Content-Security-Policy"])
    assert policy["media-src"] == ["'self'", "blob:"]
