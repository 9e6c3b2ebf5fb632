"""Who is signed in."""

from __future__ import annotations

from inspect_server.api import schemas
from inspect_server.services.signing_in import SignedIn


def me(signed_in: SignedIn) -> schemas.Me:
    """Who is signed in."""
    return schemas.Me(
        user_id=signed_in.user.id,
        display_name=signed_in.user.display_name,
        sign_in_name=signed_in.user.sign_in_name,
        roles=sorted(signed_in.user.roles),
        organisation_name=signed_in.organisation_name,
        csrf_token=signed_in.csrf_token,
    )
