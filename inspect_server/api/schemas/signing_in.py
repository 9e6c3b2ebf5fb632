"""Signing in."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from inspect_server.api.schemas.base import Body, ShortText
from inspect_server.domain.people import Role


class SignIn(Body):
    name: ShortText
    password: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Me(Body):
    """Who is signed in. ``csrf_token`` goes into the ``X-CSRF-Token`` header of every unsafe request."""

    user_id: str
    display_name: str
    sign_in_name: str
    roles: list[Role]
    organisation_name: str
    csrf_token: str
