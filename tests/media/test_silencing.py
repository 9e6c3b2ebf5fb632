"""Who is silenced is heard by no viewer, and goes on to be seen and recorded."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiortc import MediaStreamTrack

from inspect_server.domain.footage import GapReason
from inspect_server.media import messages
from tests.media.test_room import TIMEOUT_S, World
from tests.support.rtc_peer import PublishingPeer, WatchingPeer, connected, use_loopback

PICTURES_MEANWHILE = 15


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_loopback(monkeypatch)
    world = World()
    yield world
    await world.room.close(GapReason.LEFT)


async def watch(world: World, viewer: WatchingPeer) -> dict[str, MediaStreamTrack]:
    """Picture and sound of the one who publishes."""
    offered = await world.room.watch(
        messages.Watch(request_id="2", room_id="room", participant_id="other", connection_id="w")
    )
    answer = await viewer.answer(offered.offer_sdp)
    world.room.answer(messages.WatchAnswer(request_id="3", connection_id="w", revision=offered.revision, sdp=answer))
    await connected(viewer.connection)
    tracks = [await viewer.tracks.get() for _ in range(2)]
    return {track.kind: track for track in tracks}


async def heard(viewer: WatchingPeer) -> int:
    """How many packets of sound have come."""
    stats = (await viewer.connection.getStats()).values()
    return sum(one.packetsReceived for one in stats if one.type == "inbound-rtp" and one.kind == "audio")


def silence(world: World, *, silenced: bool) -> None:
    command = messages.SetSilenced(request_id="4", room_id="room", participant_id="phone", silenced=silenced)
    world.room.note(command)


async def pictures(track: MediaStreamTrack, count: int) -> None:
    for _ in range(count):
        await track.recv()


async def test_sound_stops_and_goes_on_while_picture_and_recording_stay(world: World) -> None:
    peer, viewer = PublishingPeer(), WatchingPeer()
    async with asyncio.timeout(TIMEOUT_S):
        await world.publish(peer, 0)
        await world.recording.wait()
        await world.recorders[0].enough.wait()
        tracks = await watch(world, viewer)
        await tracks["audio"].recv()
        silence(world, silenced=True)
        # What was on its way is there before a picture that was sent later.
        await pictures(tracks["video"], 2)
        before, recorded = await heard(viewer), len(world.recorders[0].units)
        await pictures(tracks["video"], PICTURES_MEANWHILE)
        assert await heard(viewer) == before
        sounds = [unit for unit in world.recorders[0].units[recorded:] if unit.kind.value == "audio"]
        assert len(sounds) > PICTURES_MEANWHILE // 2
        silence(world, silenced=False)
        while await heard(viewer) <= before:
            await pictures(tracks["video"], 1)
    await viewer.close()
    await peer.close()


async def test_who_was_silenced_before_they_published_is_not_heard_either(world: World) -> None:
    peer, viewer = PublishingPeer(), WatchingPeer()
    async with asyncio.timeout(TIMEOUT_S):
        reply = await world.room.publish(
            messages.Publish(
                request_id="1",
                room_id="room",
                participant_id="phone",
                connection_id="p0",
                track_id="track",
                epoch=0,
                offer_sdp=await peer.offer(),
                silenced=True,
            )
        )
        await peer.accept(reply.answer_sdp)
        await world.recording.wait()
        await world.recorders[0].enough.wait()
        tracks = await watch(world, viewer)
        await pictures(tracks["video"], PICTURES_MEANWHILE)
        assert await heard(viewer) == 0
        silence(world, silenced=False)
        await tracks["audio"].recv()
    await viewer.close()
    await peer.close()
