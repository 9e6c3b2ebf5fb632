"""The arithmetic of what footage there is and what is missing, on the wall clock. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from inspect_server.domain.footage import Epoch, Gap, GapReason, Medium, Segment, SegmentKind

TOLERANCE = timedelta(milliseconds=250)
"""Two stretches this close are one: the last frame's duration and the epochs' clock anchors are no better known."""

SILENCE = timedelta(seconds=2)
"""A track may end this long before its participant leaves: connections close first, and a crash costs a second."""

INDEX_LAG = timedelta(seconds=8)
"""Footage that is all right may be this late in the index: a segment of up to 6 s, then its upload."""

DERIVED = -1
"""``Gap.number`` of a gap that nobody declared: within an epoch, between epochs or behind the last one."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A stretch of time, ``started_at <= ended_at``."""

    started_at: datetime
    ended_at: datetime

    @property
    def duration_ms(self) -> float:
        return (self.ended_at - self.started_at) / timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class EpochExtent:
    """From the first to the last sample of one epoch."""

    epoch: int
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Hole:
    """What is not in the index between two neighbours of one epoch: segments in between, or the end of the first."""

    epoch: int
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class TrackAccount:
    """What is known of one track.

    ``declared`` are the gaps that were told of as they happened. ``until`` is how far footage should reach: the
    participant's leaving, else the inspection's end, else now; None while more of it is known to be on its way.
    ``holes`` are those between neighbours in the index, whatever explains them.
    """

    track_id: str
    epochs: Sequence[Epoch]
    extents: Sequence[EpochExtent]
    declared: Sequence[Gap]
    until: datetime | None
    holes: Sequence[Hole] = ()


def is_settled(resumes_at: datetime, now: datetime) -> bool:
    """Whether what lacks in front of a stored segment of the same epoch, which starts at ``resumes_at``, is lost.

    Segments of an epoch are told of in their order, so that it could only be late by a repetition.
    """
    return resumes_at <= now - INDEX_LAG


def extent_of(segment: Segment) -> Extent:
    """When the samples of a media segment were taken."""
    return Extent(segment.started_at, segment.started_at + timedelta(milliseconds=segment.duration_ms))


def merge(extents: Iterable[Extent], tolerance: timedelta = TOLERANCE) -> list[Extent]:
    """Ordered and disjoint: stretches that overlap or lie within ``tolerance`` become one."""
    merged: list[Extent] = []
    for extent in sorted(extents, key=lambda extent: (extent.started_at, extent.ended_at)):
        if merged and extent.started_at <= merged[-1].ended_at + tolerance:
            last = merged.pop()
            merged.append(Extent(last.started_at, max(last.ended_at, extent.ended_at)))
        else:
            merged.append(extent)
    return merged


def recorded_extents(segments: Iterable[Segment]) -> list[Extent]:
    """The stretches without a hole that ``segments`` of one track cover."""
    return merge(extent_of(segment) for segment in segments if segment.kind is SegmentKind.MEDIA)


def epoch_extents(segments: Iterable[Segment]) -> list[EpochExtent]:
    """One for each epoch that has media, ordered by epoch."""
    found: dict[int, Extent] = {}
    for segment in segments:
        if segment.kind is SegmentKind.MEDIA:
            extent = extent_of(segment)
            known = found.get(segment.epoch, extent)
            found[segment.epoch] = Extent(
                min(known.started_at, extent.started_at), max(known.ended_at, extent.ended_at)
            )
    return [EpochExtent(epoch, found[epoch].started_at, found[epoch].ended_at) for epoch in sorted(found)]


