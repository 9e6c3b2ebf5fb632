"""Deciding and concluding through the services: whose list it is, what is kept, who is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inspect_server.domain.errors import BadRequest, Conflict, ItemsOpen, NotAllowed, NotFound, PartConcluded
from inspect_server.domain.inspections import Conclusion
from inspect_server.domain.judging import Judgement
from inspect_server.services import inspecting, judging, moments
from inspect_server.services.announcements import InspectionChanged, InspectionEnded, Topic
from inspect_server.services.context import Actor
from inspect_server.services.inspecting import InspectionFile
from inspect_server.services.judging import JudgedPart, NewConclusion, NewDecision
from tests.services.joint_office import open_joint_office
from tests.services.office import Office


async def opened(office: Office) -> InspectionFile:
    inspection_id = await office.open_inspection()
    return await inspecting.show_inspection(office.context, office.inspector, inspection_id)


def a_decision(
    office: Office, file: InspectionFile, judgement: Judgement | None = Judgement.PASS, *, item: int = 0, part: int = 0
) -> NewDecision:
    checklist = file.parts[part].permit_item.checklist
    return NewDecision(office.context.new_id(), file.parts[part].part.id, checklist[item].id, judgement, office.clock())


async def decide(office: Office, file: InspectionFile, new: NewDecision, by: Actor | None = None) -> None:
    await judging.decide(office.context, by or office.inspector, file.inspection.id, new)


async def conclude(
    office: Office, file: InspectionFile, conclusion: Conclusion | None, *, key: str = "", by: Actor | None = None
) -> None:
    new = NewConclusion(key or office.context.new_id(), file.parts[0].part.id, conclusion, "理由")
    await judging.conclude(office.context, by or office.inspector, file.inspection.id, new)


async def part(office: Office, file: InspectionFile, by: Actor | None = None) -> JudgedPart:
    shown = await judging.show_checklist(office.context, by or office.inspector, file.inspection.id)
    return shown.parts[0]


async def kinds_of_moments(office: Office, file: InspectionFile) -> list[str]:
    return [each.kind for each in await moments.show_moments(office.context, office.inspector, file.inspection.id)]


async def test_a_decision_is_kept_audited_and_told_and_its_second_is_a_moment(office: Office) -> None:
    file = await opened(office)
    decided_at = office.clock() + timedelta(seconds=3)
    new = replace(a_decision(office, file, Judgement.FAIL), decided_at=decided_at, note="破损")
    office.clock.advance(seconds=8)
    await decide(office, file, new)
    shown = await judging.show_checklist(office.context, office.colleague, file.inspection.id)
    first, second = shown.parts[0].items
    assert first.decision is not None
    assert (first.judgement, first.decision.note, first.judged_at) == (Judgement.FAIL, "破损", decided_at)
    assert first.decision.received_at == office.clock()
    assert second.is_open
    assert shown.names == {office.inspector.user.id: office.inspector.user.display_name}
    (moment,) = await moments.show_moments(office.context, office.inspector, file.inspection.id)
    assert (moment.kind, moment.at, moment.details["judgement"]) == ("decision.made", decided_at, "fail")
    actor = f"user:{office.inspector.user.id}"
    assert await office.audited(f"decision:{new.id}") == [(actor, "decision.made")]
    told = [InspectionChanged(file.inspection.id, topic) for topic in (Topic.CHECKLIST, Topic.MOMENTS)]
    assert office.announced == told


async def test_the_same_decision_sent_twice_is_one(office: Office) -> None:
    file = await opened(office)
    new = a_decision(office, file)
    await decide(office, file, new)
    office.announced.clear()
    office.clock.advance(minutes=1)
    await decide(office, file, new)
    assert office.announced == []
    assert await kinds_of_moments(office, file) == ["decision.made"]
    with pytest.raises(Conflict):
        await decide(office, file, replace(new, judgement=Judgement.FAIL))


async def test_what_arrives_again_after_the_conclusion_is_still_the_same(office: Office) -> None:
    file = await opened(office)
    new = a_decision(office, file)
    await decide(office, file, new)
    await conclude(office, file, Conclusion.FAIL)
    await decide(office, file, new)
    with pytest.raises(PartConcluded):
        await decide(office, file, a_decision(office, file, item=1))


async def test_further_words_are_no_new_moment_but_taking_back_is(office: Office) -> None:
    file = await opened(office)
    await decide(office, file, a_decision(office, file, Judgement.FAIL))
    office.clock.advance(seconds=1)
    await decide(office, file, replace(a_decision(office, file, Judgement.FAIL), note="第二排第三块"))
    office.clock.advance(seconds=1)
    await decide(office, file, a_decision(office, file, None))
    assert await kinds_of_moments(office, file) == ["decision.made", "decision.taken_back"]
    assert (await part(office, file)).items[0].is_open


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(minutes=2)])
async def test_a_decision_at_an_impossible_time_is_refused(office: Office, off: timedelta) -> None:
    file = await opened(office)
    with pytest.raises(BadRequest):
        await decide(office, file, replace(a_decision(office, file), decided_at=office.clock() + off))
    assert (await part(office, file)).items[0].is_open


async def test_points_and_parts_of_elsewhere_are_refused(office: Office) -> None:
    file = await opened(office)
    with pytest.raises(BadRequest):
        await decide(office, file, replace(a_decision(office, file), checklist_item_id="elsewhere"))
    with pytest.raises(NotFound):
        await decide(office, file, replace(a_decision(office, file), part_id="elsewhere"))


@pytest.mark.parametrize(
    ("by", "error"), [("reviewer", NotAllowed), ("administrator", NotAllowed), ("stranger", NotFound)]
)
async def test_only_inspectors_decide_and_conclude(office: Office, by: str, error: type[Exception]) -> None:
    file = await opened(office)
    with pytest.raises(error):
        await decide(office, file, a_decision(office, file), office.people[by])
    with pytest.raises(error):
        await conclude(office, file, Conclusion.FAIL, by=office.people[by])
    await decide(office, file, a_decision(office, file), office.colleague)


async def test_a_conclusion_needs_its_decisions_and_can_be_taken_back(office: Office) -> None:
    file = await opened(office)
    with pytest.raises(ItemsOpen):
        await conclude(office, file, Conclusion.PASS)
    for item in range(2):
        await decide(office, file, a_decision(office, file, item=item))
    office.announced.clear()
    await conclude(office, file, Conclusion.PASS, key="conclusion")
    await conclude(office, file, Conclusion.PASS, key="conclusion")
    topics = (Topic.CHECKLIST, Topic.CONCLUSIONS, Topic.MOMENTS)
    assert office.announced == [InspectionChanged(file.inspection.id, topic) for topic in topics]
    shown = await inspecting.show_inspection(office.context, office.inspector, file.inspection.id)
    assert (shown.parts[0].part.conclusion, shown.parts[0].part.concluded_at) == (Conclusion.PASS, office.clock())
    concluded = (await part(office, file)).conclusion
    assert concluded is not None
    assert (concluded.conclusion, concluded.reason) == (Conclusion.PASS, "理由")
    office.clock.advance(seconds=5)
    await conclude(office, file, None)
    assert (await part(office, file)).conclusion is None
    await decide(office, file, a_decision(office, file, Judgement.FAIL))
    assert await office.audited(f"part:{file.parts[0].part.id}") == [
        (f"user:{office.inspector.user.id}", "conclusion.made"),
        (f"user:{office.inspector.user.id}", "conclusion.taken_back"),
    ]


async def test_an_inspector_may_decide_and_conclude_after_the_call(office: Office) -> None:
    file = await opened(office)
    await inspecting.end_inspection(office.context, office.inspector, file.inspection.id)
    assert office.announced == [InspectionEnded(file.inspection.id)]
    await decide(office, file, a_decision(office, file, Judgement.FAIL))
    await conclude(office, file, Conclusion.FAIL)
    assert (await part(office, file)).conclusion is not None


async def test_each_department_has_its_own_list_and_sees_the_others(office: Office) -> None:
    joint = await open_joint_office(office)
    file = await joint.open(joint.city, joint.fire_case)
    own = {each.case.id: index for index, each in enumerate(file.parts)}
    food, fire = own[joint.food_case], own[joint.fire_case]
    await decide(office, file, a_decision(office, file, part=food))
    await decide(office, file, a_decision(office, file, Judgement.FAIL, part=fire), joint.fire)
    for by, other in ((office.inspector, fire), (joint.fire, food)):
        with pytest.raises(NotAllowed):
            await decide(office, file, a_decision(office, file, item=1, part=other), by)
    for by, first in ((office.inspector, joint.food_case), (joint.fire, joint.fire_case)):
        shown = (await judging.show_checklist(office.context, by, file.inspection.id)).parts
        assert [each.may_decide for each in shown] == [True, False]
        assert shown[0].file.case.id == first
        assert all(each.items[0].judgement is not None for each in shown)
    assert all(
        each.may_decide for each in (await judging.show_checklist(office.context, joint.city, file.inspection.id)).parts
    )
