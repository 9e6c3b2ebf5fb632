"""The server's side of the media seam: the real client over real worker processes, remembering what it hears."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from inspect_server.media import messages
from inspect_server.media.client import MediaClient, new_request_id
from tests.support.rtc_peer import PublishingPeer, WatchingPeer

TIMEOUT_S = 30
E = TypeVar("E")


class MediaServer:
    """See the module's text. Everything of a room named like this: its publisher's track is ``<room>-track``."""

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        self.events: list[messages.AnyEvent] = []
        self.rooms_lost: list[frozenset[str]] = []
        self.spool = folder / "spool"
        (folder / "objects").mkdir()
        self._heard = asyncio.Event()
        self.client = MediaClient(
            messages.Configure(
                spool_dir=str(self.spool),
                spool_min_free_mb=16,
                object_store=str(folder / "objects"),
                announce_loopback=True,
            ),
            workers=workers,
            events=self._on_event,
            on_rooms_lost=self._on_rooms_lost,
        )

    def _on_event(self, event: messages.AnyEvent) -> None:
        self.events.append(event)
        if isinstance(event, messages.SegmentStored | messages.GapDeclared):
            self.client.acknowledge(event.fact_id)
        self._heard.set()

    def _on_rooms_lost(self, rooms: frozenset[str]) -> None:
        self.rooms_lost.append(rooms)
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

    async def until_more_is_safe(self, room: str) -> datetime:
        """Wait until a first segment is stored and something after it is safe in the spool; until when it is."""
        stored = await self.until(messages.SegmentStored, 2, track_id=f"{room}-track")
        stored_until = max(map(ended_at, stored))
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                told = [e for e in self.events if isinstance(e, messages.FootageProgress)]
                safe = [e.safe_until for e in told if e.track_id == f"{room}-track" and e.safe_until is not None]
                if safe and max(safe) > stored_until:
                    return max(safe)
                await self.heard()

    async def until_rooms_lost(self) -> None:
        """Wait until rooms were lost."""
        async with asyncio.timeout(TIMEOUT_S):
            while not self.rooms_lost:
                await self.heard()

    async def heard(self) -> None:
        """Wait for the next event."""
        self._heard.clear()
        await self._heard.wait()

    async def publish(self, peer: PublishingPeer, connection_id: str, *, room: str = "room", epoch: int = 0) -> None:
        reply = await self.client.request(
            messages.Publish(
                request_id=new_request_id(),
                room_id=room,
                participant_id="phone",
                connection_id=connection_id,
                track_id=f"{room}-track",
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

    async def until_recorder_of(self, room: str, *, epoch: int = 0) -> int:
        """Wait until somebody records this; the process."""
        async with asyncio.timeout(TIMEOUT_S):
            while (process := self.recorder_of(room, epoch=epoch)) is None:
                await self.heard()
            return process

    def recorder_of(self, room: str, *, epoch: int = 0) -> int | None:
        """The process that has this footage in its spool, None if it is not there (any more)."""
        folders = list(self.spool.glob(f"worker-*/{room}-track.{epoch:06d}"))
        return int(folders[0].parent.name.removeprefix("worker-")) if folders else None


def ended_at(segment: messages.SegmentStored) -> datetime:
    """The end of its last sample."""
    return segment.started_at + timedelta(milliseconds=segment.duration_ms)
