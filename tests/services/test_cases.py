"""Cases: who sees which, how they are numbered and found."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from inspect_server.domain.cases import CaseStatus
from inspect_server.domain.errors import Conflict, NotAllowed, NotFound
from inspect_server.services import cases, catalogue
from inspect_server.services.context import ServiceOptions
from tests.services.office import Office


async def ids(office: Office, by: str, search: cases.CaseSearch | None = None) -> list[str]:
    page = await cases.list_cases(office.context, office.people[by], search or cases.CaseSearch())
    return [listing.id for listing in page.listings]


async def test_everybody_sees_the_cases_of_the_own_organisation_and_below_only(office: Office) -> None:
    of_food = await office.open_case("inspector")
    of_city = await office.open_case("administrator")
    of_neighbour = await office.open_case("stranger")
    assert set(await ids(office, "reviewer")) == {of_food, of_city}
    assert set(await ids(office, "inspector")) == {of_food}
    assert set(await ids(office, "stranger")) == {of_neighbour}


@pytest.mark.parametrize(("by", "sees"), [("inspector", True), ("reviewer", True), ("stranger", False)])
async def test_a_case_of_another_office_is_not_there(office: Office, by: str, sees: bool) -> None:
    case_id = await office.open_case("inspector")
    if sees:
        file = await cases.show_case(office.context, office.people[by], case_id)
        assert (file.case.id, file.permit_item, file.organisation) == (case_id, office.permit_item, office.food)
        return
    with pytest.raises(NotFound) as foreign:
        await cases.show_case(office.context, office.people[by], case_id)
    with pytest.raises(NotFound) as unknown:
        await cases.show_case(office.context, office.people[by], "no-such-case")
    assert (foreign.value.detail, foreign.value.params) == (unknown.value.detail, unknown.value.params)


async def test_a_case_of_the_office_above_is_not_there_either(office: Office) -> None:
    case_id = await office.open_case("administrator")
    with pytest.raises(NotFound):
        await cases.show_case(office.context, office.inspector, case_id)


async def test_cases_are_numbered_by_year_without_holes(office: Office) -> None:
    first = await cases.show_case(office.context, office.inspector, await office.open_case())
    with pytest.raises(NotFound):
        await cases.open_case(office.context, office.inspector, cases.CaseDraft("no-such-item", "面馆"))
    second = await cases.show_case(office.context, office.inspector, await office.open_case())
    assert (first.case.number, second.case.number) == ("YK2026-000001", "YK2026-000002")


async def test_one_external_id_is_one_case(office: Office) -> None:
    await office.open_case(external_id="SP-1")
    with pytest.raises(Conflict):
        await office.open_case("stranger", external_id="SP-1")
    assert await ids(office, "stranger") == []


async def test_a_reviewer_opens_no_case(office: Office) -> None:
    before = await office.count_audited()
    with pytest.raises(NotAllowed):
        await office.open_case("reviewer")
    assert await ids(office, "reviewer") == []
    assert await office.count_audited() == before


async def test_search_narrows_and_pages_follow_each_other(office: Office) -> None:
    for number in range(cases.PAGE_SIZE + 3):
        await office.open_case(name=f"第{number}号店")
        office.clock.advance(seconds=1)
    first = await cases.list_cases(office.context, office.inspector, cases.CaseSearch())
    second = await cases.list_cases(office.context, office.inspector, cases.CaseSearch(page=2))
    assert (first.total, len(first.listings), len(second.listings)) == (23, 20, 3)
    created = [listing.created_at for listing in first.listings + second.listings]
    assert created == sorted(created, reverse=True)
    found = await cases.list_cases(office.context, office.inspector, cases.CaseSearch(query=" 第7号店 "))
    assert [listing.enterprise_name for listing in found.listings] == ["第7号店"]
    assert (await cases.list_cases(office.context, office.inspector, cases.CaseSearch(page=99))).listings == []


async def test_the_list_follows_the_course_of_the_inspection(office: Office) -> None:
    inspection_id = await office.open_inspection()
    page = await cases.list_cases(office.context, office.inspector, cases.CaseSearch(status=CaseStatus.INSPECTING))
    assert [listing.live_inspection_id for listing in page.listings] == [inspection_id]


async def test_opening_a_case_is_audited(office: Office) -> None:
    case_id = await office.open_case()
    assert await office.audited(f"case:{case_id}") == [(f"user:{office.inspector.user.id}", "case.opened")]


async def test_the_catalogue_is_for_active_people_of_the_office(office: Office) -> None:
    assert await catalogue.list_permit_items(office.context, office.reviewer) == [office.permit_item]
    gone = replace(office.reviewer, user=replace(office.reviewer.user, active=False))
    with pytest.raises(NotFound):
        await catalogue.list_permit_items(office.context, gone)


async def test_a_case_has_the_number_of_the_year_in_which_the_office_opens_it(office: Office) -> None:
    office.context = replace(office.context, options=ServiceOptions(time_zone=ZoneInfo("Asia/Shanghai")))
    office.clock.time = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half an hour into the new year there
    case = (await cases.show_case(office.context, office.inspector, await office.open_case())).case
    assert case.number == "YK2027-000001"
