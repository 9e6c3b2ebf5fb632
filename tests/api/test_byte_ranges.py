"""Byte ranges of a segment (RFC 9110, 14.1.2 and 14.2)."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from inspect_server.api.byte_ranges import ranged_response

DATA = bytes(range(10))


def ask(**headers: str) -> web.Response:
    request = make_mocked_request("GET", "/", headers={name.replace("_", "-"): text for name, text in headers.items()})
    return ranged_response(request, DATA, media_type="video/mp4", etag="abc", cache_control="private")


@pytest.mark.parametrize(
    ("wanted", "content_range", "body"),
    [
        ("bytes=0-3", "bytes 0-3/10", DATA[0:4]),
        ("bytes=4-", "bytes 4-9/10", DATA[4:]),
        ("bytes=-3", "bytes 7-9/10", DATA[7:]),
        ("bytes=-99", "bytes 0-9/10", DATA),
        ("bytes=9-9", "bytes 9-9/10", DATA[9:]),
        ("bytes=5-999", "bytes 5-9/10", DATA[5:]),
    ],
)
def test_a_range_brings_its_bytes(wanted: str, content_range: str, body: bytes) -> None:
    response = ask(Range=wanted)
    assert (response.status, response.headers["Content-Range"], response.body) == (206, content_range, body)


@pytest.mark.parametrize(
    "wanted", ["", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,4-5", "bytes=5-4", "lines=1-2", "bytes=0-" + "9" * 30]
)
def test_what_is_no_single_range_brings_everything(wanted: str) -> None:
    response = ask(Range=wanted)
    assert (response.status, response.body) == (200, DATA)
    assert response.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=999999999999-"])
def test_a_range_outside_is_not_satisfiable(wanted: str) -> None:
    response = ask(Range=wanted)
    assert (response.status, response.headers["Content-Range"], response.body) == (416, "bytes */10", None)


def test_an_unchanged_body_is_not_sent_again() -> None:
    assert ask(If_None_Match='"abc"').status == 304
    assert ask(If_None_Match='"old", "abc"').status == 304
    assert ask(If_None_Match='"abcd"').status == 200
