"""Pointing, drawing and freezing: seen by the others at once and by who comes later; refused to who may not."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from inspect_server.domain.drawing import MAX_SHAPES
from inspect_server.services import moments
from tests.api.signalling.conftest import Call, Page

ID = "freeze-0123456789"
ASPECT = 1.5
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(300)).decode()


def a_shape(shape_id: str = "s", **more: Any) -> dict[str, Any]:
    points = [{"x": 0.25, "y": 0.5}, {"x": 0.75, "y": 0.5}]
    return {"id": shape_id, "kind": "arrow", "points": points, "text": "", "ink": "yellow", **more}


async def both(call: Call) -> tuple[Page, Page, str]:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    return inspector, phone, welcome["participant_id"]


async def draw(page: Page, of: str, shape: dict[str, Any]) -> None:
    await page.send("draw", id="d", participant_id=of, shape=shape, aspect=ASPECT)


async def in_step(page: Page) -> None:
    await page.send("ping")
    await page.until("pong")


async def test_the_pointer_is_seen_by_the_others_and_goes_away(call: Call) -> None:
    inspector, phone, me = await both(call)
    for place in ({"x": 0.5, "y": 0.25}, None):
        await inspector.send("point", participant_id=me, place=place, aspect=ASPECT)
        seen = await phone.until("pointer")
        assert (seen["participant_id"], seen["source"], seen["place"], seen["aspect"]) == (me, "camera", place, ASPECT)


async def test_a_shape_is_seen_by_all_and_by_who_comes_later(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    _, token = await call.invite()
    phone, welcome = await call.join(await call.phone_ticket(token))
    me = welcome["participant_id"]
    await draw(inspector, me, a_shape())
    for page in (phone, inspector):
        drawn = (await page.until("drawn"))["drawn"]
        assert (drawn["shape"], drawn["aspect"]) == (a_shape(), ASPECT)
    again, _ = await call.join(await call.phone_ticket(token))
    board = await again.until("board")
    assert [each["shape"]["id"] for each in board["drawn"]] == ["s"]
    assert board["frozen"] is None
    await inspector.send("erase", participant_id=me, shapes=["s", "unknown"])
    assert (await again.until("erased"))["shapes"] == ["s"]


async def test_the_enterprise_neither_points_nor_draws_nor_freezes(call: Call) -> None:
    _, phone, me = await both(call)
    await draw(phone, me, a_shape())
    assert (await phone.until("error", in_reply_to="d"))["code"] == "not_allowed"
    for kind, more in (
        ("point", {"place": None, "aspect": 1}),
        ("erase", {"shapes": ["s"]}),
        ("freeze", {"freeze": ID}),
    ):
        await phone.send(kind, id=kind, participant_id=me, **more)
        assert (await phone.until("error", in_reply_to=kind))["code"] == "not_allowed"
    assert call.rooms.room(call.inspection_id).boards.used == {}


async def test_nothing_is_drawn_on_a_picture_that_nobody_sends(call: Call) -> None:
    inspector, _, me = await both(call)
    await draw(inspector, "nobody", a_shape())
    assert (await inspector.until("error", in_reply_to="d"))["code"] == "not_found"
    await inspector.send("draw", id="e", participant_id=me, source="roof", shape=a_shape(), aspect=ASPECT)
    assert (await inspector.until("error", in_reply_to="e"))["code"] == "not_found"


@pytest.mark.parametrize(
    "shape",
    [
        a_shape(points=[{"x": 1.2, "y": 0}, {"x": 0, "y": 0}]),
        a_shape(points=[{"x": 0, "y": 0}]),
        a_shape(kind="text"),
        a_shape(points=[{"x": 0.1, "y": 0.1}] * 401),
        a_shape(ink="invisible"),
    ],
)
async def test_what_is_no_shape_is_refused(call: Call, shape: dict[str, Any]) -> None:
    inspector, _, me = await both(call)
    await draw(inspector, me, shape)
    assert (await inspector.until("error"))["code"] == "message_malformed"


async def test_a_picture_that_is_full_says_so(call: Call) -> None:
    inspector, _, me = await both(call)
    for number in range(MAX_SHAPES):
        await draw(inspector, me, a_shape(f"s{number}"))
        await inspector.until("drawn")
    await draw(inspector, me, a_shape("one too many"))
    error = await inspector.until("error", in_reply_to="d")
    assert (error["code"], error["params"]) == ("drawing_full", {"max_shapes": MAX_SHAPES})


async def test_freezing_is_told_with_its_frame_once_somebody_draws_and_ends_with_the_drawing(call: Call) -> None:
    inspector, phone, me = await both(call)
    for _ in range(2):
        await inspector.send("freeze", freeze=ID, participant_id=me)
    frozen = (await phone.until("board"))["frozen"]
    assert (frozen["freeze"], frozen["jpeg"]) == (ID, None)
    await draw(inspector, me, a_shape())
    await inspector.send("show_frame", freeze=ID, jpeg=JPEG)
    shown = await phone.until("board")
    assert (shown["frozen"]["jpeg"], len(shown["drawn"])) == (JPEG, 1)
    for _ in range(2):
        await inspector.send("unfreeze", freeze=ID)
    gone = await phone.until("board")
    assert (gone["frozen"], gone["drawn"]) == (None, [])
    await in_step(inspector)
    found = await moments.show_moments(call.context, call.inspector, call.inspection_id)
    assert [each.kind for each in found] == ["picture.frozen", "picture.unfrozen"]
    # A frame that comes late shows nothing any more.
    await inspector.send("show_frame", freeze=ID, jpeg=JPEG)
    await in_step(inspector)
    assert call.rooms.room(call.inspection_id).boards.used == {}


@pytest.mark.parametrize("jpeg", ["", "PHN2Zz4=PHN2Zz4=", "/9j/" + "A" * 40_000, "/9j/<script>alert(1)</script>"])
async def test_a_frame_is_a_small_jpeg_and_nothing_else(call: Call, jpeg: str) -> None:
    inspector, _, me = await both(call)
    await inspector.send("freeze", freeze=ID, participant_id=me)
    await inspector.send("show_frame", freeze=ID, jpeg=jpeg)
    assert (await inspector.until("error"))["code"] == "message_malformed"
