"""Looking at footage: the index for the timeline, playlists, and the bytes of one segment. Every look is audited."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspect_server.domain.cases import Enterprise
from inspect_server.domain.errors import ConfigurationError, FootageUnavailable, NotFound, StorageUnavailable
from inspect_server.domain.footage import Gap, Segment, Track
from inspect_server.domain.inspections import Inspection, InspectionState, Participant
from inspect_server.domain.permissions import PERMISSIONS, Action, standings_of_user
from inspect_server.domain.timeline import Extent, TrackAccount, epoch_extents, gaps_of_tracks, recorded_extents
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import PartFile, enterprise_of, part_files, visible_inspection
from storage import footage, footage_holes, participants
from storage.engine import Transaction

SETTLING = timedelta(seconds=20)
"""After the end of an inspection its last segments are still being closed, uploaded and indexed."""

URL_VALID_S = 300


@dataclass(frozen=True, slots=True)
class TrackReplay:
    """What the timeline shows of one track."""

    track: Track
    participant: Participant
    extents: list[Extent]
    gaps: list[Gap]
    has_video: bool
    has_audio: bool


@dataclass(frozen=True, slots=True)
class InspectionReplay:
    """Everything the replay page needs to draw its timeline. ``may_end``: whether who looks may end it now."""

    inspection: Inspection
    enterprise: Enterprise
    parts: list[PartFile]
    tracks: list[TrackReplay]
    now: datetime
    may_end: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """A track's segments in playback order, as of ``now``. ``is_complete``: no segment will be added any more."""

    track: Track
    segments: list[Segment]
    is_complete: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """One segment: its bytes are at ``url`` for the browser to follow; if that is None, ``read_segment`` reads them."""

    segment: Segment
    url: str | None


async def show_footage(context: ServiceContext, by: Actor, inspection_id: str) -> InspectionReplay:
    """The timeline of an inspection.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    now = context.now()
    async with context.database.reading() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.SEE_FOOTAGE)
        parts = await part_files(tx, inspection)
        tracks = await _track_replays(context, tx, inspection, now)
        enterprise = await enterprise_of(tx, parts)
    await _note_look(context, by, inspection, f"inspection:{inspection.id}")
    standings = standings_of_user(by.user, inspection.organisation_path, inspection)
    may_end = inspection.state is InspectionState.OPEN and bool(standings & PERMISSIONS[Action.END_INSPECTION])
    return InspectionReplay(inspection, enterprise, parts, tracks, now, may_end)


async def recording(context: ServiceContext, by: Actor, track_id: str) -> Recording:
    """The segments of a track, for its playlist.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.reading() as tx:
        track, inspection = await _visible_track(tx, by, track_id)
        segments = await footage.segments_of(tx, track.id)
    await _note_look(context, by, inspection, f"track:{track.id}")
    return Recording(track, segments, _is_complete(context, inspection), context.now())


async def show_segment(context: ServiceContext, by: Actor, track_id: str, epoch: int, sequence: int) -> SegmentFile:
    """One segment, with a short-lived URL where the object store has such.

    Raises:
        NotFound, NotAllowed: see the permission table; also for a number that does not exist.
        FootageUnavailable: the object store does not hand the bytes out at the moment.
    """
    async with context.database.reading() as tx:
        track, inspection = await _visible_track(tx, by, track_id)
        segment = await footage.find_segment(tx, track.id, epoch, sequence)
    if segment is None:
        raise NotFound
    await _note_look(context, by, inspection, f"track:{track.id}")
    try:
        # Within a joined object a URL would show the neighbours as well.
        url = await context.objects.download_url(segment.object_key, expires_s=URL_VALID_S)
    except (StorageUnavailable, ConfigurationError) as error:
        raise FootageUnavailable(key=segment.object_key) from error
    return SegmentFile(segment, url if segment.object_offset == 0 else None)


async def read_segment(context: ServiceContext, segment: Segment, offset: int, length: int) -> bytes:
    """A part of the bytes of a segment that ``show_segment`` has shown.

    Raises:
        FootageUnavailable: the object store does not hand them out at the moment.
    """
    try:
        return await context.objects.get_range(segment.object_key, segment.object_offset + offset, length)
    except (StorageUnavailable, ConfigurationError, NotFound) as error:
        # Also keys that were taken away, or a bucket that is gone: the operator's matter, not the reader's.
        raise FootageUnavailable(key=segment.object_key) from error


def _is_complete(context: ServiceContext, inspection: Inspection) -> bool:
    """Decided by the clock and by what the media worker reports: late uploads keep a playlist open.

    Footage that a crash left in the spool may still come after that; a page that is opened anew then shows it.
    """
    if inspection.state is InspectionState.OPEN or inspection.ended_at is None:
        return False
    return context.now() - inspection.ended_at >= SETTLING and not context.uploads_pending(inspection.id)


async def _track_replays(
    context: ServiceContext, tx: Transaction, inspection: Inspection, now: datetime
) -> list[TrackReplay]:
    seated = {participant.id: participant for participant in await participants.participants_of(tx, inspection.id)}
    declared: dict[str, list[Gap]] = defaultdict(list)
    for gap in await footage.gaps_of(tx, inspection.id):
        declared[gap.track_id].append(gap)
    tracks = await footage.tracks_of(tx, inspection.id)
    segments = {track.id: await footage.segments_of(tx, track.id) for track in tracks}
    holes = await footage_holes.holes_of(tx, [inspection.id])
    accounts = [
        TrackAccount(
            track.id,
            await footage.epochs_of(tx, track.id),
            epoch_extents(segments[track.id]),
            declared[track.id],
            until=_footage_due(context, inspection, seated[track.participant_id], track, now),
            holes=holes[track.id],
        )
        for track in tracks
    ]
    missing = gaps_of_tracks(accounts, now=now)
    return [
        TrackReplay(
            track=track,
            participant=seated[track.participant_id],
            extents=recorded_extents(segments[track.id]),
            gaps=missing[track.id],
            has_video=any(segment.has_video for segment in segments[track.id]),
            has_audio=any(segment.has_audio for segment in segments[track.id]),
        )
        for track in tracks
    ]


def _footage_due(
    context: ServiceContext, inspection: Inspection, participant: Participant, track: Track, now: datetime
) -> datetime | None:
    """How far the track should reach; None while the object store or the network holds up what was recorded."""
    if context.track_uploads_pending(inspection.id, track.id):
        return None
    return participant.left_at or inspection.ended_at or now


async def _visible_track(tx: Transaction, by: Actor, track_id: str) -> tuple[Track, Inspection]:
    track = await footage.track(tx, track_id)
    if track is None:
        raise NotFound
    return track, await visible_inspection(tx, by, track.inspection_id, Action.SEE_FOOTAGE)


async def _note_look(context: ServiceContext, by: Actor, inspection: Inspection, subject: str) -> None:
    now = context.now()
    if context.viewing_log.is_new_look(by.user.id, subject, now):
        async with context.database.transaction() as tx:
            await record(
                context,
                tx,
                f"user:{by.user.id}",
                "footage.viewed",
                subject,
                organisation_path=inspection.organisation_path,
                address=by.address,
                details={"inspection": inspection.id},
            )
    context.viewing_log.seen(by.user.id, subject, now)
