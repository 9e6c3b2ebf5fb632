"""A real media worker process, commanded by the real client, with aiortc's own peers in the place of browsers."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest

from inspect_server.domain.errors import BadSdp, MediaUnavailable, NoCommonCodec, NotFound
from inspect_server.domain.footage import GapReason, SegmentKind
from inspect_server.media import messages
from inspect_server.media.client import MediaClient, new_request_id
from tests.support.rtc_peer import PublishingPeer, WatchingPeer, use_loopback

TIMEOUT_S = 30
E = TypeVar("E")


class Server:
    """The server's side of the seam, remembering what it hears."""

    def __init__(self, folder: Path) -> None:
        self.events: list[messages.AnyEvent] = []
        self.workers_lost = 0
        (folder / "objects").mkdir()
        self._heard = asyncio.Event()
        self.client = MediaClient(
            messages.Configure(
                spool_dir=str(folder / "spool"),
                spool_min_free_mb=16,
                object_store=str(folder / "objects"),
                announce_loopback=True,
            ),
            events=self._on_event,
            on_worker_lost=self._on_worker_lost,
        )

    def _on_event(self, event: messages.AnyEvent) -> None:
        self.events.append(event)
        if isinstance(event, messages.SegmentStored | messages.GapDeclared):
            self.client.acknowledge(event.fact_id)
        self._heard.set()

    def _on_worker_lost(self) -> None:
        self.workers_lost += 1
        self._heard.set()

    async def until(self, kind: type[E], count: int = 1, **fields: object) -> list[E]:
        """Wait until ``count`` events of this type with these field values have come."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                self._heard.clear()
                of_kind: list[E] = [event for event in self.events if isinstance(event, kind)]
                found = [e for e in of_kind if all(getattr(e, name) == value for name, value in fields.items())]
                if len(found) >= count:
                    return found
                await self._heard.wait()

    async def publish(self, peer: PublishingPeer, connection_id: str, *, epoch: int = 0) -> None:
        reply = await self.client.request(
            messages.Publish(
                request_id=new_request_id(),
                room_id="room",
                participant_id="phone",
                connection_id=connection_id,
                track_id="track",
                epoch=epoch,
                offer_sdp=await peer.offer(),
            )
        )
        assert isinstance(reply, messages.Published)
        await peer.accept(reply.answer_sdp)

    async def watch(self, peer: WatchingPeer) -> None:
        reply = await self.client.request(
            messages.Watch(request_id=new_request_id(), room_id="room", participant_id="laptop", connection_id="watch")
        )
        assert isinstance(reply, messages.WatchOffered)
        await self.answer(peer, reply.revision, reply.offer_sdp)

    async def answer(self, peer: WatchingPeer, revision: int, offer_sdp: str) -> None:
        answer_sdp = await peer.answer(offer_sdp)
        command = messages.WatchAnswer(
            request_id=new_request_id(), connection_id="watch", revision=revision, sdp=answer_sdp
        )
        await self.client.request(command)


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    use_loopback(monkeypatch)
    server = Server(tmp_path)
    await server.client.start()
    yield server
    await server.client.stop()


@pytest.fixture
async def phone() -> AsyncIterator[PublishingPeer]:
    peer = PublishingPeer()
    yield peer
    await peer.close()


@pytest.fixture
async def laptop() -> AsyncIterator[WatchingPeer]:
    peer = WatchingPeer()
    yield peer
    await peer.close()


async def test_what_one_publishes_another_sees_and_the_archive_has(
    server: Server, phone: PublishingPeer, laptop: WatchingPeer, tmp_path: Path
) -> None:
    await server.watch(laptop)
    await server.publish(phone, "p0")
    (revised,) = await server.until(messages.WatchRevised)
    assert {(t.participant_id, t.kind) for t in revised.tracks} == {("phone", "audio"), ("phone", "video")}
    await server.answer(laptop, revised.revision, revised.offer_sdp)
    video = await laptop.video()
    async with asyncio.timeout(TIMEOUT_S):
        frame = await video.recv()
    assert (frame.width, frame.height) == (640, 480)  # type: ignore[union-attr]
    stored = await server.until(messages.SegmentStored, 2)
    assert [(s.epoch, s.sequence, s.kind) for s in stored[:2]] == [
        (0, 0, SegmentKind.INIT),
        (0, 1, SegmentKind.MEDIA),
    ]
    assert stored[1].previous_sha256 == stored[0].sha256
    assert (tmp_path / "objects" / stored[1].object_key).stat().st_size == stored[1].byte_length
    (quality, *_) = await server.until(messages.PublisherQuality)
    assert quality.participant_id == "phone"


async def test_closing_the_room_stores_the_rest_and_ends_the_connections(server: Server, phone: PublishingPeer) -> None:
    await server.publish(phone, "p0")
    await server.until(messages.ConnectionChanged, state="live")
    await server.client.request(messages.CloseRoom(request_id=new_request_id(), room_id="room"))
    await server.until(messages.ConnectionChanged, state="closed", connection_id="p0")
    stored = await server.until(messages.SegmentStored, 2)
    assert stored[-1].kind is SegmentKind.MEDIA


async def test_a_second_connection_takes_over_in_a_new_epoch(server: Server, phone: PublishingPeer) -> None:
    await server.publish(phone, "p0")
    await server.until(messages.ConnectionChanged, state="live", connection_id="p0")
    second = PublishingPeer()
    try:
        await server.publish(second, "p1", epoch=1)
        await server.until(messages.ConnectionChanged, state="live", connection_id="p1")
        await server.until(messages.ConnectionChanged, state="replaced", connection_id="p0")
        await server.until(messages.ConnectionChanged, state="closed", connection_id="p0")
        await server.until(messages.SegmentStored, 2, epoch=0)
        await server.until(messages.SegmentStored, 2, epoch=1)
    finally:
        await second.close()


async def test_a_silent_publisher_is_away(server: Server, phone: PublishingPeer) -> None:
    await server.publish(phone, "p0")
    await server.until(messages.ConnectionChanged, state="live")
    for sender in phone.connection.getSenders():
        await sender.stop()
    await server.until(messages.ConnectionChanged, state="away")


async def test_a_killed_worker_is_replaced_and_its_spool_recovered(server: Server, phone: PublishingPeer) -> None:
    await server.publish(phone, "p0")
    await server.until(messages.SegmentStored, 2)
    started = time.monotonic()
    first_worker = server.client.worker_pid
    assert first_worker is not None
    os.kill(first_worker, signal.SIGKILL)
    await server.until(messages.WorkerReady, 2)
    assert server.workers_lost == 1
    assert server.client.available
    assert time.monotonic() - started < TIMEOUT_S
    stored = await server.until(messages.SegmentStored, 3)
    sequences = sorted({s.sequence for s in stored})
    assert sequences == list(range(len(sequences)))


@pytest.mark.parametrize(
    ("offer", "error"),
    [("nonsense", BadSdp), ("v=0\r\n", BadSdp)],
)
async def test_a_bad_offer_is_refused_and_leaves_nothing(server: Server, offer: str, error: type[Exception]) -> None:
    command = messages.Publish(
        request_id=new_request_id(),
        room_id="room",
        participant_id="phone",
        connection_id="p0",
        track_id="track",
        epoch=0,
        offer_sdp=offer,
    )
    with pytest.raises(error):
        await server.client.request(command)
    assert not [e for e in server.events if isinstance(e, messages.ConnectionChanged)]


async def test_no_common_codec_reaches_the_server_with_what_was_offered(server: Server) -> None:
    peer = PublishingPeer("video/VP8")
    with pytest.raises(NoCommonCodec) as caught:
        await server.publish(peer, "p0")
    assert caught.value.params["kind"] == "video"
    await peer.close()


async def test_an_answer_to_an_unknown_connection_is_refused(server: Server) -> None:
    command = messages.WatchAnswer(request_id=new_request_id(), connection_id="nobody", revision=1, sdp="v=0")
    with pytest.raises(NotFound):
        await server.client.request(command)


async def test_closing_an_unknown_connection_is_fine(server: Server) -> None:
    command = messages.CloseConnection(request_id=new_request_id(), connection_id="nobody", reason=GapReason.LEFT)
    assert isinstance(await server.client.request(command), messages.Done)


async def test_without_a_worker_requests_fail_at_once(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with pytest.raises(MediaUnavailable):
        await server.client.request(messages.CloseRoom(request_id=new_request_id(), room_id="room"))
