"""The intake of footage facts: acknowledged only once they are kept, whatever happens in between."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from inspect_server.domain.errors import StorageUnavailable
from inspect_server.domain.footage import GapReason, Segment, SegmentKind
from inspect_server.jobs import footage_intake
from inspect_server.jobs.footage_intake import MAX_WAITING, FootageIntake
from inspect_server.media.messages import Done, GapDeclared, SegmentStored
from inspect_server.services import keeping_footage, replaying
from inspect_server.services.context import ServiceContext
from storage.engine import Database, Transaction
from tests.services.office import Office
from tests.storage.records import NOW, a_segment, at

TIMEOUT_S = 20


class Worker:
    """Hears what is acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []
        self._heard = asyncio.Event()

    def acknowledge(self, fact_id: str) -> None:
        self.acknowledged.append(fact_id)
        self._heard.set()

    async def until(self, *fact_ids: str) -> None:
        """All of these, each as often as it is named."""
        async with asyncio.timeout(TIMEOUT_S):
            while Counter(fact_ids) - Counter(self.acknowledged):
                self._heard.clear()
                await self._heard.wait()


class FlakyDatabase(Database):
    """A database that is away until it is said to be back."""

    def __init__(self, real: Database) -> None:
        super().__init__(real._reader, real._writer)
        self.is_away = True
        self.refused = asyncio.Event()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if self.is_away:
            self.refused.set()
            raise StorageUnavailable("away")
        async with super().transaction() as tx:
            yield tx


@asynccontextmanager
async def running(context: ServiceContext, worker: Worker) -> AsyncIterator[FootageIntake]:
    intake = FootageIntake(context, worker.acknowledge)
    task = asyncio.create_task(intake.run())
    try:
        yield intake
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()


@pytest.fixture
async def track_id(office: Office) -> str:
    participant = await office.seat(await office.open_inspection())
    return (await office.begin_epoch(participant.id)).track_id


def stored(segment: Segment) -> SegmentStored:
    return SegmentStored(
        inspection_id="i",
        participant_id="p",
        track_id=segment.track_id,
        epoch=segment.epoch,
        sequence=segment.sequence,
        kind=segment.kind,
        started_at=segment.started_at,
        duration_ms=segment.duration_ms,
        byte_length=segment.byte_length,
        object_key=segment.object_key,
        sha256=segment.sha256,
        previous_sha256=segment.previous_sha256,
        codecs=segment.codecs,
        width=segment.width,
        height=segment.height,
        has_video=segment.has_video,
        has_audio=segment.has_audio,
        starts_with_keyframe=segment.starts_with_keyframe,
        recovered=segment.recovered,
    )


def segments_of(track_id: str, count: int) -> list[Segment]:
    init = a_segment(track_id, 0, 0, kind=SegmentKind.INIT)
    return [init, *(a_segment(track_id, 0, n, started_at=at(4.0 * n)) for n in range(1, count))]


async def indexed(office: Office, track_id: str) -> list[Segment]:
    return (await replaying.recording(office.context, office.reviewer, track_id)).segments


async def test_facts_are_indexed_as_they_are_and_acknowledged(office: Office, track_id: str) -> None:
    segments, worker = segments_of(track_id, 4), Worker()
    gap = GapDeclared(
        inspection_id="i",
        participant_id="p",
        track_id=track_id,
        epoch=0,
        gap_number=0,
        started_at=at(1),
        ended_at=at(2),
        reason=GapReason.MUTED,
    )
    facts: list[SegmentStored | GapDeclared] = [*map(stored, reversed(segments)), gap]
    async with running(office.context, worker) as intake:
        for fact in facts:
            intake.take(fact)
        await worker.until(*(fact.fact_id for fact in facts))
    assert await indexed(office, track_id) == segments


async def test_a_repeated_fact_is_acknowledged_again_and_kept_once(office: Office, track_id: str) -> None:
    fact, worker = stored(segments_of(track_id, 1)[0]), Worker()
    async with running(office.context, worker) as intake:
        for times in range(1, 4):
            intake.take(fact)
            await worker.until(*[fact.fact_id] * times)
    assert len(await indexed(office, track_id)) == 1


async def test_what_is_repeated_while_it_waits_is_kept_once(office: Office, track_id: str) -> None:
    """After an outage of the database hundreds of facts wait, and the worker repeats them every two seconds."""
    facts, worker = [stored(segment) for segment in segments_of(track_id, 3)], Worker()
    intake = FootageIntake(office.context, worker.acknowledge)
    for _ in range(MAX_WAITING):
        for fact in facts:
            intake.take(fact)
    assert len(intake._waiting) == len(facts)


async def test_a_fact_that_nobody_can_index_ends_nothing(
    office: Office, track_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keep(context: ServiceContext, segment: Segment) -> None:
        if segment.sequence == 0:
            raise ValueError("nobody foresaw this")
        await keep_segment(context, segment)

    keep_segment = keeping_footage.keep_segment
    monkeypatch.setattr(keeping_footage, "keep_segment", keep)
    facts, worker = [stored(segment) for segment in segments_of(track_id, 2)], Worker()
    async with running(office.context, worker) as intake:
        for fact in facts:
            intake.take(fact)
        await worker.until(facts[1].fact_id)
    assert worker.acknowledged == [facts[1].fact_id]


async def test_while_the_database_is_away_nothing_is_acknowledged_and_then_everything(
    office: Office, track_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(footage_intake, "BACK_OFF_S", (0.01,))
    database, worker = FlakyDatabase(office.context.database), Worker()
    segments = segments_of(track_id, 3)
    facts = [stored(segment) for segment in segments]
    async with running(replace(office.context, database=database), worker) as intake:
        for fact in facts:
            intake.take(fact)
        async with asyncio.timeout(TIMEOUT_S):
            await database.refused.wait()
        assert worker.acknowledged == []
        database.is_away = False
        await worker.until(*(fact.fact_id for fact in facts))
    # None overtook another: a number missing in front of a stored one is how a lost segment shows.
    assert worker.acknowledged == [fact.fact_id for fact in facts]
    assert await indexed(office, track_id) == segments


async def test_a_fact_that_the_index_refuses_is_noted_and_does_not_hold_up_the_others(
    office: Office, track_id: str
) -> None:
    first, second = segments_of(track_id, 2)
    unknown = stored(replace(first, epoch=7))
    forged = stored(replace(first, sha256="0" * 64))
    worker = Worker()
    async with running(office.context, worker) as intake:
        intake.take(stored(first))
        await worker.until(stored(first).fact_id)
        for fact in (forged, unknown, stored(second)):
            intake.take(fact)
        await worker.until(unknown.fact_id, stored(second).fact_id)
    assert await indexed(office, track_id) == [first, second]
    refusals = [action for _, action in await office.audited(f"track:{track_id}") if action == "footage.refused"]
    assert len(refusals) == 2


async def test_beyond_the_bound_facts_wait_with_the_worker(office: Office, track_id: str) -> None:
    worker = Worker()
    intake = FootageIntake(office.context, worker.acknowledge)
    for number in range(MAX_WAITING + 10):
        intake.take(stored(a_segment(track_id, 0, number, started_at=NOW)))
    assert len(intake._waiting) == MAX_WAITING
    intake.take(Done(request_id="no fact"))
    assert worker.acknowledged == []
