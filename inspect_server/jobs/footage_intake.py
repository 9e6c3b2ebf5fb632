"""Takes footage facts from the media worker into the index.

Runs on the server's event loop as one task (``run``). Facts wait in a queue of ``MAX_WAITING``, each once however often
it is repeated meanwhile. Beyond that they are dropped, which loses nothing: the worker repeats every fact until it is
acknowledged, and it is acknowledged only after its transaction. While the database is away nothing is acknowledged, and
the spool keeps everything. Facts are indexed in the order they came in: a number missing in front of a stored one is
how a lost segment shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from inspect_server.domain.errors import InspectError, StorageUnavailable
from inspect_server.domain.footage import Gap, Medium, Segment
from inspect_server.media.messages import AnyEvent, GapDeclared, SegmentStored
from inspect_server.services import keeping_footage
from inspect_server.services.context import ServiceContext

logger = logging.getLogger(__name__)

MAX_WAITING: Final = 1000
BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)

Fact = SegmentStored | GapDeclared


class FootageIntake:
    """See the module's text. ``acknowledge`` tells the worker that a fact is kept."""

    def __init__(self, context: ServiceContext, acknowledge: Callable[[str], None]) -> None:
        self._context = context
        self._acknowledge = acknowledge
        self._waiting: dict[str, Fact] = {}
        self._came = asyncio.Event()

    def take(self, event: AnyEvent) -> None:
        """Note an event if it is a fact; never blocks."""
        if isinstance(event, SegmentStored | GapDeclared) and len(self._waiting) < MAX_WAITING:
            self._waiting.setdefault(event.fact_id, event)
            self._came.set()

    async def run(self) -> None:
        """Index what comes, until cancelled."""
        failures = 0
        while True:
            fact = await self._oldest()
            try:
                await self._keep(fact)
            except keeping_footage.REFUSALS as refusal:
                await self._refuse(fact, refusal)
            except StorageUnavailable as error:
                logger.warning("%s is not indexed yet: %s", fact.fact_id, error)
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                failures += 1
                continue
            except Exception:
                # The root of one fact: it stays in the spool, and the others go on.
                logger.exception("%s of inspection %s cannot be indexed", fact.fact_id, fact.inspection_id)
            else:
                failures = 0
                self._acknowledge(fact.fact_id)
            del self._waiting[fact.fact_id]

    async def _oldest(self) -> Fact:
        while not self._waiting:
            self._came.clear()
            await self._came.wait()
        return next(iter(self._waiting.values()))

    async def _keep(self, fact: Fact) -> None:
        if isinstance(fact, SegmentStored):
            await keeping_footage.keep_segment(self._context, _segment(fact))
        else:
            await keeping_footage.keep_gap(self._context, _gap(fact))

    async def _refuse(self, fact: Fact, refusal: InspectError) -> None:
        """Somebody must look at it, but repeating it for ever helps nobody: the bytes stay in the object store."""
        logger.error("%s is refused by the index: %s", fact.fact_id, refusal)
        try:
            await keeping_footage.note_refused_fact(self._context, fact.fact_id, fact.track_id, refusal.code)
        except InspectError as error:
            logger.warning("%s is not noted yet: %s", fact.fact_id, error)
        else:
            self._acknowledge(fact.fact_id)


def _segment(fact: SegmentStored) -> Segment:
    return Segment(
        track_id=fact.track_id,
        epoch=fact.epoch,
        sequence=fact.sequence,
        kind=fact.kind,
        started_at=fact.started_at,
        duration_ms=fact.duration_ms,
        byte_length=fact.byte_length,
        object_key=fact.object_key,
        object_offset=fact.object_offset,
        hash_alg=fact.hash_alg,
        sha256=fact.sha256,
        previous_sha256=fact.previous_sha256,
        codecs=fact.codecs,
        width=fact.width,
        height=fact.height,
        has_video=fact.has_video,
        has_audio=fact.has_audio,
        starts_with_keyframe=fact.starts_with_keyframe,
        recovered=fact.recovered,
    )


def _gap(fact: GapDeclared) -> Gap:
    return Gap(
        track_id=fact.track_id,
        epoch=fact.epoch,
        number=fact.gap_number,
        started_at=fact.started_at,
        ended_at=fact.ended_at,
        reason=fact.reason,
        medium=None if fact.medium is None else Medium(fact.medium),
    )
