"""Pages that say anything in any order: what is opened for them is bounded, and closed when they have gone."""

from __future__ import annotations

import random

import pytest

from inspect_server.api.signalling.seat import MAX_CONNECTIONS
from inspect_server.media import messages as to_worker
from tests.api.signalling.conftest import Call, Page

NAMES = [f"c{number}" for number in range(MAX_CONNECTIONS + 4)]
SOURCES = ["camera", "microscope", "drone"]
STEPS = 60


class Media:
    """What would be open at the worker: it closes what is replaced, as the real one does."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._seen = 0
        self.open: dict[str, to_worker.Publish | to_worker.Watch] = {}
        self._live: dict[tuple[str, str], str] = {}

    def catch_up(self) -> None:
        commands = self._call.worker.commands
        for command in commands[self._seen :]:
            if isinstance(command, to_worker.Publish | to_worker.Watch):
                self.open[command.connection_id] = command
            elif isinstance(command, to_worker.CloseConnection):
                self.open.pop(command.connection_id, None)
        self._seen = len(commands)

    def bring_pictures(self, chance: random.Random) -> None:
        published = [one for one in self.open.values() if isinstance(one, to_worker.Publish)]
        if published:
            self._live_now(chance.choice(published))

    def _live_now(self, publication: to_worker.Publish) -> None:
        key = publication.participant_id, publication.source
        before = self._live.get(key)
        if before in self.open and before != publication.connection_id:
            self.open.pop(before)
            self._tell(before, publication, "closed")
        self._live[key] = publication.connection_id
        self._tell(publication.connection_id, publication, "live")

    def _tell(self, connection_id: str, publication: to_worker.Publish, state: str) -> None:
        self._call.rooms.on_media_event(
            to_worker.ConnectionChanged.model_validate(
                {
                    "connection_id": connection_id,
                    "room_id": publication.room_id,
                    "participant_id": publication.participant_id,
                    "source": publication.source,
                    "state": state,
                }
            )
        )


async def _say_anything(page: Page, chance: random.Random) -> None:
    name = chance.choice(NAMES)
    match chance.choice(["publish", "watch", "keep", "close", "candidate", "answer"]):
        case "publish":
            await page.send("publish", connection=name, sdp="v=0", source=chance.choice(SOURCES))
        case "watch":
            await page.send("watch", connection=name)
        case "keep":
            await page.send("keep", connection=name, window=chance.randrange(8))
        case "close":
            await page.send("close", connection=name)
        case "candidate":
            await page.send("candidate", connection=name, candidate="")
        case "answer":
            await page.send("answer", connection=name, revision=1, sdp="v=0")
    await page.send("ping")
    await page.until("pong")


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_stays_open_of_pages_that_said_anything(call: Call, seed: int) -> None:
    chance = random.Random(seed)
    media = Media(call)
    _, token = await call.invite()
    phone, _ = await call.join(await call.phone_ticket(token))
    laptop, _ = await call.join_as_inspector()
    for _ in range(STEPS):
        await _say_anything(chance.choice([phone, laptop]), chance)
        media.catch_up()
        if chance.random() < 0.3:
            media.bring_pictures(chance)
        if chance.random() < 0.05:  # in another window; the one before is told and closed
            before = phone
            phone, _ = await call.join(await call.phone_ticket(token))
            await before.closed()
        media.catch_up()
        windows = [seat.window for seat in call.rooms.room(call.inspection_id).seats if seat.window is not None]
        assert all(len(window.connections) <= MAX_CONNECTIONS for window in windows)
    for page in (phone, laptop):
        await page.send("leave")
        await page.closed()
    media.catch_up()
    assert media.open == {}
