"""Adding people and organisations."""

import pytest

from inspect_server.domain.errors import BadRequest, Conflict, InspectError, NotAllowed, NotFound
from inspect_server.domain.people import Role
from inspect_server.services import staffing
from inspect_server.services.context import Actor
from inspect_server.services.signing_in import sign_in
from tests.services.office import ADDRESS, PASSWORD, Office


async def add(
    office: Office,
    by: Actor | None,
    *,
    name: str = "new",
    organisation_id: str = "",
    password: str = PASSWORD,
    roles: frozenset[Role] = frozenset({Role.REVIEWER}),
) -> None:
    await staffing.add_user(
        office.context,
        by,
        organisation_id=organisation_id or office.food.id,
        sign_in_name=name,
        display_name="新人",
        roles=roles,
        password=password,
    )


async def test_a_new_user_can_sign_in_and_the_addition_is_audited(office: Office) -> None:
    await add(office, office.administrator)
    _, signed_in = await sign_in(office.context, "new", PASSWORD, address=ADDRESS)
    assert signed_in.user.organisation_path == office.food.path
    assert (f"user:{office.administrator.user.id}", "user.added") in await office.audited(f"user:{signed_in.user.id}")


@pytest.mark.parametrize(("by", "error"), [("inspector", NotAllowed), ("reviewer", NotAllowed), ("stranger", NotFound)])
async def test_only_the_own_administrator_adds_users(office: Office, by: str, error: type[InspectError]) -> None:
    before = await office.count_audited()
    with pytest.raises(error):
        await add(office, office.people[by])
    assert await office.count_audited() == before


async def test_an_administrator_adds_nobody_to_another_office(office: Office) -> None:
    with pytest.raises(NotFound):
        await add(office, office.administrator, organisation_id=office.neighbour.id)


async def test_a_name_is_taken_once(office: Office) -> None:
    with pytest.raises(Conflict):
        await add(office, None, name="inspector")


async def test_bad_input_adds_nobody(office: Office) -> None:
    with pytest.raises(BadRequest):
        await add(office, None, password="123456789")
    with pytest.raises(BadRequest):
        await add(office, None, roles=frozenset())
    with pytest.raises(NotFound):
        await add(office, None, organisation_id="no-such-organisation")


async def test_organisations_form_a_tree(office: Office) -> None:
    team = await staffing.add_organisation(office.context, name="二组", parent_id=office.food.id)
    assert team.path == f"{office.food.path}{team.id}/"
    assert team in await staffing.list_organisations(office.context)
    with pytest.raises(NotFound):
        await staffing.add_organisation(office.context, name="孤岛", parent_id="no-such-organisation")
