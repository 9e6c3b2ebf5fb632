"""What one window may say: all that an honest page does, and not without end."""

import pytest

from inspect_server.api.signalling import budget
from inspect_server.api.signalling.budget import BURST, Budget
from inspect_server.domain.footage import MAX_SOURCES
from tests.api.signalling.conftest import Call


def test_a_pointer_that_moves_for_an_hour_is_within_it() -> None:
    spent = Budget(0.0)
    assert all(spent.take(number / 30) for number in range(30 * 3600))


def test_what_an_outage_held_back_may_come_at_once_and_again_later() -> None:
    spent = Budget(0.0)
    assert all(spent.take(0.0) for _ in range(BURST))
    assert not spent.take(0.0)
    assert spent.take(1.0)
    assert all(spent.take(1000.0) for _ in range(BURST))
    assert not spent.take(1000.0)


async def test_a_flood_of_well_formed_messages_ends_the_window(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "PER_SECOND", 0.0)
    monkeypatch.setattr(budget, "BURST", 20)
    page, _ = await call.join_as_inspector()
    for _ in range(20):
        await page.send("ping")
        await page.until("pong")
    await page.send("ping")
    assert await page.closed() == 4004


async def test_nobody_speaks_of_more_cameras_than_they_may_have(call: Call) -> None:
    page, welcome = await call.join_by_invitation()
    for number in range(MAX_SOURCES):
        await page.send("media_state", source=f"invented-{number}", camera="on", microphone="on")
    await page.send("media_state", source="one-more", camera="on", microphone="on")
    assert (await page.until("error"))["code"] == "too_many_cameras"
    seat = call.rooms.room(call.inspection_id).seat(welcome["participant_id"])
    assert seat is not None
    assert len(seat.conditions) == MAX_SOURCES
