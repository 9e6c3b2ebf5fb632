"""Cases: who sees which, how they are found, and how they get their numbers."""

import asyncio
from dataclasses import dataclass

import pytest

from inspect_server.domain.cases import Case, CaseStatus, Enterprise
from inspect_server.domain.catalogue import PermitItemVersion
from inspect_server.domain.errors import Conflict
from inspect_server.domain.inspections import InspectionState
from inspect_server.domain.people import Organisation
from storage import cases, catalogue, evidence, inspections, people
from storage.cases import CaseFilter, CaseListing
from storage.engine import Database, Transaction
from tests.storage.records import (
    a_case,
    a_photo,
    a_user,
    a_version,
    an_enterprise,
    an_inspection,
    an_organisation,
    at,
    set_scene,
)


@dataclass(frozen=True)
class Office:
    """A city with one district, two permit items and two enterprises; no case yet."""

    city: Organisation
    district: Organisation
    seeds: PermitItemVersion
    food: PermitItemVersion
    farm: Enterprise
    cafe: Enterprise


@pytest.fixture
async def office(database: Database) -> Office:
    city = an_organisation("市局")
    made = Office(
        city=city,
        district=an_organisation("区局", parent=city),
        seeds=a_version("seeds", name="种子许可"),
        food=a_version("food", name="食品许可"),
        farm=an_enterprise("丰禾种业", "91370100MA3C0000XJ"),
        cafe=an_enterprise("Old Town 100% Café_1", ""),
    )
    async with database.transaction() as tx:
        for organisation in (made.city, made.district):
            await people.add_organisation(tx, organisation)
        for version in (made.seeds, made.food):
            await catalogue.add_version(tx, version)
        for enterprise in (made.farm, made.cafe):
            await cases.add_enterprise(tx, enterprise)
    return made


async def found(tx: Transaction, wanted: CaseFilter) -> list[str]:
    return [listing.number for listing in (await cases.page(tx, wanted, limit=100)).listings]


async def test_a_case_and_its_enterprise_come_back(database: Database, office: Office) -> None:
    case = a_case(office.district, office.farm, office.seeds, external_id="SP-77")
    async with database.transaction() as tx:
        await cases.add_case(tx, case)
        assert await cases.case(tx, case.id) == case
        assert await cases.case(tx, case.id, for_update=True) == case
        assert await cases.case_by_external_id(tx, "SP-77") == case
        assert await cases.cases_by_id(tx, [case.id, "none"]) == {case.id: case}
        assert await cases.enterprise(tx, office.farm.id) == office.farm
        assert await cases.case(tx, "none") is None
        assert await cases.enterprise(tx, "none") is None


@pytest.mark.parametrize(("number", "external_id"), [("KY-1", None), ("KY-1", "SP-2"), ("KY-2", "SP-1")])
async def test_numbers_and_external_ids_are_taken_once(
    database: Database, office: Office, number: str, external_id: str | None
) -> None:
    async with database.transaction() as tx:
        await cases.add_case(tx, a_case(office.city, office.farm, office.seeds, number="KY-1", external_id="SP-1"))
        for _ in range(2):
            await cases.add_case(tx, a_case(office.city, office.farm, office.seeds))
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await cases.add_case(
                tx, a_case(office.district, office.cafe, office.food, number=number, external_id=external_id)
            )


async def test_the_list_shows_the_newest_first_a_page_at_a_time(database: Database, office: Office) -> None:
    async with database.transaction() as tx:
        for number in range(5):
            case = a_case(office.city, office.farm, office.seeds, number=f"KY-{number}", created_at=at(number))
            await cases.add_case(tx, case)
        everything = CaseFilter(office.city.path)
        pages = [await cases.page(tx, everything, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [[listing.number for listing in page.listings] for page in pages] == [
        ["KY-4", "KY-3"],
        ["KY-2", "KY-1"],
        ["KY-0"],
        [],
    ]
    assert {page.total for page in pages} == {5}


async def test_nobody_sees_cases_of_another_branch_or_above(database: Database, office: Office) -> None:
    neighbour = an_organisation("邻市局")
    async with database.transaction() as tx:
        await people.add_organisation(tx, neighbour)
        for organisation, number in ((office.city, "city"), (office.district, "district"), (neighbour, "other")):
            await cases.add_case(tx, a_case(organisation, office.farm, office.seeds, number=number))
        assert set(await found(tx, CaseFilter(office.city.path))) == {"city", "district"}
        assert await found(tx, CaseFilter(office.district.path)) == ["district"]
        assert await found(tx, CaseFilter(neighbour.path)) == ["other"]
        assert await found(tx, CaseFilter(neighbour.path, query="city")) == []


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["KY-2", "KY-1"]),
        ("ky-2", ["KY-2"]),
        ("sp-77", ["KY-1"]),
        ("丰禾", ["KY-1"]),
        ("  ma3c  ", ["KY-1"]),
        ("OLD town", ["KY-2"]),
        ("100%", ["KY-2"]),
        ("Café_1", ["KY-2"]),
        ("%", ["KY-2"]),
        ("_", ["KY-2"]),
        ("/", []),
        ("nothing", []),
    ],
)
async def test_search_finds_parts_of_number_external_id_name_and_credit_code(
    database: Database, office: Office, query: str, numbers: list[str]
) -> None:
    async with database.transaction() as tx:
        first = a_case(office.city, office.farm, office.seeds, number="KY-1", external_id="SP-77", created_at=at(1))
        await cases.add_case(tx, first)
        await cases.add_case(tx, a_case(office.city, office.cafe, office.food, number="KY-2", created_at=at(2)))
        assert await found(tx, CaseFilter(office.city.path, query=query)) == numbers


