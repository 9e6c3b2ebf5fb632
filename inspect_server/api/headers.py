"""Headers of every response: what browsers may do with these pages."""

from __future__ import annotations

import re

from aiohttp import web

PERMISSIONS = (
    "camera=(self), microphone=(self), geolocation=(self), battery=(self), autoplay=(self), fullscreen=(self), "
    "screen-wake-lock=(self), display-capture=(), payment=(), usb=()"
)
OBJECT_ORIGIN = web.AppKey("object_origin", str)
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,300}")


def content_security_policy(host: str, object_origin: str) -> str:
    """The policy of all pages.

    Args:
        host: as the browser named it; older Safari does not count WebSockets of the own host as ``'self'``. Whatever
            is no host name gets no say in the policy.
        object_origin: where redirected footage comes from; empty if the server passes it on itself.
    """
    sockets = f"ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' {sockets} {object_origin}".rstrip(),
            # Object URLs: the player's media source and the phone's own picture.
            f"media-src 'self' blob: {object_origin}".rstrip(),
            "img-src 'self' data: blob:",
            # Element Plus and Vant place their pop-ups by style attributes.
            "style-src 'self' 'unsafe-inline'",
            "font-src 'self' data:",
            # hls.js runs its demuxer in a worker made from a blob.
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler of ``on_response_prepare``: also reaches streamed and failed responses."""
    response.headers.setdefault(
        "Content-Security-Policy", content_security_policy(request.host, request.app[OBJECT_ORIGIN])
    )
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
