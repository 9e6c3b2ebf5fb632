"""Where the footage index lacks something between two neighbours of one epoch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Boolean, Integer, func, select

from inspect_server.domain.timeline import Hole
from storage.engine import Transaction
from storage.tables.base import Utc
from storage.tables.footage import epochs, segments, tracks


async def holes_of(tx: Transaction, inspection_ids: Iterable[str]) -> dict[str, list[Hole]]:
    """By track, in playback order, whether or not a declared gap explains them.

    A hole is where numbers are missing, also before an epoch's first stored segment; or where the segment before was
    recovered, and may have lost its end, which takes no number.
    """
    epoch, place = (segments.c.track_id, segments.c.epoch), segments.c.sequence
    neighbours = (
        select(
            segments.c.track_id,
            segments.c.epoch,
            segments.c.sequence,
            segments.c.started_at.label("resumes_at"),
            func.lag(segments.c.sequence, type_=Integer)
            .over(partition_by=epoch, order_by=place)
            .label("sequence_before"),
            func.lag(segments.c.ended_at, type_=Utc).over(partition_by=epoch, order_by=place).label("ended_before"),
            func.lag(segments.c.recovered, type_=Boolean)
            .over(partition_by=epoch, order_by=place)
            .label("recovered_before"),
        )
        .join(tracks, tracks.c.id == segments.c.track_id)
        .where(tracks.c.inspection_id.in_(list(inspection_ids)))
        .subquery("neighbours")
    )
    began_at = func.coalesce(neighbours.c.ended_before, epochs.c.began_at, type_=Utc)
    rows = await tx.execute(
        select(neighbours.c.track_id, neighbours.c.epoch, began_at.label("began_at"), neighbours.c.resumes_at)
        .join(epochs, (epochs.c.track_id == neighbours.c.track_id) & (epochs.c.number == neighbours.c.epoch))
        .where(
            (neighbours.c.sequence > func.coalesce(neighbours.c.sequence_before, -1) + 1)
            | neighbours.c.recovered_before,
            neighbours.c.resumes_at > began_at,
        )
        .order_by(neighbours.c.track_id, neighbours.c.epoch, neighbours.c.sequence)
    )
    holes: dict[str, list[Hole]] = defaultdict(list)
    for row in rows:
        holes[row.track_id].append(Hole(row.epoch, row.began_at, row.resumes_at))
    return holes
