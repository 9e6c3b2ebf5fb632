"""One byte range of a body (RFC 9110, 14): what players ask for. The body is in memory, or read piece by piece.

What goes out here is evidence and footage: it never changes, and is nobody's but whose right was checked.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeAlias

from aiohttp import web

PIECE_BYTES: Final = 1 << 20
"""So much of a streamed body is in memory at a time."""

Read: TypeAlias = Callable[[int, int], Awaitable[bytes]]
"""Reads from an offset on so many bytes of a body."""

CHECK_FIRST: Final = "private, no-cache"
"""Browsers may keep what they were shown, but ask each time before they show it again: whoever sits there next may lack
the right to it, and each look is audited. An answer without bytes is quick."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def is_known(request: web.Request, etag: str) -> bool:
    """Whether the browser has this body already."""
    return f'"{etag}"' in request.headers.get("If-None-Match", "")


def ranged_response(request: web.Request, data: bytes, *, media_type: str, etag: str) -> web.Response:
    """``data``, or the single range of it that the request asks for.

    Several ranges, or a malformed one, are ignored as the RFC allows: the whole body comes. A range outside of the body
    gets 416. An unchanged body (``If-None-Match``) gets 304.
    """
    status, part, headers = _head(request, len(data), etag=etag)
    if status not in {200, 206}:
        return web.Response(status=status, headers=headers)
    return web.Response(status=status, body=data[part.start : part.stop], content_type=media_type, headers=headers)


async def streamed_response(
    request: web.Request, read: Read, byte_length: int, *, media_type: str, etag: str
) -> web.Response:
    """As ``ranged_response``, for a body that ``read`` reads while it is sent, and only what is asked for.

    What ``read`` raises for the first piece is raised here; later it breaks the connection, so that nobody takes a part
    for the whole.
    """
    status, part, headers = _head(request, byte_length, etag=etag)
    if status not in {200, 206}:
        return web.Response(status=status, headers=headers)
    first = await read(part.start, min(PIECE_BYTES, len(part)))
    headers["Content-Length"] = str(len(part))
    body = _pieces(read, first, part)
    return web.Response(status=status, body=body, content_type=media_type, headers=headers)


async def _pieces(read: Read, first: bytes, part: range) -> AsyncIterator[bytes]:
    yield first
    for offset in part[PIECE_BYTES::PIECE_BYTES]:
        yield await read(offset, min(PIECE_BYTES, part.stop - offset))


def _head(request: web.Request, byte_length: int, *, etag: str) -> tuple[int, range, dict[str, str]]:
    """Status, which bytes of the body go with it, and headers."""
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{etag}"', "Cache-Control": CHECK_FIRST}
    if is_known(request, etag):
        return 304, range(0), headers
    part = _wanted(request, byte_length)
    if part is None:
        return 200, range(byte_length), headers
    if not part:
        return 416, part, {**headers, "Content-Range": f"bytes */{byte_length}"}
    return 206, part, {**headers, "Content-Range": f"bytes {part.start}-{part.stop - 1}/{byte_length}"}


def _wanted(request: web.Request, byte_length: int) -> range | None:
    """The bytes that the request asks for, none if they are outside of the body; None: it asks for no single range."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    first_text, last_text = match.groups() if match else ("", "")
    is_backward = first_text and last_text and int(last_text) < int(first_text)
    if is_backward or not (first_text or last_text):
        return None
    if not first_text:
        return range(max(byte_length - int(last_text), 0), byte_length)
    return range(int(first_text), min(int(last_text or byte_length) + 1, byte_length))
