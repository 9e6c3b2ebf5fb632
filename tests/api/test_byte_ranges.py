"""Byte ranges of a body (RFC 9110, 14.1.2 and 14.2), in memory or streamed."""

import pytest
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from inspect_server.api import byte_ranges
from inspect_server.api.byte_ranges import ranged_response, streamed_response

DATA = bytes(range(10))


def ask(**headers: str) -> web.Response:
    request = make_mocked_request("GET", "/", headers={name.replace("_", "-"): text for name, text in headers.items()})
    return ranged_response(request, DATA, media_type="video/mp4", etag="abc")


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


class Store:
    """A body on a server, and which parts of it were read; ``breaks_at``: it cannot be read from there on."""

    def __init__(self, breaks_at: int | None = None) -> None:
        self.reads: list[tuple[int, int]] = []
        self._breaks_at = breaks_at

    async def read(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        if self._breaks_at is not None and offset + length > self._breaks_at:
            raise OSError("the disk is gone")
        return DATA[offset : offset + length]

    async def respond(self, request: web.Request) -> web.Response:
        return await streamed_response(request, self.read, len(DATA), media_type="video/mp4", etag="abc")

    def served(self) -> TestClient[web.Request, web.Application]:
        application = web.Application()
        application.router.add_get("/", self.respond)
        return TestClient(TestServer(application))


@pytest.mark.parametrize(
    ("headers", "status", "body", "reads"),
    [
        ({}, 200, DATA, [(0, 4), (4, 4), (8, 2)]),
        ({"Range": "bytes=0-3"}, 206, DATA[:4], [(0, 4)]),
        ({"Range": "bytes=3-8"}, 206, DATA[3:9], [(3, 4), (7, 2)]),
        ({"Range": "bytes=-1"}, 206, DATA[9:], [(9, 1)]),
        ({"Range": "bytes=10-"}, 416, b"", []),
        ({"If-None-Match": '"abc"'}, 304, b"", []),
    ],
)
async def test_of_a_streamed_body_only_what_is_asked_for_is_read_piece_by_piece(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], status: int, body: bytes, reads: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(byte_ranges, "PIECE_BYTES", 4)
    store = Store()
    async with store.served() as client, client.get("/", headers=headers) as answer:
        assert (answer.status, await answer.read(), store.reads) == (status, body, reads)
        if body:
            assert (answer.content_length, answer.content_type) == (len(body), "video/mp4")


async def test_a_streamed_body_that_breaks_off_is_not_taken_for_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_ranges, "PIECE_BYTES", 4)
    async with Store(breaks_at=6).served() as client, client.get("/") as answer:
        assert answer.status == 200
        with pytest.raises(ClientPayloadError):
            await answer.read()


async def test_a_streamed_body_that_cannot_be_read_at_all_is_an_error_of_its_own() -> None:
    async with Store(breaks_at=0).served() as client, client.get("/") as answer:
        assert answer.status == 500