def gaps_between_epochs(
    track_id: str, epochs: Sequence[Epoch], extents: Sequence[EpochExtent], tolerance: timedelta = TOLERANCE
) -> list[Gap]:
    """The holes between the epochs of one track, oldest first.

    A hole takes the reason why the epoch before it ended, which the epoch right after that one recorded, even if that
    next epoch brought no media itself. Epochs that overlap (the second connection opens beside the first) leave no
    hole. A gap belongs to the epoch that ends it.
    """
    reasons = {epoch.number: epoch.preceded_by for epoch in epochs}
    ordered = sorted(extents, key=lambda extent: extent.epoch)
    gaps: list[Gap] = []
    if not ordered:
        return gaps
    covered_until = ordered[0].ended_at
    for before, after in pairwise(ordered):
        if after.started_at > covered_until + tolerance:
            following = [number for number in sorted(reasons) if before.epoch < number <= after.epoch]
            reason = next((reasons[number] for number in following if reasons[number]), None) or GapReason.NETWORK
            gaps.append(Gap(track_id, after.epoch, DERIVED, covered_until, after.started_at, reason))
        covered_until = max(covered_until, after.ended_at)
    return gaps


def gaps_within_epochs(track: TrackAccount, between: Sequence[Gap], *, now: datetime) -> list[Gap]:
    """What was recorded and is lost: a file that the disk spoiled, or that the store or the index refused.

    Args:
        track: whose ``holes`` are looked at. What another of its epochs covers, which ran beside, is not missing.
        between: the gaps between its epochs; what these or declared ones cover is told already.
        now: a hole that is not settled yet may still be filled.
    """
    told = [Extent(gap.started_at, gap.ended_at) for gap in (*track.declared, *between) if gap.medium is None]
    gaps: list[Gap] = []
    for hole in track.holes:
        if not is_settled(hole.ended_at, now):
            continue
        beside = [Extent(each.started_at, each.ended_at) for each in track.extents if each.epoch != hole.epoch]
        gaps += [
            Gap(track.track_id, hole.epoch, DERIVED, left.started_at, left.ended_at, GapReason.DAMAGED)
            for left in _rest_of(Extent(hole.started_at, hole.ended_at), [*told, *beside])
        ]
    return gaps


def trailing_gap(
    track_id: str,
    epochs: Sequence[Epoch],
    extents: Sequence[EpochExtent],
    declared: Iterable[Gap],
    *,
    until: datetime,
    now: datetime,
    restarts: Iterable[Gap] = (),
) -> Gap | None:
    """The hole at the end of a track whose footage stopped and never came back; None if there is no such.

    Args:
        track_id: of the track.
        epochs: those of the track.
        extents: what each of them holds; a track without any footage has no end to speak of.
        declared: gaps of the track that are told of already; what they cover is no second hole.
        until: how far footage should reach: the participant's leaving, else the inspection's end, else ``now``.
        now: footage of the last ``INDEX_LAG`` may still be on its way.
        restarts: gaps of the inspection's other tracks that a restart of the server made.

    Returns:
        A gap up to ``until``. Its reason is what the next epoch recorded, if one began but brought nothing; a restart,
        if one broke off another track within ``SILENCE`` of this one's end; else the network.
    """
    if not extents:
        return None
    last = max(extents, key=lambda extent: extent.epoch)
    covered_until = _told_until(max(extent.ended_at for extent in extents), declared)
    if min(until, now - INDEX_LAG) <= covered_until + SILENCE:
        return None
    tries = sorted((epoch for epoch in epochs if epoch.number > last.epoch), key=lambda epoch: epoch.number)
    reason = next((epoch.preceded_by for epoch in tries if epoch.preceded_by), None)
    if reason is None:
        is_restart = any(abs(gap.started_at - covered_until) <= SILENCE for gap in restarts)
        reason = GapReason.RESTART if is_restart else GapReason.NETWORK
    return Gap(track_id, last.epoch, DERIVED, covered_until, until, reason)


def gaps_of_tracks(tracks: Sequence[TrackAccount], *, now: datetime) -> dict[str, list[Gap]]:
    """Everything that is missing of an inspection's ``tracks``, as the timeline shows it, by track."""
    between = {track.track_id: gaps_between_epochs(track.track_id, track.epochs, track.extents) for track in tracks}
    restarts = [gap for gaps in between.values() for gap in gaps if gap.reason is GapReason.RESTART]
    found: dict[str, list[Gap]] = {}
    for track in tracks:
        told = between[track.track_id]
        gaps = [*track.declared, *told, *gaps_within_epochs(track, told, now=now)]
        if track.until is not None:
            behind = trailing_gap(
                track.track_id,
                track.epochs,
                track.extents,
                track.declared,
                until=track.until,
                now=now,
                restarts=restarts,
            )
            gaps += [behind] if behind else []
        found[track.track_id] = told_once(merge_gaps(gaps))
    return found


