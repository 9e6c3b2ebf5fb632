"""A recorder that keeps nothing, for a connection that is only tried out."""

from __future__ import annotations

from collections.abc import Callable

from inspect_server.domain.footage import GapReason
from inspect_server.media.access_unit import AccessUnit, MediaKind
from inspect_server.media.publication import TrackRecorder


class _Nothing:
    """Whatever it is told, there is no record."""

    def write(self, unit: AccessUnit) -> None: ...
    def left_out(self, kind: MediaKind, until_us: int) -> None: ...
    def mark(self, kind: MediaKind, reason: GapReason | None, at_us: int) -> None: ...
    def pictures_come_apart(self, seconds: float) -> None: ...
    def close(self, reason: GapReason) -> None: ...


def open_nothing(
    *,
    inspection_id: str,
    participant_id: str,
    track_id: str,
    epoch: int,
    media: frozenset[MediaKind],
    need_keyframe: Callable[[], None],
) -> TrackRecorder:
    """See ``publication.OpenRecorder``."""
    del inspection_id, participant_id, track_id, epoch, media, need_keyframe
    return _Nothing()
