"""Permit items: versions stay as they were published."""

from dataclasses import replace

import pytest

from inspect_server.domain.catalogue import PermitItemVersion
from inspect_server.domain.errors import Conflict
from storage import catalogue
from storage.engine import Database
from tests.storage.records import a_point, a_version


async def test_a_version_comes_back_with_its_points_in_order(database: Database) -> None:
    version = a_version(points=5)
    shuffled = replace(version, checklist=version.checklist[::-1])
    async with database.transaction() as tx:
        await catalogue.add_version(tx, shuffled)
        assert await catalogue.version(tx, version.id) == version
        assert await catalogue.version(tx, "none") is None


async def test_the_newest_version_of_each_item_is_offered_and_old_ones_stay(database: Database) -> None:
    old, new = a_version("seeds", 1, points=1), a_version("seeds", 2, points=3)
    other = a_version("food", 1, points=0)
    async with database.transaction() as tx:
        for version in (new, old, other):
            await catalogue.add_version(tx, version)
        assert await catalogue.newest_versions(tx) == [other, new]
        assert await catalogue.newest_version(tx, "seeds") == new
        assert await catalogue.newest_version(tx, "none") is None
        assert await catalogue.versions(tx, [old.id, other.id, "none"]) == {old.id: old, other.id: other}


async def test_a_point_keeps_its_id_over_versions(database: Database) -> None:
    point = a_point(1)
    versions = [replace(a_version(number=number), checklist=(point,)) for number in (1, 2)]
    async with database.transaction() as tx:
        for version in versions:
            await catalogue.add_version(tx, version)
        assert [(await catalogue.versions(tx, [each.id]))[each.id].checklist for each in versions] == [(point,)] * 2


@pytest.mark.parametrize(
    "second",
    [
        a_version("seeds", 1),
        replace(a_version("food", 1), checklist=(a_point(1), a_point(1))),
        replace(a_version("food", 1), checklist=(a_point(1, "p"), a_point(2, "p"))),
    ],
    ids=["same number", "same position", "same point"],
)
async def test_nothing_is_published_twice(database: Database, second: PermitItemVersion) -> None:
    first = a_version("seeds", 1)
    async with database.transaction() as tx:
        await catalogue.add_version(tx, first)
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await catalogue.add_version(tx, second)
    async with database.reading() as tx:
        assert await catalogue.newest_versions(tx) == [first]
