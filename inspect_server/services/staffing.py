"""Adding people of the office."""

from __future__ import annotations

from inspect_server.domain.errors import BadRequest, NotFound
from inspect_server.domain.people import Organisation, Role, User
from inspect_server.domain.permissions import Action, permit, standings_of_user
from inspect_server.services.auditing import SYSTEM, record
from inspect_server.services.context import Actor, ServiceContext
from storage import people

SHORTEST_PASSWORD = 10


async def add_user(
    context: ServiceContext,
    by: Actor | None,
    *,
    organisation_id: str,
    sign_in_name: str,
    display_name: str,
    roles: frozenset[Role],
    password: str,
    certificate_number: str = "",
) -> User:
    """A new user of an organisation.

    Args:
        context: as ever.
        by: the administrator; None: the operator at the server's own command line, who may do everything.
        organisation_id: where the user belongs.
        sign_in_name: must be free.
        display_name: shown to others.
        roles: at least one.
        password: at least ``SHORTEST_PASSWORD`` characters.
        certificate_number: of law enforcement; shown to the enterprise.

    Raises:
        NotFound, NotAllowed: see the permission table; also for an unknown organisation.
        BadRequest: no role, or the password is too short.
        Conflict: the sign-in name is taken.
    """
    if not roles:
        raise BadRequest("A user needs at least one role.", where="body", field="roles")
    require_long_enough(password)
    password_hash = await context.passwords.hash(password)
    async with context.database.transaction() as tx:
        organisation = await people.organisation(tx, organisation_id)
        if organisation is None:
            raise NotFound(what="organisation")
        if by is not None:
            permit(Action.ADD_USER, standings_of_user(by.user, organisation.path))
        user = User(
            id=context.new_id(),
            organisation_id=organisation.id,
            organisation_path=organisation.path,
            sign_in_name=sign_in_name,
            display_name=display_name,
            roles=roles,
            certificate_number=certificate_number,
            active=True,
            created_at=context.now(),
        )
        await people.add_user(tx, user, password_hash=password_hash)
        await record(
            context,
            tx,
            f"user:{by.user.id}" if by else SYSTEM,
            "user.added",
            f"user:{user.id}",
            organisation_path=organisation.path,
            address=by.address if by else "",
            details={"roles": ",".join(sorted(roles))},
        )
    return user


def require_long_enough(password: str) -> None:
    """Whether this can be a password.

    Raises:
        BadRequest: it is too short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadRequest(f"The password needs {SHORTEST_PASSWORD} characters.", where="body", field="password")


async def list_organisations(context: ServiceContext) -> list[Organisation]:
    """The whole tree, from the top down; for the server's own command line."""
    async with context.database.reading() as tx:
        return await people.organisations_within(tx, "/")


async def add_organisation(
    context: ServiceContext, *, name: str, parent_id: str | None = None, organisation_id: str | None = None
) -> Organisation:
    """A new node of the office's tree; for the server's own command line.

    Raises:
        NotFound: no such parent.
        Conflict: the id exists already.
    """
    async with context.database.transaction() as tx:
        parent = await people.organisation(tx, parent_id) if parent_id else None
        if parent_id and parent is None:
            raise NotFound(what="organisation")
        new_id = organisation_id or context.new_id()
        organisation = Organisation(new_id, name, parent_id, f"{parent.path if parent else '/'}{new_id}/")
        await people.add_organisation(tx, organisation)
        await record(
            context, tx, SYSTEM, "organisation.added", f"organisation:{new_id}", organisation_path=organisation.path
        )
    return organisation
