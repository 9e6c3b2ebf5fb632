"""Organisations and users."""

from dataclasses import replace

import pytest

from inspect_server.domain.errors import Conflict
from inspect_server.domain.people import Role
from storage import people
from storage.engine import Database
from tests.storage.records import a_user, an_organisation

BOTH = frozenset({Role.INSPECTOR, Role.REVIEWER})


async def test_the_tree_is_listed_from_the_top_down_and_only_below_the_path(database: Database) -> None:
    city = an_organisation("市局")
    district = an_organisation("区局", parent=city)
    station = an_organisation("站所", parent=district)
    other = an_organisation("邻市局")
    async with database.transaction() as tx:
        for each in (city, district, station, other):
            await people.add_organisation(tx, each)
        assert await people.organisations_within(tx, city.path) == [city, district, station]
        assert await people.organisations_within(tx, district.path) == [district, station]
        assert len(await people.organisations_within(tx, "/")) == 4


async def test_a_path_is_compared_to_the_letter(database: Database) -> None:
    """LIKE would take ``_`` for any letter, and on SQLite ``A`` for ``a``: somebody would see another office."""
    own = replace(an_organisation("own"), id="a_c", path="/a_c/")
    others = [replace(an_organisation(key), id=key, path=f"/{key}/") for key in ("A_C", "abc", "a%c")]
    async with database.transaction() as tx:
        for each in (own, *others):
            await people.add_organisation(tx, each)
        assert await people.organisations_within(tx, own.path) == [own]


async def test_an_organisation_needs_its_parent(database: Database) -> None:
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await people.add_organisation(tx, an_organisation(parent=an_organisation()))


async def test_a_user_is_found_by_id_and_by_sign_in_name(database: Database) -> None:
    office = an_organisation()
    user = a_user(office, "chen", roles=BOTH)
    async with database.transaction() as tx:
        await people.add_organisation(tx, office)
        await people.add_user(tx, user, password_hash="$argon2id$1")
        assert await people.user(tx, user.id) == user
        assert await people.credentials(tx, "chen") == people.Credentials(user, "$argon2id$1")
        assert await people.credentials(tx, "Chen") is None
        assert await people.user(tx, "nobody") is None


async def test_a_user_without_roles_is_one(database: Database) -> None:
    office = an_organisation()
    user = a_user(office)
    async with database.transaction() as tx:
        await people.add_organisation(tx, office)
        await people.add_user(tx, user, password_hash="$")
        assert await people.user(tx, user.id) == user


async def test_a_sign_in_name_is_taken_once(database: Database) -> None:
    office = an_organisation()
    async with database.transaction() as tx:
        await people.add_organisation(tx, office)
        await people.add_user(tx, a_user(office, "chen"), password_hash="$")
    with pytest.raises(Conflict) as refused:
        async with database.transaction() as tx:
            await people.add_user(tx, a_user(office, "chen"), password_hash="$")
    assert refused.value.params == {"sign_in_name": "chen"}


async def test_roles_password_and_activity_change(database: Database) -> None:
    office = an_organisation()
    user = a_user(office, "chen", roles=BOTH)
    async with database.transaction() as tx:
        await people.add_organisation(tx, office)
        await people.add_user(tx, user, password_hash="$old")
        await people.set_roles(tx, user.id, frozenset({Role.ADMINISTRATOR}))
        await people.set_password_hash(tx, user.id, "$new")
        await people.set_active(tx, user.id, active=False)
        changed = replace(user, roles=frozenset({Role.ADMINISTRATOR}), active=False)
        assert await people.credentials(tx, "chen") == people.Credentials(changed, "$new")


async def test_users_are_listed_within_their_part_of_the_tree(database: Database) -> None:
    city = an_organisation("市局")
    district = an_organisation("区局", parent=city)
    above, below = a_user(city, "zhao", roles=BOTH), a_user(district, "an", roles=frozenset({Role.INSPECTOR}))
    async with database.transaction() as tx:
        for office in (city, district):
            await people.add_organisation(tx, office)
        for user in (above, below):
            await people.add_user(tx, user, password_hash="$")
        assert await people.users_within(tx, city.path) == [below, above]
        assert await people.users_within(tx, district.path) == [below]
