"""Who makes a request: anybody, a machine or a guest with its token, or staff with a valid sign-in.

A handler names one of them as its first parameter.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from typing import Self

from aiohttp import web

from inspect_server.domain.errors import AccessInvalid, CsrfRejected, InvitationInvalid, NotSignedIn
from inspect_server.services.acting import sender_of
from inspect_server.services.context import Actor, Guest, ServiceContext
from inspect_server.services.signing_in import SignedIn, resume_sign_in

COOKIE_NAME = "inspect_signin"
CSRF_HEADER = "X-CSRF-Token"
SERVICES = web.AppKey("services", ServiceContext)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Caller:
    """A request on its way into a handler."""

    def __init__(self, request: web.Request) -> None:
        self.request = request
        self.services = request.app[SERVICES]

    @property
    def address(self) -> str:
        """The peer's address as the socket tells it; forwarding headers are not believed."""
        return self.request.remote or ""

    @classmethod
    async def of(cls, request: web.Request) -> Self:
        return cls(request)


class Sender(Caller, ABC):
    """Who may send files: somebody who is known before the first byte of a file is read."""

    @abstractmethod
    async def sender(self) -> str:
        """The name of who sends: ``user:<id>`` or ``participant:<id>``.

        Raises:
            InvitationInvalid, InvitationRevoked, ConsentMissing: a guest without a seat.
        """


class Anybody(Caller):
    """No sign-in asked for; what the body carries (a password, an invitation token) is the right."""


class Machine(Caller):
    """Carries a bearer token (RFC 6750). What it opens, if anything, the services decide."""

    token: str

    @classmethod
    async def of(cls, request: web.Request) -> Self:
        """Read the token.

        Raises:
            AccessInvalid: there is none.
        """
        caller = cls(request)
        caller.token = _bearer_token(request)
        if not caller.token:
            raise AccessInvalid("A bearer token is needed.")
        return caller


class Invited(Sender):
    """Carries the token of an invitation link as bearer token (RFC 6750)."""

    guest: Guest

    @classmethod
    async def of(cls, request: web.Request) -> Self:
        """Read the token.

        Raises:
            InvitationInvalid: there is none.
        """
        caller = cls(request)
        caller.guest = Guest(_bearer_token(request), caller.address)
        if not caller.guest.token:
            raise InvitationInvalid
        return caller

    async def sender(self) -> str:
        return await sender_of(self.services, self.guest)


class Staff(Sender):
    """Signed in. The person may still lack the right: the services decide."""

    signed_in: SignedIn

    @property
    def actor(self) -> Actor:
        """How services know the caller."""
        return Actor(self.signed_in.user, self.address)

    @classmethod
    async def of(cls, request: web.Request) -> Self:
        """Find the sign-in of the request.

        Raises:
            NotSignedIn: no cookie, or its sign-in is unknown or over.
            CsrfRejected: an unsafe method without the token that only the own pages know.
        """
        caller = cls(request)
        token = request.cookies.get(COOKIE_NAME, "")
        # Ours are ASCII; other bytes come as lone surrogates, which nothing behind this could encode.
        if not token or not token.isascii():
            raise NotSignedIn
        caller.signed_in = await resume_sign_in(caller.services, token)
        given = request.headers.get(CSRF_HEADER, "")
        if request.method not in _SAFE_METHODS and not hmac.compare_digest(
            given.encode(errors="surrogateescape"), caller.signed_in.csrf_token.encode()
        ):
            raise CsrfRejected
        return caller

    async def sender(self) -> str:
        return f"user:{self.signed_in.user.id}"


def _bearer_token(request: web.Request) -> str:
    """The token of the ``Authorization`` header, empty if there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    # As with cookies: other bytes would come as lone surrogates.
    return token.strip() if scheme.lower() == "bearer" and token.isascii() else ""
