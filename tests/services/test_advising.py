"""Experts write what they think of a point: once each, for the office to read, and into the record."""

import pytest

from inspect_server.domain.errors import (
    BadRequest,
    Conflict,
    InspectionEnded,
    NotAllowed,
    NotFound,
    PartConcluded,
)
from inspect_server.domain.inspections import Conclusion, ParticipantRole
from inspect_server.domain.opinions import Opinion
from inspect_server.services import advising, inspecting, judging, moments, reporting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.context import Guest
from inspect_server.services.judging import NewConclusion
from tests.services.office import ADDRESS, Office

ID = "opinion-0123456789"


class Scene:
    """An inspection with an expert in it."""

    def __init__(self, office: Office, inspection_id: str, expert: Guest, part_id: str, item_id: str) -> None:
        self.office, self.inspection_id, self.expert = office, inspection_id, expert
        self.part_id, self.item_id = part_id, item_id

    async def give(self, text: str = "合格", *, key: str = ID, by: Guest | None = None, item: str = "") -> Opinion:
        return await advising.give_opinion(
            self.office.context,
            by or self.expert,
            opinion_id=key,
            part_id=self.part_id,
            checklist_item_id=item or self.item_id,
            text=text,
        )


async def guest(office: Office, inspection_id: str, role: ParticipantRole, name: str) -> Guest:
    _, token = await office.invite(inspection_id, role)
    await office.admit(await office.accept(token, name))
    return Guest(token, ADDRESS)


async def set_up(office: Office) -> Scene:
    inspection_id = await office.open_inspection()
    expert = await guest(office, inspection_id, ParticipantRole.EXPERT, "周教授")
    file = await inspecting.show_inspection(office.context, office.inspector, inspection_id)
    part = file.parts[0]
    return Scene(office, inspection_id, expert, part.part.id, part.permit_item.checklist[0].id)


async def test_an_opinion_is_stored_once_with_the_time_and_told_to_the_room(office: Office) -> None:
    scene = await set_up(office)
    first = await scene.give()
    office.clock.advance(seconds=30)
    assert await scene.give() == first
    assert (first.author_name, first.given_at) == ("周教授", office.clock().replace(second=first.given_at.second))
    read = await advising.show_opinions(office.context, office.reviewer, scene.inspection_id)
    assert read == [first]
    assert InspectionChanged(scene.inspection_id, Topic.OPINIONS) in office.announced
    shown = await moments.show_moments(office.context, office.inspector, scene.inspection_id)
    assert [(each.id, each.at) for each in shown if each.kind == "opinion.given"] == [(ID, first.given_at)]
    assert [action for _, action in await office.audited(f"opinion:{ID}")] == ["opinion.given"]
    with pytest.raises(Conflict):
        await scene.give("不合格")


async def test_a_second_thought_stands_beside_the_first(office: Office) -> None:
    scene = await set_up(office)
    await scene.give("看不清")
    office.clock.advance(seconds=5)
    await scene.give("现在看清了，合格", key=f"{ID}-2")
    read = await advising.show_opinions(office.context, office.inspector, scene.inspection_id)
    assert [each.text for each in read] == ["看不清", "现在看清了，合格"]


async def test_experts_read_their_own_and_others_none(office: Office) -> None:
    scene = await set_up(office)
    other = await guest(office, scene.inspection_id, ParticipantRole.EXPERT, "吴教授")
    await scene.give()
    await scene.give("另一个看法", key=f"{ID}-2", by=other)
    for who, texts in ((scene.expert, ["合格"]), (other, ["另一个看法"])):
        read = await advising.show_opinions(office.context, who, None)
        assert [each.text for each in read] == texts
    for role in (ParticipantRole.ENTERPRISE, ParticipantRole.HELPER, ParticipantRole.OBSERVER):
        nosy = await guest(office, scene.inspection_id, role, "路人")
        with pytest.raises(NotAllowed):
            await advising.show_opinions(office.context, nosy, None)
        with pytest.raises(NotAllowed):
            await scene.give(key=f"{ID}-3", by=nosy)
    with pytest.raises(NotFound):
        await advising.show_opinions(office.context, office.stranger, scene.inspection_id)


async def test_what_is_no_point_of_the_list_has_no_opinions(office: Office) -> None:
    scene = await set_up(office)
    with pytest.raises(BadRequest):
        await scene.give(item="none")
    scene.part_id = "none"
    with pytest.raises(NotFound):
        await scene.give()


async def test_the_record_tells_what_experts_wrote_and_closes_the_list(office: Office) -> None:
    scene = await set_up(office)
    given = await scene.give("建议现场复核检定证书")
    conclusion = NewConclusion("conclusion-0123456789", scene.part_id, Conclusion.FAIL, "拒绝展示")
    await judging.conclude(office.context, office.inspector, scene.inspection_id, conclusion)
    outcome = await reporting.show_outcome(office.context, office.inspector, scene.inspection_id)
    assert outcome.parts[0].record is not None
    content = outcome.parts[0].record.record.content
    assert given.text in content
    assert content.count("建议现场复核检定证书") == 1
    # Sent again by a page that did not hear the answer: no error.
    assert await scene.give("建议现场复核检定证书") == given
    with pytest.raises(PartConcluded):
        await scene.give(key=f"{ID}-2")
    await inspecting.end_inspection(office.context, office.inspector, scene.inspection_id)
    with pytest.raises(InspectionEnded):
        await scene.give(key=f"{ID}-3")
