"""The phone is told which point the inspector is at, what to show for it and what comes next."""

from inspect_server.domain.judging import Judgement
from inspect_server.services import inspecting, judging
from inspect_server.services.inspecting import PartFile
from tests.api.signalling.conftest import Call


async def the_part(call: Call) -> PartFile:
    return (await inspecting.show_inspection(call.context, call.inspector, call.inspection_id)).parts[0]


async def test_the_phone_follows_the_inspector_from_point_to_point(call: Call) -> None:
    part = await the_part(call)
    first, second = part.permit_item.checklist
    phone, _ = await call.join_by_invitation()
    assert (await phone.until("focused"))["points"] == []
    laptop, me = await call.join_as_inspector()
    await laptop.send("focus", part_id=part.part.id, checklist_item_id=first.id)
    (told,) = (await phone.until("focused"))["points"]
    assert (told["participant_id"], told["number"], told["count"]) == (me["participant_id"], 1, 2)
    assert (told["point"]["show"], told["next"]["checklist_item_id"]) == (first.show, second.id)
    await laptop.send("focus", part_id=part.part.id, checklist_item_id=second.id)
    (told,) = (await phone.until("focused"))["points"]
    assert (told["point"]["checklist_item_id"], told["next"]) == (second.id, None)
    assert [each.number for each in call.rooms.focused(call.inspection_id)] == [2]
    await laptop.send("focus", part_id=None, checklist_item_id=None)
    assert (await phone.until("focused"))["points"] == []


async def test_what_is_decided_already_is_not_what_comes_next(call: Call) -> None:
    part = await the_part(call)
    first, second = part.permit_item.checklist
    new = judging.NewDecision("d" * 20, part.part.id, second.id, Judgement.PASS, call.context.now())
    await judging.decide(call.context, call.inspector, call.inspection_id, new)
    laptop, _ = await call.join_as_inspector()
    await laptop.until("focused")
    await laptop.send("focus", part_id=part.part.id, checklist_item_id=first.id)
    assert (await laptop.until("focused"))["points"][0]["next"] is None


async def test_who_comes_later_is_told_at_once(call: Call) -> None:
    part = await the_part(call)
    laptop, _ = await call.join_as_inspector()
    await laptop.until("focused")
    await laptop.send("focus", part_id=part.part.id, checklist_item_id=part.permit_item.checklist[1].id)
    await laptop.until("focused")
    phone, _ = await call.join_by_invitation()
    assert (await phone.until("focused"))["points"][0]["number"] == 2


async def test_only_inspectors_guide_and_only_to_points_of_the_inspection(call: Call) -> None:
    part = await the_part(call)
    phone, _ = await call.join_by_invitation()
    item_id = part.permit_item.checklist[0].id
    await phone.send("focus", id="1", part_id=part.part.id, checklist_item_id=item_id)
    assert (await phone.until("error"))["code"] == "not_allowed"
    laptop, _ = await call.join_as_inspector()
    for wrong in (
        {"part_id": "elsewhere", "checklist_item_id": item_id},
        {"part_id": part.part.id, "checklist_item_id": "x"},
    ):
        await laptop.send("focus", **wrong)
        assert (await laptop.until("error"))["code"] == "not_found"
    assert call.rooms.focused(call.inspection_id) == []
