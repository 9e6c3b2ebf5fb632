"""WHIP and WHEP may be used by any page of any site (RFC 9725, 4.2 and 4.5): the bearer token is the right.

No cookie is read there, so that a foreign page gains nothing by its visitor's sign-in.
"""

from __future__ import annotations

from aiohttp import web

_PATHS = ("/api/whip/", "/api/whep/")
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "OPTIONS, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Expose-Headers": "Location, Link, ETag, Accept-Post, Accept-Patch, Retry-After, WWW-Authenticate",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def allow_other_origins(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler of ``on_response_prepare``: answers and problems alike."""
    if request.path.startswith(_PATHS):
        response.headers.update(HEADERS)
