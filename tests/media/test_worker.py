"""A real media worker process, commanded by the real client, with aiortc's own peers in the place of browsers."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inspect_server.domain.errors import BadSdp, MediaUnavailable, NoCommonCodec, NotFound
from inspect_server.domain.footage import GapReason, SegmentKind
from inspect_server.media import messages
from inspect_server.media.client import WorkersUp, new_request_id
from tests.support.media_server import MediaServer
from tests.support.rtc_peer import PublishingPeer, WatchingPeer, use_loopback

TIMEOUT_S = 30


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MediaServer]:
    use_loopback(monkeypatch)
    server = MediaServer(tmp_path)
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
    server: MediaServer, phone: PublishingPeer, laptop: WatchingPeer, tmp_path: Path
) -> None:
    await server.watch(laptop)
    await server.publish(phone, "p0")
    (revised,) = await server.until(messages.WatchRevised)
    assert {(t.participant_id, t.kind) for t in revised.tracks} == {("phone", "audio"), ("phone", "video")}
    await server.answer(laptop, revised.revision, revised.offer_sdp)
    video = await laptop.video()
    async with asyncio.timeout(TIMEOUT_S):
        frame = await video.recv()
    assert (frame.width, frame.height) == (640, 480)  # type: ignore[union-attr] # of a video track
    stored = await server.until(messages.SegmentStored, 2)
    assert [(s.epoch, s.sequence, s.kind) for s in stored[:2]] == [
        (0, 0, SegmentKind.INIT),
        (0, 1, SegmentKind.MEDIA),
    ]
    assert stored[1].previous_sha256 == stored[0].sha256
    assert (tmp_path / "objects" / stored[1].object_key).stat().st_size == stored[1].byte_length
    (quality, *_) = await server.until(messages.PublisherQuality)
    assert quality.participant_id == "phone"


async def test_closing_the_room_stores_the_rest_and_ends_the_connections(
    server: MediaServer, phone: PublishingPeer
) -> None:
    await server.publish(phone, "p0")
    await server.until(messages.ConnectionChanged, state="live")
    await server.client.request(messages.CloseRoom(request_id=new_request_id(), room_id="room"))
    await server.until(messages.ConnectionChanged, state="closed", connection_id="p0")
    stored = await server.until(messages.SegmentStored, 2)
    assert stored[-1].kind is SegmentKind.MEDIA


async def test_a_second_connection_takes_over_in_a_new_epoch(server: MediaServer, phone: PublishingPeer) -> None:
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


async def test_a_silent_publisher_is_away(server: MediaServer, phone: PublishingPeer) -> None:
    await server.publish(phone, "p0")
    await server.until(messages.ConnectionChanged, state="live")
    for sender in phone.connection.getSenders():
        await sender.stop()
    await server.until(messages.ConnectionChanged, state="away")


async def test_a_killed_worker_is_replaced_and_its_spool_recovered(server: MediaServer, phone: PublishingPeer) -> None:
    await server.publish(phone, "p0")
    await server.until_more_is_safe("room")
    started = time.monotonic()
    first_worker = await server.until_recorder_of("room")
    os.kill(first_worker, signal.SIGKILL)
    await server.until(messages.WorkerReady, 2)
    assert server.rooms_lost == [{"room"}]
    assert server.client.workers_up == WorkersUp(configured=1, up=1)
    assert time.monotonic() - started < TIMEOUT_S
    stored = await server.until(messages.SegmentStored, 3)
    sequences = sorted({s.sequence for s in stored})
    assert sequences == list(range(len(sequences)))


@pytest.mark.parametrize(
    ("offer", "error"),
    [("nonsense", BadSdp), ("v=0\r\n", BadSdp)],
)
async def test_a_bad_offer_is_refused_and_leaves_nothing(
    server: MediaServer, offer: str, error: type[Exception]
) -> None:
    command = messages.Publish(
        request_id=new_request_id(),
        room_id="room",
        participant_id="phone",
        connection_id="p0",
        track_id="room-track",
        epoch=0,
        offer_sdp=offer,
    )
    with pytest.raises(error):
        await server.client.request(command)
    assert not [e for e in server.events if isinstance(e, messages.ConnectionChanged)]


async def test_no_common_codec_reaches_the_server_with_what_was_offered(server: MediaServer) -> None:
    peer = PublishingPeer("video/VP8")
    with pytest.raises(NoCommonCodec) as caught:
        await server.publish(peer, "p0")
    assert caught.value.params["kind"] == "video"
    await peer.close()


async def test_an_answer_to_an_unknown_connection_is_refused(server: MediaServer) -> None:
    command = messages.WatchAnswer(request_id=new_request_id(), connection_id="nobody", revision=1, sdp="v=0")
    with pytest.raises(NotFound):
        await server.client.request(command)


async def test_closing_an_unknown_connection_is_fine(server: MediaServer) -> None:
    command = messages.CloseConnection(request_id=new_request_id(), connection_id="nobody", reason=GapReason.LEFT)
    assert isinstance(await server.client.request(command), messages.Done)


async def test_without_a_worker_requests_fail_at_once(tmp_path: Path) -> None:
    server = MediaServer(tmp_path)
    command = messages.Watch(
        request_id=new_request_id(), room_id="room", participant_id="laptop", connection_id="watch"
    )
    with pytest.raises(MediaUnavailable):
        await server.client.request(command)


async def test_of_what_lives_nowhere_nothing_is_left_to_close(tmp_path: Path) -> None:
    server = MediaServer(tmp_path)
    command = messages.CloseRoom(request_id=new_request_id(), room_id="room")
    assert isinstance(await server.client.request(command), messages.Done)