def _rest_of(whole: Extent, covered: Iterable[Extent]) -> list[Extent]:
    """The stretches of ``whole`` longer than ``TOLERANCE`` that none of ``covered`` covers."""
    rest: list[Extent] = []
    reached = whole.started_at
    for extent in merge(covered):
        if extent.started_at > reached:
            rest.append(Extent(reached, min(extent.started_at, whole.ended_at)))
        reached = max(reached, extent.ended_at)
    rest.append(Extent(reached, max(reached, whole.ended_at)))
    return [left for left in rest if left.ended_at - left.started_at > TOLERANCE]


def _told_until(footage_ends_at: datetime, declared: Iterable[Gap]) -> datetime:
    """Up to when footage or a declared gap accounts for picture and sound."""
    ends = dict.fromkeys((None, *Medium), footage_ends_at)
    for gap in declared:
        ends[gap.medium] = max(ends[gap.medium], gap.ended_at)
    return max(ends[None], min(ends[medium] for medium in Medium))


def merge_gaps(gaps: Iterable[Gap]) -> list[Gap]:
    """For the timeline: in order of time; those of one reason and medium that touch or overlap are one."""
    merged: dict[tuple[GapReason, Medium | None], list[Gap]] = {}
    for gap in sorted(gaps, key=_in_time):
        alike = merged.setdefault((gap.reason, gap.medium), [])
        if alike and gap.started_at <= alike[-1].ended_at + TOLERANCE:
            alike[-1] = replace(alike[-1], ended_at=max(alike[-1].ended_at, gap.ended_at))
        else:
            alike.append(gap)
    return sorted((gap for alike in merged.values() for gap in alike), key=_in_time)


def told_once(gaps: Sequence[Gap]) -> list[Gap]:
    """Where everything is missing, it is not told again that the picture or the sound is.

    A gap of one medium ends where one of both begins, and begins where that one ends; one that only goes on through it
    (a microphone muted over an outage) stays whole.
    """
    everything = [gap for gap in gaps if gap.medium is None]
    told = []
    for gap in gaps:
        left = gap if gap.medium is None else _outside(gap, everything)
        if left == gap or left.ended_at - left.started_at > TOLERANCE:
            told.append(left)
    return sorted(told, key=_in_time)


def _outside(gap: Gap, everything: Sequence[Gap]) -> Gap:
    """``gap`` without its beginning and its end as far as ``everything``, in order of time, covers these."""
    started_at, ended_at = gap.started_at, gap.ended_at
    for whole in everything:
        if whole.started_at <= started_at < whole.ended_at:
            started_at = min(whole.ended_at, ended_at)
    for whole in reversed(everything):
        if whole.started_at < ended_at <= whole.ended_at:
            ended_at = max(whole.started_at, started_at)
    return replace(gap, started_at=started_at, ended_at=ended_at)


def _in_time(gap: Gap) -> tuple[datetime, datetime, str, str]:
    """Where a gap stands on the timeline; the order of those at the same time is fixed, too."""
    return gap.started_at, gap.ended_at, gap.reason, gap.medium or ""


def reason_for_new_epoch(
    *,
    previous_began_at: datetime | None,
    known_end: GapReason | None,
    left_at: datetime | None,
    server_started_at: datetime,
) -> GapReason | None:
    """Why the epoch before ended, told when the next one begins.

    Args:
        previous_began_at: when the epoch before began; None if there is none.
        known_end: how its connection ended, if this server process saw it.
        left_at: when the participant left on purpose, None if they came back since or never left.
        server_started_at: start of this server process.

    Returns:
        None for the first epoch of a track.
    """
    if previous_began_at is None:
        return None
    if known_end is not None:
        return known_end
    if left_at is not None and left_at >= previous_began_at:
        return GapReason.LEFT
    return GapReason.RESTART if previous_began_at < server_started_at else GapReason.NETWORK
