"""The timeline of an inspection."""

from __future__ import annotations

from inspect_server.api import schemas
from inspect_server.domain.inspections import InspectionState
from inspect_server.services.replaying import InspectionReplay, TrackReplay


def footage_index(replay: InspectionReplay) -> schemas.FootageIndex:
    """The timeline."""
    part = replay.parts[0]
    return schemas.FootageIndex(
        inspection_id=replay.inspection.id,
        case_id=part.case.id,
        case_number=part.case.number,
        permit_item_name=part.permit_item.name,
        enterprise_name=replay.enterprise.name,
        kind=replay.inspection.kind,
        live=replay.inspection.state is InspectionState.OPEN,
        started_at=replay.inspection.started_at,
        ended_at=replay.inspection.ended_at,
        server_now=replay.now,
        may_end=replay.may_end,
        tracks=[_track(track) for track in replay.tracks],
    )


def _track(replay: TrackReplay) -> schemas.TrackFootage:
    return schemas.TrackFootage(
        track_id=replay.track.id,
        participant_id=replay.participant.id,
        participant_name=replay.participant.display_name,
        role=replay.participant.role,
        source=replay.track.source,
        playlist_url=f"/api/footage/{replay.track.id}/playlist.m3u8",
        extents=[schemas.ExtentView(started_at=each.started_at, ended_at=each.ended_at) for each in replay.extents],
        gaps=[
            schemas.GapView(started_at=gap.started_at, ended_at=gap.ended_at, reason=gap.reason, medium=gap.medium)
            for gap in replay.gaps
        ],
        has_video=replay.has_video,
        has_audio=replay.has_audio,
    )
