"""Chat messages: each id once, the newest ones in order of time."""

import asyncio
from dataclasses import replace

from inspect_server.domain.chat import ChatMessage
from inspect_server.domain.inspections import ParticipantRole
from storage import chat
from storage.engine import Database
from tests.storage.records import Scene, at, set_scene


def a_message(scene: Scene, message_id: str, second: float) -> ChatMessage:
    return ChatMessage(
        message_id, scene.inspection.id, None, "user:chen", "陈晓明", ParticipantRole.INSPECTOR, "请走近", at(second)
    )


async def test_the_newest_messages_come_in_order_of_time(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        sent = [a_message(scene, f"m{number}", number) for number in range(5)]
        for each in reversed(sent):
            assert await chat.add_once(tx, each) == (each, True)
        assert await chat.newest_of(tx, scene.inspection.id, limit=3) == sent[2:]
        assert await chat.newest_of(tx, "another", limit=3) == []


async def test_of_many_that_send_the_same_at_once_one_is_stored(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)

    async def send(number: int) -> tuple[ChatMessage, bool]:
        async with database.transaction() as tx:
            return await chat.add_once(tx, replace(a_message(scene, "m", 1), text=str(number)))

    answers = await asyncio.gather(*(send(number) for number in range(6)))
    assert sum(is_new for _, is_new in answers) == 1
    assert len({stored.text for stored, _ in answers}) == 1
