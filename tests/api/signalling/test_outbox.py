"""What waits for a page is bounded, and the newest state wins."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.api.schemas.drawing import DrawnPoint
from inspect_server.api.signalling.messages.base import ServerMessage
from inspect_server.api.signalling.messages.drawing import Pointer
from inspect_server.api.signalling.messages.presence import Participants
from inspect_server.api.signalling.messages.stay import Ended
from inspect_server.api.signalling.outbox import MAX_WAITING, Outbox
from inspect_server.api.signalling.seat import Window


async def drain(outbox: Outbox) -> list[ServerMessage]:
    sent = []
    while (message := await outbox.get()) is not None:
        sent.append(message)
    return sent


async def test_messages_go_out_in_order_and_then_the_socket_closes() -> None:
    outbox = Outbox()
    first, last = Ended(), Participants(participants=[])
    outbox.put(first)
    outbox.put(last)
    outbox.close(4001)
    assert await drain(outbox) == [first, last]
    assert outbox.close_code == 4001


async def test_a_newer_state_takes_the_place_of_the_one_that_waits() -> None:
    outbox = Outbox()
    for _ in range(10 * MAX_WAITING):
        outbox.put(Participants(participants=[]))
    outbox.put(Ended())
    outbox.close(4001)
    assert await drain(outbox) == [Participants(participants=[]), Ended()]
    assert not outbox.overflown


def pointer(author: str, x: float) -> Pointer:
    return Pointer(author=author, participant_id="p", source="camera", place=DrawnPoint(x=x, y=0), aspect=1)


async def test_states_about_different_things_stand_beside_each_other_and_the_newest_goes_last() -> None:
    outbox = Outbox()
    told = [pointer("chen", 0.1), pointer("liu", 0.2), Ended(), pointer("chen", 0.3)]
    for message in told:
        outbox.put(message)
    outbox.close(4001)
    assert await drain(outbox) == told[1:]


@given(st.integers(1, 300))
def test_never_more_than_the_bound_waits(count: int) -> None:
    outbox = Outbox()
    for _ in range(count):
        outbox.put(Ended())
    assert outbox.overflown == (count > MAX_WAITING)
    outbox.close(1000)
    sent = asyncio.run(drain(outbox))
    assert len(sent) == (0 if count > MAX_WAITING else count)


async def test_nothing_follows_after_closing() -> None:
    outbox = Outbox()
    outbox.close(4000)
    outbox.put(Ended())
    outbox.close(1000)
    assert await drain(outbox) == []
    assert outbox.close_code == 4000


async def test_who_waits_is_woken() -> None:
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    outbox.put(Ended())
    async with asyncio.timeout(5):
        assert await waiting == Ended()


def test_a_window_names_its_connections_apart_from_any_other_windows() -> None:
    first, second = Window(1), Window(2)
    assert first.connection_id("p", "cam") != second.connection_id("p", "cam")
    with first.opening("p", "cam") as connection_id:
        assert connection_id == first.connection_id("p", "cam")
    assert first.connections == {"p/1/cam": "cam"}
