"""Accounts that are closed, opened and changed by the operator: who is signed in is out at once."""

import pytest

from inspect_server.domain.errors import BadRequest, InspectError, NotFound
from inspect_server.domain.people import Role
from inspect_server.services import signing_in, staff_accounts
from tests.services.office import ADDRESS, PASSWORD, Office


async def sign_in(office: Office, password: str = PASSWORD) -> str:
    return (await signing_in.sign_in(office.context, "inspector", password, address=ADDRESS))[0]


async def test_a_closed_account_ends_every_sign_in_until_it_is_opened_again(office: Office) -> None:
    token = await sign_in(office)
    assert not (await staff_accounts.disable(office.context, "inspector")).active
    with pytest.raises(InspectError):
        await signing_in.resume_sign_in(office.context, token)
    with pytest.raises(InspectError):
        await sign_in(office)
    assert (await staff_accounts.enable(office.context, "inspector")).active
    with pytest.raises(InspectError):
        await signing_in.resume_sign_in(office.context, token)
    await sign_in(office)


async def test_a_new_password_takes_the_place_of_the_old_one_everywhere(office: Office) -> None:
    token = await sign_in(office)
    await staff_accounts.set_password(office.context, "inspector", "another password")
    with pytest.raises(InspectError):
        await signing_in.resume_sign_in(office.context, token)
    await sign_in(office, "another password")
    with pytest.raises(BadRequest):
        await staff_accounts.set_password(office.context, "inspector", "short")


async def test_every_change_is_in_the_trail(office: Office) -> None:
    office.clock.advance(seconds=1)
    changed = await staff_accounts.set_roles(office.context, "inspector", frozenset({Role.REVIEWER}))
    assert changed.roles == {Role.REVIEWER}
    (newest,) = await staff_accounts.newest_events(office.context, 1)
    assert (newest.action, newest.subject, newest.details) == (
        "user.roles_set",
        f"user:{changed.id}",
        {"roles": "reviewer"},
    )
    with pytest.raises(NotFound):
        await staff_accounts.disable(office.context, "nobody")
