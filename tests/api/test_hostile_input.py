"""Requests that no browser of ours sends: raw bytes on a socket. None may make the server fail."""

import asyncio
import gzip
import json
import zlib
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.site import Site

TIMEOUT_S = 10


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> Any:
        return json.loads(self.body)


async def send(site: Site, request_line: bytes, *headers: bytes, body: bytes = b"") -> RawAnswer:
    """One request as it stands, on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    try:
        lines = [request_line + b" HTTP/1.1", b"Connection: close", b"Content-Length: %d" % len(body), *headers]
        if not any(header.lower().startswith(b"host:") for header in headers):
            lines.insert(1, b"Host: 127.0.0.1")
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        async with asyncio.timeout(TIMEOUT_S):
            answer = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    head, _, rest = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    named = (field.partition(": ") for field in fields)
    return RawAnswer(int(status.split()[1]), {name.lower(): value for name, _, value in named}, rest)


JSON = b"Content-Type: application/json"


@pytest.mark.parametrize(
    "headers",
    [
        [b"Cookie: inspect_signin=\xff\xfe"],
        [b"Cookie: inspect_signin=caf\xc3\xa9"],
        [b"Cookie: \xff=1; inspect_signin=x"],
        [b"Cookie: inspect_signin=" + b"x" * 7000],
    ],
)
async def test_a_cookie_of_any_bytes_is_nobody(site: Site, headers: list[bytes]) -> None:
    answer = await send(site, b"GET /api/me", *headers)
    assert (answer.status, answer.problem["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("token", [b"\xff\xfe", b"caf\xc3\xa9", b"x" * 7000])
async def test_a_csrf_token_of_any_bytes_is_refused(site: Site, token: bytes) -> None:
    browser = await site.signed_in()
    [cookie] = [each.value for each in browser.client.cookie_jar]
    answer = await send(
        site, b"POST /api/sign-out", b"Cookie: inspect_signin=" + cookie.encode(), b"X-CSRF-Token: " + token
    )
    assert (answer.status, answer.problem["code"]) == (403, "csrf_rejected")


@pytest.mark.parametrize("host", [b"\xff", b"a b", b"'none'; script-src *", b"x\t;y", b"", b"[::1]:8080", b"a,b"])
async def test_no_host_gets_a_say_in_the_policy(site: Site, host: bytes) -> None:
    answer = await send(site, b"GET /cases", b"Host: " + host)
    assert answer.status in {200, 400}
    if answer.status == 200:
        policy = answer.headers["content-security-policy"]
        assert policy.count(";") == 10
        assert "script-src" not in policy
        assert policy.isascii()


@pytest.mark.parametrize(
    "path",
    [
        b"/%00.js",
        b"/assets/%00.js",
        b"/x%0d%0aSet-Cookie:a.js",
        b"/%ff.js",
        b"/" + b"a" * 3000 + b".js",
        b"/../secret.txt",
        b"/%2e%2e/secret.txt",
        b"/..%2fsecret.txt",
        b"/assets/..%2f..%2fsecret.txt",
        b"//etc/passwd.txt",
        b"/etc/passwd.txt",
        b"/assets/%2e%2e/%2e%2e/secret.txt",
    ],
)
async def test_no_path_leads_out_of_the_pages(site: Site, path: bytes) -> None:
    answer = await send(site, b"GET " + path)
    assert (answer.status, answer.problem["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path", [b"/api/cases/%00", b"/api/cases?query=%00", b"/api/cases/%ff", b"/api/cases?query=%ff"]
)
async def test_odd_text_in_addresses_is_no_failure(site: Site, path: bytes) -> None:
    browser = await site.signed_in()
    [cookie] = [each.value for each in browser.client.cookie_jar]
    answer = await send(site, b"GET " + path, b"Cookie: inspect_signin=" + cookie.encode())
    assert answer.status in {200, 400, 404}


GOOD = b'{"name": "inspector", "password": "correct horse"}'


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", GOOD),
        (b"gzip", gzip.compress(GOOD, mtime=0)[:-20]),
        (b"gzip", b""),
        (b"no-such-thing", b"{"),
    ],
)
async def test_a_body_that_cannot_be_decoded_is_refused(site: Site, encoding: bytes, body: bytes) -> None:
    answer = await send(site, b"POST /api/sign-in", JSON, b"Content-Encoding: " + encoding, body=body)
    assert (answer.status, answer.problem["code"]) == (400, "bad_request")


@pytest.mark.parametrize(("encoding", "compress"), [(b"gzip", gzip.compress), (b"deflate", zlib.compress)])
async def test_a_body_that_swells_up_is_refused(site: Site, encoding: bytes, compress: Any) -> None:
    body = compress(b'{"name": "' + b"x" * 10_000_000 + b'"}')
    assert len(body) < 64 * 1024
    answer = await send(site, b"POST /api/sign-in", JSON, b"Content-Encoding: " + encoding, body=body)
    assert (answer.status, answer.problem["code"]) == (413, "bad_request")


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "\\ud800", "password": "x"}',
        b'{"name": "x", "password": "\\udfff"}',
        b'{"name": "\xff", "password": "x"}',
        b'\xef\xbb\xbf{"name": "x", "password": "x"}',
        GOOD.decode().encode("utf-16"),
        b'{"name": "x", "name": "y", "password": "x"}',
        b'{"name": NaN, "password": "x"}',
        b"[" * 50_000,
        b'{"name":' * 8_000,
    ],
)
async def test_json_that_is_no_text_is_refused_as_such(site: Site, body: bytes) -> None:
    answer = await send(site, b"POST /api/sign-in", JSON, body=body)
    assert answer.status in {400, 401}
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"DELETE", b"PATCH", b"GET", b"HEAD", b"OPTIONS"])
@pytest.mark.parametrize("path", [b"/api", b"/api/", b"/api/unknown", b"/api/cases/", b"/api/join"])
async def test_an_unknown_address_of_the_api_is_not_there_for_any_method(
    site: Site, method: bytes, path: bytes
) -> None:
    answer = await send(site, method + b" " + path)
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("request_line", "allowed"),
    [
        (b"GET /api/sign-in", {"POST"}),
        (b"PUT /api/cases", {"GET", "POST"}),
        (b"DELETE /api/health", {"GET"}),
        (b"POST /api/openapi.json", {"GET", "HEAD"}),
        (b"POST /cases", {"GET", "HEAD"}),
    ],
)
async def test_a_method_that_an_address_lacks_is_told_with_those_that_it_has(
    site: Site, request_line: bytes, allowed: set[str]
) -> None:
    answer = await send(site, request_line)
    assert (answer.status, answer.problem["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == allowed


@pytest.mark.parametrize("external_id", ["", "   "])
async def test_two_cases_do_not_share_an_empty_external_id(site: Site, external_id: str) -> None:
    browser = await site.signed_in()
    case = {"permit_item_id": "food", "enterprise": {"name": "老街面馆"}}
    answer = await browser.post("/api/cases", {**case, "external_id": external_id})
    assert (answer.status, answer.json["params"]["field"]) == (400, "external_id")
    for _ in range(2):
        assert (await browser.post("/api/cases", {**case, "external_id": None})).status == 201


async def test_what_was_pasted_with_spaces_around_it_fits(site: Site) -> None:
    browser = await site.signed_in()
    enterprise = {"name": " 老街面馆 ", "credit_code": " 91370400MA3C0000XJ\n", "contact_phone": "\t13800000000 "}
    made = await browser.post("/api/cases", {"permit_item_id": "food", "enterprise": enterprise})
    stored = made.json["enterprise"]
    assert (stored["name"], stored["credit_code"], stored["contact_phone"]) == (
        "老街面馆",
        "91370400MA3C0000XJ",
        "13800000000",
    )
