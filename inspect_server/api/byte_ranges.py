"""One byte range of a body that is in memory (RFC 9110, 14): what players ask for."""

from __future__ import annotations

import re

from aiohttp import web

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def is_known(request: web.Request, etag: str) -> bool:
    """Whether the browser has this body already."""
    return f'"{etag}"' in request.headers.get("If-None-Match", "")


def ranged_response(
    request: web.Request, data: bytes, *, media_type: str, etag: str, cache_control: str
) -> web.Response:
    """``data``, or the single range of it that the request asks for.

    Several ranges, or a malformed one, are ignored as the RFC allows: the whole body comes. A range outside of the body
    gets 416. An unchanged body (``If-None-Match``) gets 304.
    """
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{etag}"', "Cache-Control": cache_control}
    if is_known(request, etag):
        return web.Response(status=304, headers=headers)
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    first_text, last_text = match.groups() if match else ("", "")
    is_backward = first_text and last_text and int(last_text) < int(first_text)
    if is_backward or not (first_text or last_text):
        return web.Response(body=data, content_type=media_type, headers=headers)
    if first_text:
        first, last = int(first_text), min(int(last_text or len(data)), len(data) - 1)
    else:
        first, last = max(len(data) - int(last_text), 0), len(data) - 1
    if first > last:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return web.Response(status=206, body=data[first : last + 1], content_type=media_type, headers=headers)
