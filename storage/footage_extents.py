"""What the footage index amounts to: the extent of each epoch, the totals of each inspection.

Counted from the segments at each question: there is no second account that could differ from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select

from inspect_server.domain.footage import GapReason, SegmentKind
from storage.engine import Transaction
from storage.tables.footage import epochs, gaps, segments, tracks


@dataclass(frozen=True, slots=True)
class EpochExtent:
    """What is stored of one epoch. ``started_at``, ``ended_at`` bound its media; None while there is none."""

    track_id: str
    epoch: int
    began_at: datetime
    preceded_by: GapReason | None
    started_at: datetime | None
    ended_at: datetime | None
    footage_ms: float
    byte_length: int
    segment_count: int
    has_video: bool
    has_audio: bool


@dataclass(frozen=True, slots=True)
class FootageTotals:
    """Footage of one inspection. ``footage_ms`` is that of its longest track; the others add up over all tracks.

    ``epoch_breaks`` counts the holes between epochs with media, which nobody declares.
    """

    footage_ms: float
    byte_length: int
    declared_gaps: int
    epoch_breaks: int

    @property
    def gap_count(self) -> int:
        return self.declared_gaps + self.epoch_breaks


NO_FOOTAGE = FootageTotals(footage_ms=0.0, byte_length=0, declared_gaps=0, epoch_breaks=0)


async def extents_of_track(tx: Transaction, track_id: str) -> list[EpochExtent]:
    """One per epoch, in their order."""
    return await _extents(tx, epochs.c.track_id == track_id)


async def extents_of(tx: Transaction, inspection_id: str) -> list[EpochExtent]:
    """One per epoch of every track of the inspection, by track and epoch."""
    return await _extents(tx, epochs.c.track_id.in_(_track_ids([inspection_id])))


async def totals(tx: Transaction, inspection_ids: Iterable[str]) -> dict[str, FootageTotals]:
    """Totals of each of these inspections; an inspection without footage has ``NO_FOOTAGE``."""
    wanted = list(inspection_ids)
    track_rows = await tx.execute(
        select(tracks.c.id, tracks.c.inspection_id, func.count(gaps.c.number).label("declared_gaps"))
        .outerjoin(gaps, gaps.c.track_id == tracks.c.id)
        .where(tracks.c.inspection_id.in_(wanted))
        .group_by(tracks.c.id, tracks.c.inspection_id)
    )
    extents = await _extents(tx, epochs.c.track_id.in_(_track_ids(wanted)))
    by_inspection: dict[str, list[FootageTotals]] = {inspection_id: [] for inspection_id in wanted}
    for track_id, inspection_id, declared_gaps in track_rows:
        own = [extent for extent in extents if extent.track_id == track_id and extent.started_at is not None]
        by_inspection[inspection_id].append(
            FootageTotals(
                footage_ms=sum(extent.footage_ms for extent in own),
                byte_length=sum(extent.byte_length for extent in own),
                declared_gaps=declared_gaps,
                epoch_breaks=max(0, len(own) - 1),
            )
        )
    return {inspection_id: _sum(of_tracks) for inspection_id, of_tracks in by_inspection.items()}


def _sum(of_tracks: list[FootageTotals]) -> FootageTotals:
    if not of_tracks:
        return NO_FOOTAGE
    return FootageTotals(
        footage_ms=max(each.footage_ms for each in of_tracks),
        byte_length=sum(each.byte_length for each in of_tracks),
        declared_gaps=sum(each.declared_gaps for each in of_tracks),
        epoch_breaks=sum(each.epoch_breaks for each in of_tracks),
    )


def _track_ids(inspection_ids: list[str]) -> Select[tuple[str]]:
    return select(tracks.c.id).where(tracks.c.inspection_id.in_(inspection_ids))


async def _extents(tx: Transaction, condition: ColumnElement[bool]) -> list[EpochExtent]:
    is_media = segments.c.kind == SegmentKind.MEDIA
    rows = await tx.execute(
        select(
            epochs.c.track_id,
            epochs.c.number.label("epoch"),
            epochs.c.began_at,
            epochs.c.preceded_by,
            func.min(segments.c.started_at).filter(is_media).label("started_at"),
            func.max(segments.c.ended_at).filter(is_media).label("ended_at"),
            func.coalesce(func.sum(segments.c.duration_ms), 0.0).label("footage_ms"),
            func.coalesce(func.sum(segments.c.byte_length), 0).label("byte_length"),
            func.count(segments.c.sequence).label("segment_count"),
            func.coalesce(func.max(cast(segments.c.has_video, Integer)), 0).label("has_video"),
            func.coalesce(func.max(cast(segments.c.has_audio, Integer)), 0).label("has_audio"),
        )
        .outerjoin(segments, (segments.c.track_id == epochs.c.track_id) & (segments.c.epoch == epochs.c.number))
        .where(condition)
        .group_by(epochs.c.track_id, epochs.c.number)
        .order_by(epochs.c.track_id, epochs.c.number)
    )
    return [
        EpochExtent(
            **{
                **row,
                "byte_length": int(row["byte_length"]),
                "has_video": bool(row["has_video"]),
                "has_audio": bool(row["has_audio"]),
            }
        )
        for row in rows.mappings()
    ]
