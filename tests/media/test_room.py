"""Rooms on this event loop: nothing is left behind when people come and go."""

import asyncio
import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from aiortc import RTCCertificate

from inspect_server.domain.footage import GapReason
from inspect_server.media import messages
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.publish import PublishConnection
from inspect_server.media.room import Room, RoomContext
from inspect_server.media.sight.watching import Sight
from inspect_server.media.udp import UdpSockets
from tests.support.rtc_peer import PublishingPeer, WatchingPeer, connected, use_loopback

TIMEOUT_S = 30


@dataclass
class Recorder:
    """Remembers what it was given, in the place of the writer's thread and disk."""

    units: list[AccessUnit] = field(default_factory=list)
    marks: list[tuple[MediaKind, GapReason | None]] = field(default_factory=list)
    closed: list[GapReason] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, unit: AccessUnit) -> None:
        assert not self.closed
        self.units.append(unit)
        if len({u.kind for u in self.units}) == 2 and len(self.units) > 20:
            self.enough.set()

    def left_out(self, kind: MediaKind, until_us: int) -> None:
        """Nothing is lost here."""

    def pictures_come_apart(self, seconds: float) -> None:
        """Nothing of this recorder depends on it."""

    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> None:
        assert at_us > 0
        self.marks.append((kind, reason))

    def close(self, reason: GapReason) -> None:
        self.closed.append(reason)


class World:
    def __init__(self, address: str = "127.0.0.1") -> None:
        self.recorders: list[Recorder] = []
        self.recording = asyncio.Event()
        self.replaced = asyncio.Event()
        self.events: list[messages.AnyEvent] = []
        self.room = Room(
            "room",
            RoomContext(
                certificate=RTCCertificate.generateCertificate(),
                sockets=UdpSockets(IceAddresses([address])),
                open_recorder=self._open_recorder,
                sight=Sight(),
                emit=self._emit,
            ),
        )

    def _emit(self, event: messages.AnyEvent) -> None:
        self.events.append(event)
        if isinstance(event, messages.ConnectionChanged) and event.state == "replaced":
            self.replaced.set()

    def _open_recorder(
        self,
        *,
        inspection_id: str,
        participant_id: str,
        track_id: str,
        epoch: int,
        media: frozenset[MediaKind],
        need_keyframe: Callable[[], None],
    ) -> Recorder:
        assert (inspection_id, participant_id, track_id) == ("room", "phone", "track")
        assert media == {MediaKind.VIDEO, MediaKind.AUDIO}
        assert epoch == len(self.recorders)
        assert callable(need_keyframe)
        self.recorders.append(Recorder())
        self.recording.set()
        return self.recorders[-1]

    async def publish(self, peer: PublishingPeer, epoch: int) -> None:
        reply = await self.room.publish(
            messages.Publish(
                request_id="1",
                room_id="room",
                participant_id="phone",
                connection_id=f"p{epoch}",
                track_id="track",
                epoch=epoch,
                offer_sdp=await peer.offer(),
            )
        )
        await peer.accept(reply.answer_sdp)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    use_loopback(monkeypatch)
    return World()


async def test_the_recorder_gets_whole_pictures_and_sound_in_order_with_their_time(world: World) -> None:
    peer = PublishingPeer()
    await world.publish(peer, 0)
    async with asyncio.timeout(TIMEOUT_S):
        await world.recording.wait()
        await world.recorders[0].enough.wait()
    world.room.set_media_state(
        messages.SetMediaState(
            request_id="2", room_id="room", participant_id="phone", camera_gap=GapReason.MUTED, microphone_gap=None
        )
    )
    await world.room.close(GapReason.LEFT)
    await peer.close()
    (recorder,) = world.recorders
    assert recorder.closed == [GapReason.LEFT]
    assert (MediaKind.VIDEO, GapReason.MUTED) in recorder.marks
    for kind in MediaKind:
        units = [u for u in recorder.units if u.kind is kind]
        assert all(b.rtp_time > a.rtp_time for a, b in pairwise(units))
        assert all(b.captured_at_us > a.captured_at_us for a, b in pairwise(units))
    first_picture = next(u for u in recorder.units if u.kind is MediaKind.VIDEO)
    assert first_picture.keyframe
    assert (first_picture.width, first_picture.height) == (640, 480)


