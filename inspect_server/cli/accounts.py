"""The commands about people who are there already, and about what was done: what is typed, done and shown."""

import argparse

from inspect_server import app
from inspect_server.domain.people import Role, User
from inspect_server.services import staff_accounts
from inspect_server.settings import Settings


async def show_users(settings: Settings) -> None:
    """One line for each, by sign-in name."""
    async with app.open_services(settings) as context:
        for user in await staff_accounts.list_users(context):
            print(told(user))


async def change_user(settings: Settings, typed: argparse.Namespace, password: str) -> User:
    """Carry out ``user disable``, ``enable``, ``password`` or ``roles``.

    Raises:
        NotFound, BadRequest: nothing was changed.
        ConfigurationError, StorageUnavailable: see ``app.open_services``.
    """
    async with app.open_services(settings) as context:
        match typed.action:
            case "disable":
                return await staff_accounts.disable(context, typed.name)
            case "enable":
                return await staff_accounts.enable(context, typed.name)
            case "password":
                return await staff_accounts.set_password(context, typed.name, password)
            case _:
                return await staff_accounts.set_roles(context, typed.name, frozenset(map(Role, typed.role)))


async def show_events(settings: Settings, limit: int) -> None:
    """The newest events first, one line each: when (UTC), who, what, about what, from where, details."""
    async with app.open_services(settings) as context:
        for event in await staff_accounts.newest_events(context, limit):
            details = " ".join(f"{name}={value}" for name, value in sorted(event.details.items()))
            at = event.at.isoformat(timespec="seconds").replace("+00:00", "Z")
            print(at, event.actor, event.action, event.subject, event.remote_address, details, sep="\t")


def told(user: User) -> str:
    """A user in one line."""
    state = "启用 · active" if user.active else "停用 · disabled"
    return f"{user.sign_in_name} ({', '.join(sorted(user.roles))}), {user.display_name}, {state}"
