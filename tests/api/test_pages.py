"""The built pages: which path gets which file, what is kept for how long, and nothing outside of the folder."""

import contextlib
import gzip
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import make_mocked_request

from inspect_server.api.pages import Pages
from inspect_server.domain.errors import NotFound
from tests.api.site import Site


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", b"laptop"),
        ("/sign-in", b"laptop"),
        ("/cases/4f3c/anything", b"laptop"),
        ("/inspections/1/replay?t=2026-11-21T15:04:05%2B08:00", b"laptop"),
        ("/m", b"phone"),
        ("/m/", b"phone"),
        ("/m/anything", b"phone"),
        ("/mmm", b"laptop"),
    ],
)
async def test_every_page_is_one_of_the_two_entries(site: Site, path: str, title: bytes) -> None:
    answer = await site.browser().get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<title>" + title in answer.data
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_hashed_assets_are_kept_for_ever_and_compressed(site: Site) -> None:
    browser = site.browser()
    asset = await browser.get("/assets/main-4f3c.js")
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["Content-Type"].startswith("application/javascript")
    assert (await browser.get("/icon.svg")).headers["Cache-Control"] == "no-cache"
    url = site.server.make_url("/assets/main-4f3c.js")
    async with ClientSession(auto_decompress=False) as plain:
        async with plain.get(url, headers={"Accept-Encoding": "br, gzip"}) as compressed:
            assert compressed.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(await compressed.read()) == asset.data
            assert int(compressed.headers["Content-Length"]) < len(asset.data) / 10
        async with plain.get(url, headers={"Accept-Encoding": "identity"}) as identity:
            assert "Content-Encoding" not in identity.headers
            assert await identity.read() == asset.data


async def test_an_unchanged_page_is_not_sent_again_and_a_rebuilt_one_is(site: Site) -> None:
    browser = site.browser()
    first = await browser.get("/")
    again = await browser.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.data) == (304, b"")
    (site.web_dir / "index.html").write_text("<title>rebuilt</title>")
    rebuilt = await browser.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (rebuilt.status, rebuilt.data) == (200, b"<title>rebuilt</title>")


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/assets/old-1234.js",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/a%00.js",
    ],
)
async def test_what_is_no_file_of_the_folder_is_not_found(site: Site, path: str) -> None:
    async with ClientSession() as client, client.get(site.server.make_url("/").with_path(path, encoded=True)) as answer:
        assert answer.status in {400, 404}
        assert b"not for the web" not in await answer.read()


async def test_a_link_that_leads_out_of_the_folder_is_not_followed(site: Site) -> None:
    (site.web_dir / "leak.txt").symlink_to(site.web_dir.parent / "secret.txt")
    assert (await site.browser().get("/leak.txt")).status == 404


async def test_a_file_takes_one_place_however_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text("export {}")
    pages = Pages(tmp_path)
    for path in ("main.js", "/main.js", "./main.js", "//main.js", "x/../main.js"):
        with contextlib.suppress(NotFound):
            await pages.respond(make_mocked_request("GET", "/", match_info={"path": path}))
    assert len(pages._kept) == 1


async def test_without_built_pages_it_says_how_to_make_them(site: Site) -> None:
    (site.web_dir / "index.html").unlink()
    answer = await site.browser().get("/")
    assert (answer.status, answer.json["code"]) == (503, "pages_missing")
    assert "make run" in answer.json["detail"]


async def test_health_tells_of_database_and_media_workers(site: Site) -> None:
    answer = await site.browser().get("/api/health")
    assert answer.status == 200
    expected = {"status": "degraded", "media_workers": 2, "media_workers_up": 1}
    assert {name: answer.json[name] for name in expected} == expected
