"""An inspector asks for a photo, the phone tells how far it is, and both see the same, also after coming back."""

from typing import Any

import pytest

from inspect_server.api.signalling.photo_desk import MAX_REQUESTS, PhotoDesk
from inspect_server.domain.photo_requests import PhotoRequest, PhotoStage, PhotoWish
from inspect_server.services import moments
from storage import audit
from tests.api.signalling.conftest import Call, Page
from tests.storage.records import NOW

WISH = "wish-0123456789ab"


async def asked(call: Call) -> tuple[Page, Page, dict[str, Any]]:
    """Inspector, phone, and the wish as the phone sees it."""
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    await phone.until("photo_requests", requests=[])
    await inspector.send("photo_request", request_id=WISH, participant_id=welcome["participant_id"], note="铭牌")
    (request,) = (await until_some(phone))["requests"]
    return inspector, phone, request


async def until_some(page: Page) -> dict[str, Any]:
    while True:
        told = await page.until("photo_requests")
        if told["requests"]:
            return told


async def until_stage(page: Page, stage: str) -> dict[str, Any]:
    while True:
        (request,) = (await until_some(page))["requests"]
        if request["stage"] == stage:
            return dict(request)


async def test_the_wish_reaches_the_phone_and_its_progress_the_inspector(call: Call) -> None:
    inspector, phone, request = await asked(call)
    assert (request["stage"], request["note"]) == ("asked", "铭牌")
    await phone.send("photo_progress", request_id=WISH, stage="taking")
    await until_stage(inspector, "taking")
    await phone.send("photo_progress", request_id=WISH, stage="sending", fraction=0.4)
    assert (await until_stage(inspector, "sending"))["fraction"] == 0.4
    await phone.send("photo_progress", request_id=WISH, stage="sent", fraction=1, evidence_id="photo-1")
    assert (await until_stage(inspector, "sent"))["evidence_id"] == "photo-1"


async def test_a_photo_of_the_doorplate_is_asked_for_by_what_it_shows(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    wish = {"request_id": WISH, "participant_id": welcome["participant_id"]}
    await inspector.send("photo_request", **wish, doorplate="number")
    (request,) = (await until_some(phone))["requests"]
    assert (request["doorplate"], request["note"]) == ("number", "")


async def test_asking_twice_is_one_wish_and_one_moment(call: Call) -> None:
    inspector, _, request = await asked(call)
    await inspector.send("photo_request", request_id=WISH, participant_id=request["participant_id"], note="铭牌")
    await inspector.send("ping")
    await inspector.until("pong")
    noted = await moments.show_moments(call.context, call.inspector, call.inspection_id)
    assert [(one.id, one.kind, one.details["note"]) for one in noted] == [(WISH, "photo.asked", "铭牌")]
    async with call.context.database.reading() as tx:
        events = await audit.events_about(tx, f"inspection:{call.inspection_id}")
    assert [event.action for event in events].count("photo.asked") == 1


async def test_who_comes_back_finds_the_wish_again(call: Call) -> None:
    inspector, phone, _ = await asked(call)
    await phone.send("photo_progress", request_id=WISH, stage="taking")
    await until_stage(inspector, "taking")
    again, _ = await call.join_as_inspector()
    assert (await until_stage(again, "taking"))["request_id"] == WISH


async def test_the_inspector_takes_a_wish_back(call: Call) -> None:
    inspector, phone, _ = await asked(call)
    await inspector.send("photo_cancel", request_id=WISH)
    await until_stage(phone, "cancelled")
    await phone.send("photo_progress", request_id=WISH, stage="taking")
    await phone.send("ping")
    await phone.until("pong")
    assert (await until_stage(inspector, "cancelled"))["stage"] == "cancelled"


async def test_only_inspectors_ask_and_only_who_was_asked_tells(call: Call) -> None:
    inspector, phone, request = await asked(call)
    await phone.send("photo_request", id="1", request_id="x" * 16, participant_id=request["participant_id"])
    assert (await phone.until("error", in_reply_to="1"))["code"] == "not_allowed"
    await phone.send("photo_cancel", id="2", request_id=WISH)
    assert (await phone.until("error", in_reply_to="2"))["code"] == "not_allowed"
    await inspector.send("photo_progress", id="3", request_id=WISH, stage="sent")
    assert (await inspector.until("error", in_reply_to="3"))["code"] == "not_found"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"participant_id": "nobody"}, "not_found"),
        ({"part_id": "nowhere", "checklist_item_id": "nothing"}, "bad_request"),
    ],
)
async def test_a_wish_that_fits_nothing_is_refused_and_told_to_nobody(
    call: Call, wish: dict[str, str], code: str
) -> None:
    inspector, welcome = await call.join_as_inspector()
    fields = {"request_id": WISH, "participant_id": welcome["participant_id"], **wish}
    await inspector.send("photo_request", id="1", **fields)
    assert (await inspector.until("error", in_reply_to="1"))["code"] == code
    assert await moments.show_moments(call.context, call.inspector, call.inspection_id) == []


async def test_the_device_of_each_participant_is_told(call: Call) -> None:
    page = await call.connect()
    await page.send("hello", version=1, ticket=await call.staff_ticket(), device="Windows · Edge 149")
    (seat,) = (await page.until("participants"))["participants"]
    assert seat["device"] == "Windows · Edge 149"


def test_of_many_wishes_the_oldest_that_is_over_is_forgotten() -> None:
    desk = PhotoDesk()
    for number in range(MAX_REQUESTS):
        desk.put(PhotoRequest(PhotoWish(f"wish-{number}", "phone", None, None, ""), NOW))
    done = desk.requests()[3].advanced(PhotoStage.SENT, 1, "photo")
    desk.put(done)
    desk.put(PhotoRequest(PhotoWish("newest", "phone", None, None, ""), NOW))
    assert desk.find("wish-3") is None
    assert len(desk.requests("phone")) == MAX_REQUESTS
    desk.put(PhotoRequest(PhotoWish("one more", "phone", None, None, ""), NOW))
    assert desk.find("wish-0") is None
