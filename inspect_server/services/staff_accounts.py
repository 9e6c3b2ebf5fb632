"""Who may come in, from the server's own command line: closing and opening accounts, passwords, roles, and the trail.

Each change ends every sign-in of the user: what their pages do next is refused until they sign in anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from inspect_server.domain.audit import AuditEvent
from inspect_server.domain.errors import BadRequest, NotFound
from inspect_server.domain.people import Role, User
from inspect_server.services.auditing import SYSTEM, record
from inspect_server.services.context import ServiceContext
from inspect_server.services.staffing import require_long_enough
from storage import audit, people, sign_ins
from storage.engine import Transaction


async def list_users(context: ServiceContext) -> list[User]:
    """Everybody, by sign-in name, those of closed accounts too."""
    async with context.database.reading() as tx:
        return await people.users_within(tx, "/")


async def disable(context: ServiceContext, sign_in_name: str) -> User:
    """Close an account: nobody signs in by it. Records that name the user stay.

    Raises:
        NotFound: nobody of this name.
    """

    async def close(tx: Transaction, user: User) -> None:
        await people.set_active(tx, user.id, active=False)

    return await _change(context, sign_in_name, close, "user.disabled")


async def enable(context: ServiceContext, sign_in_name: str) -> User:
    """Open a closed account again; its password is as before.

    Raises:
        NotFound: nobody of this name.
    """

    async def open_again(tx: Transaction, user: User) -> None:
        await people.set_active(tx, user.id, active=True)

    return await _change(context, sign_in_name, open_again, "user.enabled")


async def set_password(context: ServiceContext, sign_in_name: str, password: str) -> User:
    """Replace a password.

    Raises:
        NotFound: nobody of this name.
        BadRequest: it is too short.
    """
    require_long_enough(password)
    password_hash = await context.passwords.hash(password)

    async def replace_it(tx: Transaction, user: User) -> None:
        await people.set_password_hash(tx, user.id, password_hash)

    return await _change(context, sign_in_name, replace_it, "user.password_set")


async def set_roles(context: ServiceContext, sign_in_name: str, roles: frozenset[Role]) -> User:
    """Replace the roles of a user.

    Raises:
        NotFound: nobody of this name.
        BadRequest: none is left.
    """
    if not roles:
        raise BadRequest("A user needs at least one role.", where="body", field="roles")

    async def replace_them(tx: Transaction, user: User) -> None:
        await people.set_roles(tx, user.id, roles)

    return await _change(context, sign_in_name, replace_them, "user.roles_set", {"roles": ",".join(sorted(roles))})


async def newest_events(context: ServiceContext, limit: int) -> list[AuditEvent]:
    """What was done last, the newest first."""
    async with context.database.reading() as tx:
        return await audit.newest(tx, limit=limit)


async def _change(
    context: ServiceContext,
    sign_in_name: str,
    change: Callable[[Transaction, User], Awaitable[None]],
    action: str,
    details: dict[str, str] | None = None,
) -> User:
    async with context.database.transaction() as tx:
        found = await people.credentials(tx, sign_in_name)
        if found is None:
            raise NotFound(what="user")
        await change(tx, found.user)
        await sign_ins.revoke_all_of(tx, found.user.id, now=context.now())
        await record(
            context,
            tx,
            SYSTEM,
            action,
            f"user:{found.user.id}",
            organisation_path=found.user.organisation_path,
            details=details or {},
        )
        return await people.user(tx, found.user.id) or found.user
