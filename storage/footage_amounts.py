"""What the footage index amounts to: what each epoch holds, and the totals of each inspection.

Counted from the segments at each question: there is no second account that could differ from them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select

from inspect_server.domain.footage import Epoch, Gap, GapReason, SegmentKind
from inspect_server.domain.timeline import EpochExtent, Hole, TrackAccount, gaps_of_tracks
from storage.engine import Transaction
from storage.footage_holes import holes_of
from storage.tables.footage import epochs, gaps, segments, tracks
from storage.tables.inspections import inspections, participants


@dataclass(frozen=True, slots=True)
class EpochFootage:
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

    @property
    def extent(self) -> EpochExtent | None:
        """None while there is no media."""
        if self.started_at is None or self.ended_at is None:
            return None
        return EpochExtent(self.epoch, self.started_at, self.ended_at)


@dataclass(frozen=True, slots=True)
class FootageTotals:
    """Footage of one inspection: ``footage_ms`` of its longest track, bytes and gaps of all tracks.

    Gaps are counted as the timeline shows them (``domain.timeline.gaps_of_tracks``).
    """

    footage_ms: float
    byte_length: int
    gap_count: int


async def epochs_of_track(tx: Transaction, track_id: str) -> list[EpochFootage]:
    """One per epoch, in their order."""
    return await _epochs(tx, epochs.c.track_id == track_id)


async def epochs_of_inspection(tx: Transaction, inspection_id: str) -> list[EpochFootage]:
    """One per epoch of every track of the inspection, by track and epoch."""
    return await _epochs(tx, epochs.c.track_id.in_(_track_ids([inspection_id])))


async def chain_heads(tx: Transaction, inspection_id: str) -> dict[str, list[str]]:
    """The sha256 of each epoch's newest stored segment, in the order of epochs, by track."""
    of_inspection = segments.c.track_id.in_(_track_ids([inspection_id]))
    newest = (
        select(segments.c.track_id, segments.c.epoch, func.max(segments.c.sequence).label("sequence"))
        .where(of_inspection)
        .group_by(segments.c.track_id, segments.c.epoch)
        .subquery()
    )
    rows = await tx.execute(
        select(segments.c.track_id, segments.c.sha256)
        .join(
            newest,
            (segments.c.track_id == newest.c.track_id)
            & (segments.c.epoch == newest.c.epoch)
            & (segments.c.sequence == newest.c.sequence),
        )
        .order_by(segments.c.track_id, segments.c.epoch)
    )
    heads: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        heads[row.track_id].append(row.sha256)
    return heads


async def totals(
    tx: Transaction,
    inspection_ids: Iterable[str],
    *,
    now: datetime,
    is_awaited: Callable[[str, str], bool] = lambda _inspection, _track: False,
) -> dict[str, FootageTotals]:
    """Totals of each of these inspections; all zero where there is no footage.

    Args:
        tx: any transaction.
        inspection_ids: of which inspections.
        now: how far footage should reach of people who are in a call.
        is_awaited: whether footage of this inspection's track is known to be on its way.
    """
    wanted = list(inspection_ids)
    stored: dict[str, list[EpochFootage]] = defaultdict(list)
    for footage in await _epochs(tx, epochs.c.track_id.in_(_track_ids(wanted))):
        stored[footage.track_id].append(footage)
    declared: dict[str, list[Gap]] = defaultdict(list)
    for row in (await tx.execute(select(gaps).where(gaps.c.track_id.in_(_track_ids(wanted))))).mappings():
        declared[row["track_id"]].append(Gap(**row))
    holes = await holes_of(tx, wanted)
    accounts: dict[str, list[TrackAccount]] = defaultdict(list)
    for track in await tx.execute(
        select(tracks.c.id, tracks.c.inspection_id, participants.c.left_at, inspections.c.ended_at)
        .join(participants, participants.c.id == tracks.c.participant_id)
        .join(inspections, inspections.c.id == tracks.c.inspection_id)
        .where(tracks.c.inspection_id.in_(wanted))
    ):
        until = None if is_awaited(track.inspection_id, track.id) else track.left_at or track.ended_at or now
        account = _account(track.id, stored[track.id], declared[track.id], until, holes[track.id])
        accounts[track.inspection_id].append(account)
    return {inspection_id: _together(accounts[inspection_id], stored, now) for inspection_id in wanted}


def _account(
    track_id: str, stored: list[EpochFootage], declared: list[Gap], until: datetime | None, holes: list[Hole]
) -> TrackAccount:
    begun = [Epoch(each.track_id, each.epoch, each.began_at, each.preceded_by) for each in stored]
    return TrackAccount(track_id, begun, [each.extent for each in stored if each.extent], declared, until, holes)


def _together(accounts: list[TrackAccount], stored: dict[str, list[EpochFootage]], now: datetime) -> FootageTotals:
    of_tracks = [stored[account.track_id] for account in accounts]
    return FootageTotals(
        footage_ms=max((sum(each.footage_ms for each in track) for track in of_tracks), default=0.0),
        byte_length=sum(each.byte_length for track in of_tracks for each in track),
        gap_count=sum(len(found) for found in gaps_of_tracks(accounts, now=now).values()),
    )


def _track_ids(inspection_ids: list[str]) -> Select[tuple[str]]:
    return select(tracks.c.id).where(tracks.c.inspection_id.in_(inspection_ids))


async def _epochs(tx: Transaction, condition: ColumnElement[bool]) -> list[EpochFootage]:
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
        EpochFootage(
            **{
                **row,
                "byte_length": int(row["byte_length"]),
                "has_video": bool(row["has_video"]),
                "has_audio": bool(row["has_audio"]),
            }
        )
        for row in rows.mappings()
    ]