async def test_media_comes_over_ipv6_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    use_loopback(monkeypatch, "::1")
    world, peer = World("::1"), PublishingPeer()
    await world.publish(peer, 0)
    async with asyncio.timeout(TIMEOUT_S):
        await world.recording.wait()
        await world.recorders[0].enough.wait()
    await world.room.close(GapReason.LEFT)
    await peer.close()


@pytest.mark.parametrize("times", [5, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])])
async def test_nothing_is_left_after_joins_and_leaves(world: World, times: int) -> None:
    await _come_and_go(world, 1)  # what is made once is there now
    gc.collect()  # the sockets of other tests' workers
    before = asyncio.all_tasks(), _threads(), _open_files()
    for _ in range(times):
        await _come_and_go(world, 1)
    await world.room.close(GapReason.LEFT)
    gc.collect()
    # What is still ending must end by itself.
    async with asyncio.timeout(TIMEOUT_S):
        if left := asyncio.all_tasks() - before[0]:
            await asyncio.wait(left)
    assert (_threads(), _open_files()) == before[1:]
    assert world.room.connection_ids == []
    # The last one may hang on the traceback of its cancelled task.
    assert sum(isinstance(one, PublishConnection) for one in gc.get_objects()) <= 1
    closed = [e for e in world.events if isinstance(e, messages.ConnectionChanged) and e.state == "closed"]
    assert len(closed) == 2 * (times + 1)


async def _come_and_go(world: World, watchers: int) -> None:
    """Somebody publishes on a connection of their own, is watched, and goes."""
    epoch = len(world.recorders)
    peer, viewers = PublishingPeer(), [WatchingPeer() for _ in range(watchers)]
    await world.publish(peer, epoch)
    async with asyncio.timeout(TIMEOUT_S):
        await connected(peer.connection)
        for number, viewer in enumerate(viewers):
            offered = await world.room.watch(
                messages.Watch(request_id="2", room_id="room", participant_id="other", connection_id=f"w{number}")
            )
            answer = await viewer.answer(offered.offer_sdp)
            world.room.answer(
                messages.WatchAnswer(request_id="3", connection_id=f"w{number}", revision=offered.revision, sdp=answer)
            )
            await connected(viewer.connection)
    for number, viewer in enumerate(viewers):
        await world.room.close_connection(f"w{number}", GapReason.LEFT)
        await viewer.close()
    await world.room.close_connection(f"p{epoch}", GapReason.LEFT)
    await peer.close()


def _threads() -> set[str]:
    """All but those that asyncio keeps for the next piece of work, of which there are few."""
    return {thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")}


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_leaving_in_the_middle_of_connecting_leaves_nothing_either(world: World) -> None:
    peer = PublishingPeer()
    await world.publish(peer, 0)
    ours = {task for task in asyncio.all_tasks() if task.get_name() == "transport-connect"}
    assert len(ours) == 1
    await world.room.close(GapReason.LEFT)
    assert all(task.done() for task in ours)
    await peer.close()
    assert world.room.connection_ids == []


async def test_the_end_of_a_room_waits_for_the_recorder_of_a_connection_that_is_just_being_replaced(
    world: World,
) -> None:
    peers = [PublishingPeer(), PublishingPeer()]
    for epoch, peer in enumerate(peers):
        await world.publish(peer, epoch)
        async with asyncio.timeout(TIMEOUT_S):
            await connected(peer.connection)
    async with asyncio.timeout(TIMEOUT_S):
        await world.replaced.wait()
        while "p0" in world.room.connection_ids:  # noqa: ASYNC110 - closing begins without a word
            await asyncio.sleep(0)
        assert world.recorders[0].closed == []
        await world.room.close(GapReason.LEFT)
    assert [recorder.closed for recorder in world.recorders] == [[GapReason.NETWORK], [GapReason.LEFT]]
    for peer in peers:
        await peer.close()