async def test_filters_by_permit_item_and_status_go_together(database: Database, office: Office) -> None:
    newer_seeds = a_version("seeds", 2)
    async with database.transaction() as tx:
        await catalogue.add_version(tx, newer_seeds)
        for number, version, status in (
            ("old", office.seeds, CaseStatus.OPEN),
            ("new", newer_seeds, CaseStatus.OPEN),
            ("done", newer_seeds, CaseStatus.INSPECTED),
            ("food", office.food, CaseStatus.OPEN),
        ):
            await cases.add_case(tx, a_case(office.city, office.farm, version, number=number, status=status))
        path = office.city.path
        assert set(await found(tx, CaseFilter(path, permit_item_id="seeds"))) == {"old", "new", "done"}
        assert set(await found(tx, CaseFilter(path, status=CaseStatus.OPEN))) == {"old", "new", "food"}
        both = CaseFilter(path, permit_item_id="seeds", status=CaseStatus.INSPECTED)
        assert await found(tx, both) == ["done"]


async def test_a_row_has_all_that_the_list_shows(database: Database, office: Office) -> None:
    inspector = a_user(office.city)
    case = a_case(office.district, office.farm, office.seeds, number="KY-1", external_id="SP-1")
    never = a_case(office.district, office.farm, office.seeds, number="KY-0", created_at=at(-1))
    ended = an_inspection(case, inspector, created_at=at(5), started_at=at(900), state=InspectionState.ENDED)
    older = an_inspection(case, inspector, created_at=at(10))
    live = an_inspection(case, inspector, created_at=at(20), started_at=at(30))
    async with database.transaction() as tx:
        await people.add_user(tx, inspector, password_hash="$")
        for each in (case, never):
            await cases.add_case(tx, each)
        for inspection in (ended, older, live):
            await inspections.add(tx, inspection)
        for name, about in (("before", older), ("now", live)):
            await evidence.add_once(tx, a_photo(about, name))
        await cases.set_status(tx, case.id, CaseStatus.INSPECTING)
        page = await cases.page(tx, CaseFilter(office.city.path), limit=10)
    assert page.listings == [
        CaseListing(
            id=case.id,
            number="KY-1",
            external_id="SP-1",
            enterprise_name="丰禾种业",
            permit_item_name="种子许可",
            organisation_name="区局",
            status=CaseStatus.INSPECTING,
            created_at=case.created_at,
            last_inspection_at=at(900),
            live_inspection_id=live.id,
            live_picture_count=1,
        ),
        CaseListing(
            id=never.id,
            number="KY-0",
            external_id=None,
            enterprise_name="丰禾种业",
            permit_item_name="种子许可",
            organisation_name="区局",
            status=CaseStatus.OPEN,
            created_at=never.created_at,
            last_inspection_at=None,
            live_inspection_id=None,
            live_picture_count=0,
        ),
    ]


async def test_serials_count_within_their_series_and_none_is_given_twice(database: Database) -> None:
    async def take(series: str) -> int:
        async with database.transaction() as tx:
            return await cases.next_serial(tx, series)

    taken = await asyncio.gather(*(take("2026") for _ in range(12)), *(take("2027") for _ in range(3)))
    assert sorted(taken[:12]) == list(range(1, 13))
    assert sorted(taken[12:]) == [1, 2, 3]


async def test_a_locked_case_is_changed_by_one_after_the_other(database: Database) -> None:
    """Two people open an inspection of one case at once: the second one sees the first one's."""
    async with database.transaction() as tx:
        scene = await set_scene(tx)
    seen: list[CaseStatus] = []

    async def close() -> None:
        async with database.transaction() as tx:
            case: Case | None = await cases.case(tx, scene.case.id, for_update=True)
            assert case is not None
            seen.append(case.status)
            await cases.set_status(tx, case.id, CaseStatus.INSPECTED)

    await asyncio.gather(*(close() for _ in range(5)))
    assert seen == [CaseStatus.OPEN, *[CaseStatus.INSPECTED] * 4]
