"""What a room knows of its footage, for the inspector's eyes: safe until when, what waits, which alarms. In memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspect_server.api.signalling.messages.footage import FootageAlarm, FootageState
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media.messages import FootageProgress


@dataclass(slots=True)
class RecordingState:
    """Progress per track, alarms of this room by track, and how many gaps its timeline showed when last counted."""

    progress: dict[str, FootageProgress] = field(default_factory=dict)
    alarms: set[tuple[FootageAlarm, str | None]] = field(default_factory=set)
    gap_count: int = 0

    @property
    def pending_segments(self) -> int:
        """Closed, but not yet in the object store and indexed."""
        return sum(track.pending_segments for track in self.progress.values())

    def message(self, role: ParticipantRole, *, recorded: set[str], worker_alarms: set[FootageAlarm]) -> FootageState:
        """For an inspector everything; for the others whether anybody is being recorded.

        ``recorded``: ids of the tracks that are written at the moment. All footage before ``safe_until`` is safe, so
        the track that is least far counts; who left does not hold it back.
        """
        recording = bool(recorded)
        if role is not ParticipantRole.INSPECTOR:
            return FootageState(recording=recording, safe_until=None, pending_segments=0, gap_count=0, alarms=[])
        tracks = [track for track_id, track in self.progress.items() if track_id in recorded]
        safe = [track.safe_until for track in tracks if track.safe_until is not None]
        return FootageState(
            recording=recording,
            safe_until=min(safe) if safe and len(safe) == len(tracks) else None,
            pending_segments=self.pending_segments,
            gap_count=self.gap_count,
            alarms=sorted({alarm for alarm, _ in self.alarms} | worker_alarms),
        )
