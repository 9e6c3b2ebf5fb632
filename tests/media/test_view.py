"""Walls that offer themselves, over real ICE, DTLS and RTP; aiortc is the camera and the wall."""

from collections.abc import AsyncIterator

import pytest

from inspect_server.domain.footage import GapReason
from tests.media.live_room import TOLERANCE, World, brightness
from tests.support.rtc_peer import use_loopback


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_loopback(monkeypatch)
    made = World()
    yield made
    await made.room.close(GapReason.LEFT)
    for peer in made.peers:
        await peer.connection.close()
    assert made.room.connection_ids == []


async def test_a_wall_shows_the_most_prominent_picture_as_they_come_and_go(world: World) -> None:
    wall = await world.wall()
    await world.camera("device", 60, prominence=2)
    await wall.brightness(60)
    await world.camera("enterprise", 180, prominence=0)
    await wall.brightness(180)
    await world.room.close_connection("enterprise/camera", GapReason.LEFT)
    await wall.brightness(60)


async def test_a_wall_shows_whom_it_asked_for_and_nobody_else(world: World) -> None:
    wall = await world.wall("device")
    await world.camera("enterprise", 180, prominence=0)
    everybody = await world.wall()
    await everybody.brightness(180)
    await world.camera("device", 60, prominence=2)
    assert abs(await brightness(wall.picture) - 60) < TOLERANCE


async def test_of_several_cameras_of_one_participant_a_wall_shows_the_first(world: World) -> None:
    await world.camera("enterprise", 60, source="microscope")
    wall = await world.wall("enterprise")
    await wall.brightness(60)
    await world.camera("enterprise", 180)
    await wall.brightness(180)
