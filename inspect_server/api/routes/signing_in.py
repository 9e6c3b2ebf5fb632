"""Signing in, signing out, and who I am."""

from __future__ import annotations

from aiohttp import web

from inspect_server.api import schemas, views
from inspect_server.api.callers import COOKIE_NAME, Anybody, Staff
from inspect_server.api.operations import Operations, json_response
from inspect_server.domain.errors import TooManyAttempts, WrongCredentials
from inspect_server.services import signing_in

operations = Operations()


@operations.post("/api/sign-in", WrongCredentials, TooManyAttempts, result=schemas.Me)
async def sign_in(anybody: Anybody, body: schemas.SignIn) -> web.Response:
    """Sign in with name and password; sets the cookie."""
    token, signed_in = await signing_in.sign_in(anybody.services, body.name, body.password, address=anybody.address)
    response = json_response(views.me(signed_in))
    response.set_cookie(
        COOKIE_NAME,
        token,
        max_age=int(anybody.services.options.sign_in_valid_for.total_seconds()),
        path="/",
        secure=_came_by_https(anybody.request),
        httponly=True,
        samesite="Lax",
    )
    return response


@operations.post("/api/sign-out", status=204)
async def sign_out(staff: Staff) -> web.Response:
    """Sign out this browser."""
    await signing_in.sign_out(staff.services, staff.signed_in, address=staff.address)
    response = web.Response(status=204)
    response.del_cookie(COOKIE_NAME, path="/", secure=_came_by_https(staff.request), httponly=True, samesite="Lax")
    return response


@operations.get("/api/me")
async def show_me(staff: Staff) -> schemas.Me:
    """Who is signed in, with the CSRF token."""
    return views.me(staff.signed_in)


def _came_by_https(request: web.Request) -> bool:
    """Also behind a proxy: believing its header can only make the cookie stricter."""
    return request.secure or request.headers.get("X-Forwarded-Proto") == "https"
