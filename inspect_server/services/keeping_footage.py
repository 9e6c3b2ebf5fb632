"""Indexing what the media worker has stored, and counting what is missing.

Facts come at least once, in any order; repeating one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from inspect_server.domain.footage import Gap, Segment
from inspect_server.services.auditing import SYSTEM, record
from inspect_server.services.context import ServiceContext
from storage import footage, footage_amounts
from storage.footage import FootageConflict, UnknownEpoch

REFUSALS = (FootageConflict, UnknownEpoch)
"""A fact that will be refused again however often it comes."""


async def keep_segment(context: ServiceContext, segment: Segment) -> None:
    """Index one stored segment.

    Raises:
        FootageConflict: another one is indexed under its number; the index stays.
        UnknownEpoch: this database never began its epoch.
        StorageUnavailable: try again later.
    """
    async with context.database.transaction() as tx:
        await footage.add_segment(tx, segment)


async def keep_gap(context: ServiceContext, gap: Gap) -> None:
    """Index one declared loss.

    Raises:
        FootageConflict: another one is indexed under its number; the index stays.
        UnknownEpoch: this database never began its epoch.
        StorageUnavailable: try again later.
    """
    async with context.database.transaction() as tx:
        await footage.add_gap(tx, gap)


async def gap_counts(
    context: ServiceContext, inspection_ids: Collection[str], is_awaited: Callable[[str, str], bool]
) -> dict[str, int]:
    """How many gaps the case page and the timeline show of each of these inspections at the moment.

    Args:
        context: the process's services.
        inspection_ids: of which inspections.
        is_awaited: whether footage of this inspection's track is known to be on its way.

    Raises:
        StorageUnavailable: try again later.
    """
    async with context.database.reading() as tx:
        totals = await footage_amounts.totals(tx, inspection_ids, now=context.now(), is_awaited=is_awaited)
    return {inspection_id: held.gap_count for inspection_id, held in totals.items()}


async def note_refused_fact(context: ServiceContext, fact_id: str, track_id: str, code: str) -> None:
    """Leave a trace of footage that could not be indexed: the bytes stay in the object store, somebody must look."""
    async with context.database.transaction() as tx:
        await record(
            context,
            tx,
            SYSTEM,
            "footage.refused",
            f"track:{track_id}",
            organisation_path="",
            details={"fact": fact_id, "code": code},
        )
