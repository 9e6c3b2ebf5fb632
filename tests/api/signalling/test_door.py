"""Before the door: a guest's page is greeted, hears who is there, and can do nothing until it is let in."""

import asyncio
from typing import Any

from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages as to_worker
from inspect_server.services import arrivals, inspecting, inviting
from inspect_server.services.announcements import InspectionChanged, Topic
from tests.api.signalling.conftest import TIMEOUT_S, Call, Page


async def at_the_door(call: Call, name: str = "王强") -> tuple[Page, dict[str, Any]]:
    made = await inviting.invite(call.context, call.inspector, call.inspection_id, ParticipantRole.ENTERPRISE)
    token = made.link.partition("#")[2]
    await inviting.accept_invitation(
        call.context, token, display_name=name, consent=True, consent_text_version="2026-11", address="127.0.0.1"
    )
    return await call.join(await call.phone_ticket(token))


async def sees(page: Page, names: list[str]) -> None:
    """Wait until the page is told that these are in the room."""
    while [person["display_name"] for person in (await page.until("participants"))["participants"]] != names:
        pass


async def test_who_waits_hears_who_is_there_and_stays_unseen(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    page, welcome = await at_the_door(call)
    assert welcome["admitted"] is False
    other, its_welcome = await at_the_door(call, "李四")
    assert [p["display_name"] for p in its_welcome["participants"]] == ["陈静", "李四"]
    await inspector.until("changed", topic="arrivals")
    await inspector.send("ping")
    assert [p["display_name"] for p in (await inspector.until("participants"))["participants"]] == ["陈静"]
    del page, other


async def test_nothing_is_sent_or_seen_before_the_inspector_says_yes(call: Call) -> None:
    page, welcome = await at_the_door(call)
    for message in (
        {"message_type": "publish", "connection": "cam", "sdp": "the offer"},
        {"message_type": "watch", "connection": "w"},
        {"message_type": "media_state", "camera": "on", "microphone": "on"},
    ):
        await page.send(id="1", **message)
        assert (await page.until("error"))["code"] == "not_admitted"
    assert call.worker.commands == []
    # What only the people in the room hear passes the door by.
    call.rooms.announce(InspectionChanged(call.inspection_id, Topic.EVIDENCE))
    await call.admit(welcome["participant_id"])
    heard: list[str] = []
    async with asyncio.timeout(TIMEOUT_S):
        while "welcome" not in heard:
            heard.append((await page.socket.receive_json())["type"])
    assert "changed" not in heard


async def test_the_opened_door_greets_anew_and_the_call_begins(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    page, welcome = await at_the_door(call)
    await call.admit(welcome["participant_id"])
    again = await page.until("welcome", admitted=True)
    assert (again["participant_id"], again["window"]) == (welcome["participant_id"], welcome["window"])
    await sees(inspector, ["陈静", "王强"])
    await page.send("publish", connection="cam", sdp="the offer")
    await page.until("publish_answer")
    (published,) = call.worker.of_type(to_worker.Publish)
    assert published.participant_id == welcome["participant_id"]


async def test_a_page_that_goes_from_the_door_waits_no_longer(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    page, _ = await at_the_door(call)
    await inspector.until("changed", topic="arrivals")
    await page.socket.close()
    waits = True  # Coming to the door may be told more than once.
    while waits:
        await inspector.until("changed", topic="arrivals")
        (arrival,) = (await arrivals.show_arrivals(call.context, call.inspector, call.inspection_id)).guests
        waits = arrival.participant.waiting_since is not None
    assert arrival.participant.left_at is None


async def test_the_end_reaches_who_waits(call: Call) -> None:
    page, _ = await at_the_door(call)
    await inspecting.end_inspection(call.context, call.inspector, call.inspection_id)
    await page.until("ended")
    assert await page.closed() == 4001
