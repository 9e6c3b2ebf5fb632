"""Organisations and users: who exists, where in the office's tree, with which roles and password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.errors import Conflict
from inspect_server.domain.people import Organisation, Role, User
from storage.engine import Transaction
from storage.rows import values_of
from storage.tables.people import organisations, user_roles, users


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with the argon2 hash of the password."""

    user: User
    password_hash: str


async def add_organisation(tx: Transaction, organisation: Organisation) -> None:
    """Insert.

    Raises:
        Conflict: the id or the path exists already, or the parent does not exist.
    """
    try:
        await tx.execute(insert(organisations).values(values_of(organisation, organisations)))
    except IntegrityError as error:
        raise Conflict("this organisation exists already, or its parent does not exist", id=organisation.id) from error


async def organisation(tx: Transaction, organisation_id: str) -> Organisation | None:
    """The organisation of this id, or None."""
    rows = await tx.execute(select(organisations).where(organisations.c.id == organisation_id))
    row = rows.mappings().one_or_none()
    return Organisation(**row) if row else None


async def organisations_within(tx: Transaction, path: str) -> list[Organisation]:
    """The organisation at ``path`` and all below, from the top down; ``"/"`` for all."""
    rows = await tx.execute(select(organisations).where(is_within(path)).order_by(organisations.c.path))
    return [Organisation(**row) for row in rows.mappings()]


def is_within(path: str) -> ColumnElement[bool]:
    """Whether the row's ``organisations.path`` is ``path`` or below; exact to the letter, unlike LIKE on SQLite."""
    return func.substr(organisations.c.path, 1, len(path)) == path


async def add_user(tx: Transaction, user: User, *, password_hash: str) -> None:
    """Insert a user with roles.

    Raises:
        Conflict: the sign-in name is taken, or the organisation does not exist.
    """
    try:
        await tx.execute(insert(users).values(values_of(user, users) | {"password_hash": password_hash}))
    except IntegrityError as error:
        raise Conflict(
            "this sign-in name is taken, or the organisation does not exist", sign_in_name=user.sign_in_name
        ) from error
    await _insert_roles(tx, user.id, user.roles)


async def set_roles(tx: Transaction, user_id: str, roles: frozenset[Role]) -> None:
    """Replace the roles of a user."""
    await tx.execute(user_roles.delete().where(user_roles.c.user_id == user_id))
    await _insert_roles(tx, user_id, roles)


async def set_password_hash(tx: Transaction, user_id: str, password_hash: str) -> None:
    """Replace the password; sign-ins go on (see ``sign_ins.revoke_all_of``)."""
    await tx.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


async def set_active(tx: Transaction, user_id: str, *, active: bool) -> None:
    """An inactive user cannot sign in; records that name the user stay."""
    await tx.execute(update(users).where(users.c.id == user_id).values(active=active))


async def user(tx: Transaction, user_id: str) -> User | None:
    """The user of this id, active or not, or None."""
    found = await _users(tx, users.c.id == user_id)
    return found[0].user if found else None


async def credentials(tx: Transaction, sign_in_name: str) -> Credentials | None:
    """The user of this sign-in name (exact), active or not."""
    found = await _users(tx, users.c.sign_in_name == sign_in_name)
    return found[0] if found else None


async def users_within(tx: Transaction, path: str) -> list[User]:
    """Users of the organisation at ``path`` and below, by sign-in name."""
    return [found.user for found in await _users(tx, is_within(path))]


async def _users(tx: Transaction, condition: ColumnElement[bool]) -> list[Credentials]:
    rows = await tx.execute(
        select(users, organisations.c.path.label("organisation_path"))
        .join(organisations, organisations.c.id == users.c.organisation_id)
        .where(condition)
        .order_by(users.c.sign_in_name)
    )
    found = [dict(row) for row in rows.mappings()]
    roles: dict[str, set[Role]] = {row["id"]: set() for row in found}
    if roles:
        for user_id, role in await tx.execute(select(user_roles).where(user_roles.c.user_id.in_(roles))):
            roles[user_id].add(role)
    return [
        Credentials(password_hash=row.pop("password_hash"), user=User(**row, roles=frozenset(roles[row["id"]])))
        for row in found
    ]


async def _insert_roles(tx: Transaction, user_id: str, roles: Iterable[Role]) -> None:
    if rows := [{"user_id": user_id, "role": role} for role in roles]:
        await tx.execute(insert(user_roles), rows)
