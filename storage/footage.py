"""The footage index: tracks, epochs, segments, gaps.

Facts arrive at least once, in any order and maybe after the end of the inspection. Repeating one changes nothing; a
differing one of the same key is refused, whoever brings it: the index is evidence.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, RowMapping, Table, insert, select, tuple_

from inspect_server.domain.errors import Conflict, NotFound
from inspect_server.domain.footage import Epoch, Gap, GapReason, Segment, Track
from inspect_server.domain.timekeeping import ClockReading
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.footage import epochs, gaps, segments, tracks


class FootageConflict(Conflict):
    """A footage fact differs from the one already stored under its key; nothing was changed."""

    code: ClassVar[str] = "footage_conflict"


class UnknownEpoch(NotFound):
    """A footage fact belongs to a track or epoch that this database does not have."""

    code: ClassVar[str] = "unknown_epoch"


async def track_once(tx: Transaction, wanted: Track) -> Track:
    """The track of this participant and source: ``wanted``, or the one that exists."""
    await tx.execute(insert_or_skip(tx, tracks, values_of(wanted, tracks)))
    rows = await tx.execute(
        select(tracks).where(tracks.c.participant_id == wanted.participant_id, tracks.c.source == wanted.source)
    )
    return Track(**rows.mappings().one())


async def track(tx: Transaction, track_id: str) -> Track | None:
    """The track of this id, or None."""
    row = (await tx.execute(select(tracks).where(tracks.c.id == track_id))).mappings().one_or_none()
    return Track(**row) if row else None


async def tracks_of(tx: Transaction, inspection_id: str) -> list[Track]:
    """Oldest first."""
    rows = await tx.execute(
        select(tracks).where(tracks.c.inspection_id == inspection_id).order_by(tracks.c.created_at, tracks.c.id)
    )
    return [Track(**row) for row in rows.mappings()]


async def epochs_of(tx: Transaction, track_id: str) -> list[Epoch]:
    """In their order; those that brought nothing too."""
    rows = await tx.execute(select(epochs).where(epochs.c.track_id == track_id).order_by(epochs.c.number))
    return [_epoch(row) for row in rows.mappings()]


async def newest_epoch(tx: Transaction, track_id: str) -> Epoch | None:
    """The epoch that began last, or None before the first."""
    rows = await tx.execute(
        select(epochs).where(epochs.c.track_id == track_id).order_by(epochs.c.number.desc()).limit(1)
    )
    row = rows.mappings().one_or_none()
    return _epoch(row) if row else None


async def begin_epoch(
    tx: Transaction,
    track_id: str,
    *,
    began_at: datetime,
    preceded_by: GapReason | None,
    clock: ClockReading | None = None,
) -> Epoch:
    """The next epoch of the track: 0, 1, 2 …, without a hole and never one twice.

    Args:
        tx: concurrent callers for the same track wait for its end.
        track_id: the track that begins to publish.
        began_at: when.
        preceded_by: why the epoch before ended; not kept for number 0, which has none before.
        clock: how far the server's clock is off, if that is known.

    Raises:
        UnknownEpoch: no such track.
    """
    locked = await tx.execute(select(tracks.c.id).where(tracks.c.id == track_id).with_for_update())
    if locked.scalar_one_or_none() is None:
        raise UnknownEpoch("no such track", track_id=track_id)
    before = await newest_epoch(tx, track_id)
    epoch = Epoch(
        track_id=track_id,
        number=before.number + 1 if before else 0,
        began_at=began_at,
        preceded_by=preceded_by if before else None,
        clock=clock,
    )
    known = {"clock_offset_ms": clock.offset_ms, "clock_source": clock.source} if clock else {}
    await tx.execute(insert(epochs).values(values_of(epoch, epochs) | known))
    return epoch


async def add_segment(tx: Transaction, segment: Segment) -> bool:
    """Index a stored segment; its key is (track, epoch, sequence).

    Returns:
        Whether it is new; False for an exact repetition.

    Raises:
        FootageConflict: another segment is stored under its key.
        UnknownEpoch: its epoch was never begun here.
    """
    values = values_of(segment, segments) | {"ended_at": _end_of(segment)}
    await _require_epoch(tx, segment.track_id, segment.epoch)
    if await _added(tx, segments, values):
        return True
    stored = await find_segment(tx, segment.track_id, segment.epoch, segment.sequence)
    if stored != segment:
        raise FootageConflict(
            "another segment is stored under this number",
            track_id=segment.track_id,
            epoch=segment.epoch,
            sequence=segment.sequence,
        )
    return False


async def add_gap(tx: Transaction, gap: Gap) -> bool:
    """Store a declared loss; its key is (track, epoch, number).

    Returns:
        Whether it is new; False for an exact repetition.

    Raises:
        FootageConflict: another gap is stored under its key.
        UnknownEpoch: its epoch was never begun here.
    """
    await _require_epoch(tx, gap.track_id, gap.epoch)
    if await _added(tx, gaps, values_of(gap, gaps)):
        return True
    rows = await tx.execute(
        select(gaps).where(gaps.c.track_id == gap.track_id, gaps.c.epoch == gap.epoch, gaps.c.number == gap.number)
    )
    if Gap(**rows.mappings().one()) != gap:
        raise FootageConflict(
            "another gap is stored under this number", track_id=gap.track_id, epoch=gap.epoch, number=gap.number
        )
    return False


async def find_segment(tx: Transaction, track_id: str, epoch: int, sequence: int) -> Segment | None:
    """The segment under this key, or None."""
    found = await _segments(
        tx,
        (segments.c.track_id == track_id) & (segments.c.epoch == epoch) & (segments.c.sequence == sequence),
        limit=1,
    )
    return found[0] if found else None


async def segments_of(
    tx: Transaction, track_id: str, *, after: tuple[int, int] | None = None, limit: int | None = None
) -> list[Segment]:
    """Segments of a track in playback order, init segments included.

    Args:
        tx: any transaction.
        track_id: the track.
        after: (epoch, sequence); only what comes behind it, for paging and for growing playlists.
        limit: at most so many; None for all.
    """
    condition = segments.c.track_id == track_id
    if after is not None:
        condition &= tuple_(segments.c.epoch, segments.c.sequence) > tuple_(*after)
    return await _segments(tx, condition, limit=limit)


async def gaps_of_track(tx: Transaction, track_id: str) -> list[Gap]:
    """Declared gaps by time."""
    return await _gaps(tx, gaps.c.track_id == track_id)


async def gaps_of(tx: Transaction, inspection_id: str) -> list[Gap]:
    """Declared gaps of all tracks of the inspection, by track and time."""
    return await _gaps(tx, gaps.c.track_id.in_(select(tracks.c.id).where(tracks.c.inspection_id == inspection_id)))


def _epoch(row: RowMapping) -> Epoch:
    known = row["clock_offset_ms"] is not None
    return Epoch(
        track_id=row["track_id"],
        number=row["number"],
        began_at=row["began_at"],
        preceded_by=row["preceded_by"],
        clock=ClockReading(row["clock_offset_ms"], row["clock_source"]) if known else None,
    )


def _end_of(segment: Segment) -> datetime:
    return segment.started_at + timedelta(milliseconds=segment.duration_ms)


async def _added(tx: Transaction, table: Table, values: dict[str, object]) -> bool:
    added = await tx.execute(insert_or_skip(tx, table, values).returning(table.c.track_id))
    return added.scalar_one_or_none() is not None


async def _require_epoch(tx: Transaction, track_id: str, number: int) -> None:
    # Asked beforehand, since PostgreSQL spoils the whole transaction when a foreign key fails.
    rows = await tx.execute(select(epochs.c.number).where(epochs.c.track_id == track_id, epochs.c.number == number))
    if rows.scalar_one_or_none() is None:
        raise UnknownEpoch("this epoch was never begun here", track_id=track_id, epoch=number)


async def _segments(tx: Transaction, condition: ColumnElement[bool], *, limit: int | None) -> list[Segment]:
    # In the order of the fields: by position is twice as quick as by name, and a long track has thousands.
    columns = [segments.c[field.name] for field in fields(Segment)]
    rows = await tx.execute(
        select(*columns).where(condition).order_by(segments.c.epoch, segments.c.sequence).limit(limit)
    )
    return [Segment(*row) for row in rows]


async def _gaps(tx: Transaction, condition: ColumnElement[bool]) -> list[Gap]:
    rows = await tx.execute(
        select(gaps).where(condition).order_by(gaps.c.track_id, gaps.c.started_at, gaps.c.epoch, gaps.c.number)
    )
    return [Gap(**row) for row in rows.mappings()]
