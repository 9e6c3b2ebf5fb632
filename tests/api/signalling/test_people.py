"""Order in the room: who is silenced is not heard, who is put out is told, observers only look."""

import asyncio
from typing import Any

import pytest

from inspect_server.api.signalling.families import stay
from inspect_server.api.signalling.line import MAX_NEWS
from inspect_server.domain.errors import StorageUnavailable
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages as to_worker
from inspect_server.services import calling, inspecting, moderating
from tests.api.signalling.conftest import TIMEOUT_S, Call, Page

SENT: dict[str, dict[str, Any]] = {
    "publish": {"connection": "cam", "sdp": "the offer"},
    "media_state": {"camera": "on", "microphone": "on"},
    "position": {"latitude": 38.2, "longitude": 104.6, "accuracy_m": 10, "at": "2026-11-27T08:00:00Z"},
    "focus": {"part_id": "part", "checklist_item_id": "item"},
}


async def is_silenced(page: Page, participant_id: str, *, silenced: bool) -> None:
    """Wait until the page is told that this one is, or is not, to be heard."""
    while True:
        told = (await page.until("participants"))["participants"]
        if [p["silenced"] for p in told if p["participant_id"] == participant_id] == [silenced]:
            return


def told_to_worker(call: Call, participant_id: str) -> list[bool]:
    told = call.worker.of_type(to_worker.SetSilenced)
    return [command.silenced for command in told if command.participant_id == participant_id]


async def test_the_worker_holds_the_sound_back_and_everybody_sees_it(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    guest = welcome["participant_id"]
    for _ in range(2):
        await moderating.silence(call.context, call.inspector, call.inspection_id, guest)
    for page in (inspector, phone):
        await is_silenced(page, guest, silenced=True)
    assert told_to_worker(call, guest) == [True]
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")
    (published,) = call.worker.of_type(to_worker.Publish)
    assert published.silenced
    await moderating.let_speak(call.context, call.inspector, call.inspection_id, guest)
    await is_silenced(phone, guest, silenced=False)
    assert told_to_worker(call, guest) == [True, False]


async def test_who_is_put_out_is_told_why_and_everything_of_theirs_ends(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    guest = welcome["participant_id"]
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")
    await moderating.remove(call.context, call.inspector, call.inspection_id, guest)
    assert (await phone.until("error"))["code"] == "participant_removed"
    assert await phone.closed() == 4001
    while True:
        told = (await inspector.until("participants"))["participants"]
        if [p["presence"] for p in told if p["participant_id"] == guest] == ["left"]:
            break
    closed = call.worker.of_type(to_worker.CloseConnection)
    assert f"{guest}/{welcome['window']}/cam" in {command.connection_id for command in closed}


async def test_an_observer_is_seen_by_all_and_sends_nothing(call: Call) -> None:
    inspector, _ = await call.join_as_inspector()
    page, welcome = await call.join_by_invitation("观察", ParticipantRole.OBSERVER)
    while True:
        told = (await inspector.until("participants"))["participants"]
        if [(p["role"], p["invited"]) for p in told] == [("inspector", False), ("observer", True)]:
            break
    for kind, fields in SENT.items():
        await page.send(kind, id="1", **fields)
        assert (await page.until("error"))["code"] == "not_allowed", kind
    assert call.worker.of_type(to_worker.Publish) == call.worker.of_type(to_worker.SetMediaState) == []
    await page.send("watch", id="2", connection="w")
    await page.until("offer")
    assert welcome["role"] == "observer"


async def test_who_is_removed_is_out_though_the_database_is_away(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = asyncio.Event()

    async def away(*_: object) -> None:
        tried.set()
        raise StorageUnavailable("away")

    await call.join_as_inspector()
    phone, welcome = await call.join_by_invitation()
    await phone.send("publish", connection="cam", sdp="the offer")
    await phone.until("publish_answer")
    monkeypatch.setattr(stay, "NOTE_AGAIN_S", (0.0,))
    monkeypatch.setattr(calling, "leave", away)
    await moderating.remove(call.context, call.inspector, call.inspection_id, welcome["participant_id"])
    assert (await phone.until("error"))["code"] == "participant_removed"
    assert await phone.closed() == 4001
    await asyncio.wait_for(tried.wait(), TIMEOUT_S)
    assert call.worker.of_type(to_worker.CloseConnection), "closed first, then written down"


async def test_a_call_that_takes_long_to_end_holds_up_no_other(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, request = asyncio.Event(), call.worker.request

    async def slow(command: to_worker.Command) -> to_worker.Reply:
        if isinstance(command, to_worker.CloseRoom):
            await answers.wait()
        return await request(command)

    monkeypatch.setattr(call.worker, "request", slow)
    ending, _ = await call.join_as_inspector()
    other = await call.of_another_case()
    phone, welcome = await other.join_by_invitation()
    await inspecting.end_inspection(call.context, call.inspector, call.inspection_id)
    await ending.until("ended")
    await moderating.remove(call.context, call.inspector, other.inspection_id, welcome["participant_id"])
    assert (await phone.until("error"))["code"] == "participant_removed"
    answers.set()


async def test_however_much_the_worker_tells_nobody_stays_who_was_put_out(call: Call) -> None:
    phone, welcome = await call.join_by_invitation()
    line = call.rooms.room(call.inspection_id).line
    for at_us in range(2 * MAX_NEWS):
        line.put(
            to_worker.CodesSeen(
                room_id=call.inspection_id, participant_id="nobody", source="camera", at_us=at_us, codes=[]
            )
        )
    assert len(line._waiting) <= MAX_NEWS
    await moderating.remove(call.context, call.inspector, call.inspection_id, welcome["participant_id"])
    assert (await phone.until("error"))["code"] == "participant_removed"
