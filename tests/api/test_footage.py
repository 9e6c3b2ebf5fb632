"""Replay over HTTP: the timeline, the playlist whose every URI leads to its bytes, and who is refused."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import AsyncMock
from urllib.parse import urljoin, urlsplit

import pytest
from aiohttp import ClientSession

from inspect_server.services import inspecting
from storage.objects import open_object_store
from tests.api.site import Site, open_site
from tests.api.test_hls import read
from tests.services.office import Office
from tests.support.seaweedfs import S3Access


async def a_recorded_call(site: Site) -> tuple[str, str]:
    """Inspection and track of 12 s of footage."""
    inspection_id = await site.office.open_inspection()
    participant = await site.office.seat(inspection_id)
    epoch = await site.office.begin_epoch(participant.id)
    await site.office.store_footage(epoch, 12)
    site.office.clock.advance(seconds=12)
    return inspection_id, epoch.track_id


async def test_from_the_timeline_over_the_playlist_to_every_byte(site: Site) -> None:
    inspection_id, track_id = await a_recorded_call(site)
    browser = await site.signed_in("reviewer")
    index = await browser.get(f"/api/inspections/{inspection_id}/footage")
    assert index.json["live"] is True
    (track,) = index.json["tracks"]
    assert (track["participant_name"], track["gaps"], len(track["extents"])) == ("王强", [], 1)
    answer = await browser.get(track["playlist_url"])
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/vnd.apple.mpegurl; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    playlist = read(answer.data.decode())
    assert playlist.headers["PLAYLIST-TYPE"] == "EVENT"
    for uri in {*playlist.uris, *(each.map_uri for each in playlist.listed)}:
        segment = await browser.get(urljoin(track["playlist_url"], uri))
        number = uri.partition("/")[2].removesuffix(".mp4")
        assert (segment.status, segment.headers["Content-Type"]) == (200, "video/mp4")
        assert segment.data == f"{track_id}/0/{number}/".encode() * 50
        assert segment.headers["ETag"] == f'"{hashlib.sha256(segment.data).hexdigest()}"'
        assert segment.headers["Cache-Control"] == "private, no-cache"
        part = await browser.get(urljoin(track["playlist_url"], uri), headers={"Range": "bytes=5-9"})
        assert (part.status, part.data) == (206, segment.data[5:10])


async def test_footage_that_a_browser_has_kept_is_shown_again_only_to_who_may_see_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, track_id = await a_recorded_call(site)
    path = f"/api/footage/{track_id}/0/1.mp4"
    browser = await site.signed_in("reviewer")
    kept = {"If-None-Match": (await browser.get(path)).headers["ETag"]}
    read = AsyncMock(wraps=site.office.context.objects.get_range)
    monkeypatch.setattr(site.office.context.objects, "get_range", read)
    again = await browser.get(path, headers=kept)
    assert (again.status, again.data, read.await_count) == (304, b"", 0)
    assert (await (await site.signed_in("stranger")).get(path, headers=kept)).status == 404
    assert (await site.browser().get(path, headers=kept)).status == 401


async def test_after_the_end_the_playlist_is_closed(site: Site) -> None:
    inspection_id, track_id = await a_recorded_call(site)
    await inspecting.end_inspection(site.office.context, site.office.inspector, inspection_id)
    site.office.clock.advance(seconds=20)
    browser = await site.signed_in("reviewer")
    assert (await browser.get(f"/api/inspections/{inspection_id}/footage")).json["live"] is False
    playlist = read((await browser.get(f"/api/footage/{track_id}/playlist.m3u8")).data.decode())
    assert (playlist.headers["PLAYLIST-TYPE"], playlist.ended) == ("VOD", True)


@pytest.mark.parametrize(
    ("name", "expected"), [("stranger", (404, "not_found")), ("administrator", (403, "not_allowed"))]
)
async def test_who_may_not_look_gets_nothing(site: Site, name: str, expected: tuple[int, str]) -> None:
    inspection_id, track_id = await a_recorded_call(site)
    browser = await site.signed_in(name)
    for path in (
        f"/api/inspections/{inspection_id}/footage",
        f"/api/footage/{track_id}/playlist.m3u8",
        f"/api/footage/{track_id}/0/0.mp4",
    ):
        answer = await browser.get(path)
        assert (answer.status, answer.json["code"]) == expected


async def test_a_segment_that_does_not_exist_is_not_found(site: Site) -> None:
    _, track_id = await a_recorded_call(site)
    browser = await site.signed_in()
    for path in ("0/99", "7/0", "2147483647/2147483647"):
        answer = await browser.get(f"/api/footage/{track_id}/{path}.mp4")
        assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.fixture
async def s3_site(office: Office, s3_access: S3Access, tmp_path: Path) -> AsyncIterator[Site]:
    store = open_object_store(
        f"s3://{s3_access.bucket}/footage-of-tests",
        endpoint_url=s3_access.endpoint_url,
        region=s3_access.region,
        access_key_id=s3_access.access_key_id,
        secret_access_key=s3_access.secret_access_key,
    )
    on_s3 = replace(office, context=replace(office.context, objects=store))
    async with open_site(on_s3, tmp_path) as opened:
        yield opened
    await store.close()


async def test_on_s3_a_segment_is_a_redirect_to_a_url_that_dies_soon(s3_site: Site) -> None:
    _, track_id = await a_recorded_call(s3_site)
    browser = await s3_site.signed_in("reviewer")
    answer = await browser.get(f"/api/footage/{track_id}/0/1.mp4")
    assert (answer.status, answer.headers["Cache-Control"]) == (302, "no-store")
    url = answer.headers["Location"]
    assert "X-Amz-Expires=300" in urlsplit(url).query
    async with ClientSession() as anybody, anybody.get(url) as followed:
        assert await followed.read() == f"{track_id}/0/1/".encode() * 50
