"""Joint inspections: which cases come together, by whom, and that nobody learns of what is not theirs."""

import pytest

from inspect_server.domain.cases import CaseStatus
from inspect_server.domain.errors import Conflict, InspectionEnded, NotAllowed, NotFound, OtherEnterprise
from inspect_server.domain.inspections import InspectionKind
from inspect_server.services import calling, cases, inspecting, joint
from inspect_server.services.announcements import InspectionChanged, Topic
from tests.services.joint_office import JointOffice, case_of, open_joint_office
from tests.services.office import Office


@pytest.fixture
async def both(office: Office) -> JointOffice:
    return await open_joint_office(office)


async def test_one_call_is_opened_on_several_cases_of_one_enterprise(both: JointOffice) -> None:
    office = both.office
    file = await both.open(both.city, both.fire_case, both.fire_case, both.food_case)
    assert [part.case.id for part in file.parts] == [both.food_case, both.fire_case]
    for case_id in (both.food_case, both.fire_case):
        assert (await cases.show_case(office.context, both.city, case_id)).case.status is CaseStatus.INSPECTING
        with pytest.raises(Conflict):
            await inspecting.open_inspection(office.context, both.city, case_id, InspectionKind.INITIAL)
    await inspecting.end_inspection(office.context, both.city, file.inspection.id)
    for case_id in (both.food_case, both.fire_case):
        assert (await cases.show_case(office.context, both.city, case_id)).case.status is CaseStatus.OPEN


async def test_a_department_brings_only_its_own_cases(both: JointOffice) -> None:
    with pytest.raises(NotFound):
        await both.open(None, both.fire_case)
    shown = await cases.show_case(both.office.context, both.office.inspector, both.food_case)
    assert shown.inspections == []


async def test_cases_of_different_enterprises_do_not_come_together(both: JointOffice) -> None:
    other = await case_of(both.office, both.fire, "91370100MA3C0000YK")
    nameless = await case_of(both.office, both.fire, "")
    for case_id in (other, nameless):
        with pytest.raises(OtherEnterprise):
            await both.open(both.city, case_id)


async def test_another_department_finds_the_open_call_and_joins_it_with_its_case(both: JointOffice) -> None:
    office = both.office
    file = await both.open()
    inspection_id = file.inspection.id
    with pytest.raises(NotFound):
        await inspecting.show_inspection(office.context, both.fire, inspection_id)
    offers = await joint.joint_offers(office.context, both.fire, both.fire_case)
    assert [(each.inspection.id, each.inspector_name) for each in offers.calls] == [
        (inspection_id, office.inspector.user.display_name)
    ]
    assert offers.cases == []
    for _ in range(2):
        joined = await joint.join_with_case(office.context, both.fire, inspection_id, both.fire_case)
        assert [part.case.id for part in joined.parts] == [both.food_case, both.fire_case]
    assert office.announced == [InspectionChanged(inspection_id, Topic.CHECKLIST)]
    await calling.ticket_for_staff(office.context, both.fire, inspection_id)
    assert (await joint.joint_offers(office.context, both.fire, both.fire_case)).calls == []
    assert (f"user:{both.fire.user.id}", "inspection.part_added") in await office.audited(f"inspection:{inspection_id}")


async def test_who_sees_both_departments_is_offered_the_further_case(both: JointOffice) -> None:
    context = both.office.context
    offers = await joint.joint_offers(context, both.city, both.food_case)
    assert ([each.id for each in offers.cases], offers.calls) == ([both.fire_case], [])
    assert (await joint.joint_offers(context, both.office.inspector, both.food_case)).cases == []
    with pytest.raises(NotAllowed):
        await joint.joint_offers(context, both.office.reviewer, both.food_case)
    with pytest.raises(NotFound):
        await joint.joint_offers(context, both.fire, both.food_case)


async def test_a_neighbouring_office_neither_finds_nor_joins_the_call(both: JointOffice) -> None:
    office = both.office
    file = await both.open()
    theirs = await case_of(office, office.stranger)
    assert (await joint.joint_offers(office.context, office.stranger, theirs)).calls == []
    with pytest.raises(OtherEnterprise):
        await joint.join_with_case(office.context, office.stranger, file.inspection.id, theirs)


async def test_nothing_joins_a_call_that_is_over_or_a_case_that_is_elsewhere(both: JointOffice) -> None:
    office = both.office
    first = await both.open()
    second_case = await case_of(office, office.inspector)
    second = await inspecting.open_inspection(office.context, office.inspector, second_case, InspectionKind.INITIAL)
    with pytest.raises(Conflict) as refused:
        await joint.join_with_case(office.context, office.inspector, first.inspection.id, second_case)
    assert refused.value.params == {"inspection_id": second.inspection.id}
    await inspecting.end_inspection(office.context, office.inspector, first.inspection.id)
    with pytest.raises(InspectionEnded):
        await joint.join_with_case(office.context, both.fire, first.inspection.id, both.fire_case)
