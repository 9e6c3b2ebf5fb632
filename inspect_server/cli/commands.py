"""From typed arguments to one command, and from its errors to a message and an exit code."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from inspect_server.cli import setting_list
from inspect_server.cli.parser import build_parser
from inspect_server.cli.terminal import EXIT_CONFIGURATION, EXIT_OK, show_error, show_warnings
from inspect_server.domain.errors import BadRequest, ConfigurationError, InspectError
from inspect_server.settings import Settings, load_settings, unknown_variables

EXIT_INTERRUPTED: Final = 130


def run(arguments: Sequence[str]) -> int:
    """Carry out one command; returns the exit code. Bad input and bad configuration end with 2 and no traceback."""
    typed = build_parser().parse_args(arguments)
    try:
        return COMMANDS[typed.command](typed)
    except InspectError as error:
        show_error(error)
        return EXIT_CONFIGURATION
    except PermissionError as error:
        show_error(ConfigurationError(f"{error.filename}: {error.strerror}"))
        return EXIT_CONFIGURATION
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def settings_of(typed: argparse.Namespace) -> Settings:
    """The settings with what was typed on top.

    Raises:
        SettingsInvalid: see ``load_settings``.
    """
    said: dict[str, Any] = {name: value for name, value in vars(typed).items() if name in Settings.model_fields}
    settings = load_settings(typed.config, said)
    show_warnings(unknown_variables(os.environ))
    return settings


def _serve(typed: argparse.Namespace) -> int:
    from inspect_server.cli.serve import serve_until_stopped

    return serve_until_stopped(settings_of(typed), demo=typed.demo)


def _migrate(typed: argparse.Namespace) -> int:
    from inspect_server.cli.setup import migrate

    revision = asyncio.run(migrate(settings_of(typed)))
    print(f"数据库与对象存储已就绪 · database and object store are ready (revision {revision})")
    return EXIT_OK


def _user(typed: argparse.Namespace) -> int:
    return _add_user(typed) if typed.action == "add" else _change_users(typed)


def _change_users(typed: argparse.Namespace) -> int:
    from inspect_server.cli.accounts import change_user, show_users, told

    if typed.action == "list":
        asyncio.run(show_users(settings_of(typed)))
        return EXIT_OK
    password = _ask_password(from_stdin=typed.password_stdin) if typed.action == "password" else ""
    print(f"已更改 · changed: {told(asyncio.run(change_user(settings_of(typed), typed, password)))}")
    return EXIT_OK


def _audit(typed: argparse.Namespace) -> int:
    from inspect_server.cli.accounts import show_events

    asyncio.run(show_events(settings_of(typed), typed.limit))
    return EXIT_OK


def _add_user(typed: argparse.Namespace) -> int:
    from inspect_server.cli.setup import NewUser, add_user

    new = NewUser(
        sign_in_name=typed.name,
        display_name=typed.display_name or typed.name,
        password=_ask_password(from_stdin=typed.password_stdin),
        roles=frozenset(typed.role),
        organisation=typed.organisation,
        certificate_number=typed.certificate_number,
    )
    user, organisation_name = asyncio.run(add_user(settings_of(typed), new))
    print(f"已添加 · added: {user.sign_in_name} ({', '.join(sorted(user.roles))}), {organisation_name}")
    return EXIT_OK


def _demo(typed: argparse.Namespace) -> int:
    from inspect_server.cli.setup import load_demo_data, show_demo

    show_demo(asyncio.run(load_demo_data(settings_of(typed))))
    return EXIT_OK


def _check(typed: argparse.Namespace) -> int:
    from inspect_server.cli.check import check_everything

    return asyncio.run(check_everything(settings_of(typed)))


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        password = getpass.getpass("密码 · password: ")
        if getpass.getpass("再输一次 · again: ") != password:
            raise BadRequest("the two passwords differ; nothing was changed")
    except EOFError:
        raise BadRequest("no terminal to ask for the password; use --password-stdin") from None
    return password


COMMANDS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "serve": _serve,
    "migrate": _migrate,
    "user": _user,
    "audit": _audit,
    "demo": _demo,
    "check": _check,
    "settings": setting_list.show_or_write,
}
