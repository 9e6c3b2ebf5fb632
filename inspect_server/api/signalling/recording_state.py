"""What a room knows of its footage, for the inspector's eyes: safe until when, what waits, which alarms. In memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspect_server.api.signalling.messages import FootageAlarm, FootageState
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media.messages import FootageProgress


@dataclass(slots=True)
class RecordingState:
    """Progress per track, alarms of this room and the count of losses since it opened."""

    progress: dict[str, FootageProgress] = field(default_factory=dict)
    alarms: set[FootageAlarm] = field(default_factory=set)
    gap_count: int = 0

    @property
    def pending_segments(self) -> int:
        """Closed, but not yet in the object store and indexed."""
        return sum(track.pending_segments for track in self.progress.values())

    def message(self, role: ParticipantRole, *, recording: bool, worker_alarms: set[FootageAlarm]) -> FootageState:
        """For an inspector everything; for the others whether they are being recorded."""
        if role is not ParticipantRole.INSPECTOR:
            return FootageState(recording=recording, safe_until=None, pending_segments=0, gap_count=0, alarms=[])
        safe = [track.safe_until for track in self.progress.values() if track.safe_until is not None]
        return FootageState(
            recording=recording,
            # The newest of the tracks: who left some time ago does not hold it back.
            safe_until=max(safe, default=None),
            pending_segments=self.pending_segments,
            gap_count=self.gap_count,
            alarms=sorted(self.alarms | worker_alarms),
        )
