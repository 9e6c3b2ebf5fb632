"""The built web pages: hashed assets for ever, everything else checked at each visit, all of it compressed.

Files are read and compressed in a thread at their first use and kept; a rebuilt file is noticed by its time and size.
What is kept is bounded by the build itself (a few megabytes): each file takes one place, however it is asked for.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aiohttp import web

from inspect_server.domain.errors import NotFound, PagesMissing

LAPTOP_PAGE = "index.html"
PHONE_PAGE = "m/index.html"
FOR_EVER = "public, max-age=31536000, immutable"
CHECK_FIRST = "no-cache"
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")
MAX_KEPT = 1000


@dataclass(frozen=True, slots=True)
class _Page:
    stamp: tuple[int, int]
    body: bytes
    gzipped: bytes | None
    media_type: str
    etag: str


class Pages:
    """The folder of built pages, as an aiohttp handler for every path that no other route takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._kept: dict[Path, _Page] = {}

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """A file, or the page whose router knows the path.

        Raises:
            NotFound: the path looks like a file and is none.
            PagesMissing: there are no built pages.
        """
        path = request.match_info["path"]
        name = _file_of(path)
        page = await asyncio.to_thread(self._load, name)
        if page is None:
            if name in {LAPTOP_PAGE, PHONE_PAGE}:
                raise PagesMissing("the pages are not built; run: make run", folder=self._folder.name)
            raise NotFound
        headers = {
            "Cache-Control": FOR_EVER if name.startswith("assets/") else CHECK_FIRST,
            "ETag": page.etag,
            "Vary": "Accept-Encoding",
        }
        if page.etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        body = page.body
        if page.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = page.gzipped, "gzip"
        headers["Content-Type"] = page.media_type
        return web.Response(body=body, headers=headers)

    def _load(self, name: str) -> _Page | None:
        """Runs in a thread; two at once may read the same file, which is harmless."""
        try:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._folder):
                return None
            known = path.stat()
            stamp = (known.st_mtime_ns, known.st_size)
            kept = self._kept.get(path)
            if kept is not None and kept.stamp == stamp:
                return kept
            body = path.read_bytes()
        except (OSError, ValueError):
            return None
        page = _make_page(path.name, body, stamp)
        if len(self._kept) < MAX_KEPT:
            self._kept[path] = page
        return page


def _file_of(path: str) -> str:
    """Which file answers a path: itself if it has an ending, else the entry page of its half."""
    if PurePosixPath(path).suffix:
        return path
    return PHONE_PAGE if path == "m" or path.startswith("m/") else LAPTOP_PAGE


def _make_page(name: str, body: bytes, stamp: tuple[int, int]) -> _Page:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type == "text/javascript":
        media_type = "application/javascript"
    is_text = media_type.startswith(COMPRESSIBLE)
    return _Page(
        stamp=stamp,
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0) if is_text and len(body) > 1000 else None,
        media_type=f"{media_type}; charset=utf-8" if is_text else media_type,
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
    )
