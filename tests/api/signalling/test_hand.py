"""The remote hand: a wish reaches the phone, its answer everybody, each once, also over a lost WebSocket."""

from __future__ import annotations

from typing import Any

from inspect_server.services import moments
from tests.api.signalling.conftest import Call, Page

ID = "request-0123456789"
ABILITIES = {"can_turn": True, "torch": False, "zoom": {"min": 1.0, "max": 8.0, "step": 0.1, "value": 1.0}}


async def ask(page: Page, phone_id: str, request: str = ID, **more: Any) -> None:
    await page.send("ask_camera", id="q", request=request, participant_id=phone_id, **{"wish": "torch_on", **more})


async def kinds(call: Call) -> list[str]:
    found = await moments.show_moments(call.context, call.inspector, call.inspection_id)
    return [each.kind for each in found]


async def test_a_wish_is_asked_once_and_its_answer_told_to_all_once(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    me = welcome["participant_id"]
    for _ in range(2):
        await ask(inspector, me)
    asked = await phone.until("camera_asked")
    assert (asked["request"], asked["participant_id"], asked["wish"]) == (ID, me, "torch_on")
    for _ in range(2):
        await phone.send("answer_camera", request=ID, outcome="impossible", obstacle="no_torch")
    told = await inspector.until("camera_answered")
    assert (told["wish"], told["outcome"], told["obstacle"]) == ("torch_on", "impossible", "no_torch")
    # What came twice was told once: the next thing that the inspector hears of it is the next wish.
    await ask(inspector, me, f"{ID}-2", wish="zoom", zoom=2.5)
    following = await inspector.next_of({"camera_asked", "camera_answered", "error"})
    assert (following["type"], following["request"], following["zoom"]) == ("camera_asked", f"{ID}-2", 2.5)
    assert await kinds(call) == ["camera.asked", "camera.answered", "camera.asked"]


async def test_who_may_not_ask_is_refused_and_the_other_hears_nothing(call: Call) -> None:
    inspector, office = await call.join_as_inspector()
    phone, _ = await call.join_by_invitation()
    await ask(phone, office["participant_id"])
    assert (await phone.until("error", in_reply_to="q"))["code"] == "not_allowed"
    await inspector.send("ping")
    await inspector.until("pong")
    assert await kinds(call) == []


async def test_nobody_is_asked_who_is_not_there(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    await phone.send("leave")
    await phone.closed()
    await ask(inspector, welcome["participant_id"])
    assert (await inspector.until("error", in_reply_to="q"))["code"] == "not_in_room"
    await ask(inspector, "nobody")
    assert (await inspector.until("error", in_reply_to="q"))["code"] == "not_found"
    assert await kinds(call) == ["participant.left"]


async def test_a_phone_that_comes_back_is_asked_what_it_has_not_answered(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    _, token = await call.invite()
    phone, welcome = await call.join(await call.phone_ticket(token))
    me = welcome["participant_id"]
    await ask(inspector, me, "a-request-that-is-done", wish="steady")
    await phone.until("camera_asked")
    await phone.send("answer_camera", request="a-request-that-is-done", outcome="done")
    await inspector.until("camera_answered")
    await ask(inspector, me, "an-older-wish-about-light", wish="torch_on")
    await ask(inspector, me, "the-newest-wish-about-light", wish="torch_off")
    await inspector.until("camera_asked", request="the-newest-wish-about-light")
    again, _ = await call.join(await call.phone_ticket(token))
    assert (await again.until("camera_asked"))["request"] == "the-newest-wish-about-light"
    await again.send("answer_camera", request="the-newest-wish-about-light", outcome="done")
    assert (await inspector.until("camera_answered", wish="torch_off"))["outcome"] == "done"


async def test_an_answer_of_somebody_else_does_nothing(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    _, welcome = await call.join_by_invitation()
    await ask(inspector, welcome["participant_id"])
    await inspector.until("camera_asked")
    await inspector.send("answer_camera", request=ID, outcome="done")
    await inspector.send("ping")
    await inspector.until("pong")
    assert await kinds(call) == ["camera.asked"]


async def test_who_comes_later_knows_what_a_camera_can_do(call: Call) -> None:
    phone, welcome = await call.join_by_invitation()
    await phone.send("camera_abilities", abilities=ABILITIES)
    assert (await phone.until("camera_abilities"))["abilities"] == ABILITIES
    inspector, _ = await call.join_as_inspector()
    told = await inspector.until("camera_abilities")
    assert (told["participant_id"], told["source"]) == (welcome["participant_id"], "camera")
    assert told["abilities"] == ABILITIES
