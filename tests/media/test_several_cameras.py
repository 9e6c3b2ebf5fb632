"""Many cameras in one room, of one participant or of all, as they are watched: real ICE, DTLS and RTP."""

from collections.abc import AsyncIterator

import pytest

from inspect_server.domain.footage import GapReason
from inspect_server.media import messages
from tests.media.live_room import World
from tests.support.rtc_peer import WatchingPeer, use_loopback


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_loopback(monkeypatch)
    made = World()
    yield made
    await made.room.close(GapReason.LEFT)
    for peer in made.peers:
        await peer.connection.close()


async def test_each_camera_has_a_picture_of_its_own(world: World) -> None:
    await world.camera("phone", 60)
    await world.camera("phone", 180, source="microscope")
    for source, luma in (("camera", 60), ("microscope", 180)):
        await (await world.wall("phone", source)).brightness(luma)


async def watch(world: World) -> list[messages.TrackOfOffer]:
    """What a new viewer is offered; it answers."""
    viewer = WatchingPeer()
    world.peers.append(viewer)
    offered = await world.room.watch(
        messages.Watch(request_id="1", room_id="room", participant_id="laptop", connection_id="laptop/w")
    )
    answer = await viewer.answer(offered.offer_sdp)
    world.room.answer(
        messages.WatchAnswer(request_id="2", connection_id="laptop/w", revision=offered.revision, sdp=answer)
    )
    return offered.tracks


async def test_a_camera_that_goes_is_offered_no_more_and_the_other_one_stays(world: World) -> None:
    await world.camera("phone", 60)
    await world.camera("phone", 180, source="microscope")
    await world.live("phone/camera")
    await world.live("phone/microscope")
    tracks = await watch(world)
    assert {(t.participant_id, t.source, t.kind) for t in tracks} == {
        ("phone", source, kind) for source in ("camera", "microscope") for kind in ("audio", "video")
    }
    assert len({track.mid for track in tracks}) == len(tracks)
    await world.room.close_connection("phone/microscope", GapReason.PUBLISHER_STOPPED)
    (revised,) = [event for event in world.events if isinstance(event, messages.WatchRevised)]
    assert {(track.participant_id, track.source) for track in revised.tracks} == {("phone", "camera")}


async def test_eight_people_who_all_send_are_offered_each_other_and_seen(world: World) -> None:
    people = {f"person-{number}": 20 + 28 * number for number in range(8)}
    for name, luma in people.items():
        await world.camera(name, luma)
    for name in people:
        await world.live(f"{name}/camera")
    for name in people:
        offered = await world.room.watch(
            messages.Watch(request_id="1", room_id="room", participant_id=name, connection_id=f"{name}/w")
        )
        assert {(track.participant_id, track.kind) for track in offered.tracks} == {
            (other, kind) for other in people.keys() - {name} for kind in ("audio", "video")
        }
    for name, luma in people.items():
        await (await world.wall(name)).brightness(luma)
