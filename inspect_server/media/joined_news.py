"""What several media workers say of footage, joined to what a single one would say. Pure.

A track may be with two workers at a time: one records its present epoch, another recovers the epoch that a dead worker
left. And an alarm is over only when no worker raises it any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from inspect_server.media.messages import Alarm, FootageProgress

# Of each worker the tracks that it spoke of last; far more than it records at a time.
MAX_TRACKS: Final = 1000

AlarmKey: TypeAlias = tuple[str, str | None, str | None]
"""Code, inspection, track."""


class JoinedNews:
    """See the module's text. Workers are known by number."""

    def __init__(self) -> None:
        self._progress: dict[int, dict[str, FootageProgress]] = {}
        self._raised: dict[int, set[AlarmKey]] = {}

    def progress(self, worker: int, news: FootageProgress) -> FootageProgress:
        """How far the footage of this track is, all workers taken together."""
        tracks = self._progress.setdefault(worker, {})
        tracks.pop(news.track_id, None)
        tracks[news.track_id] = news
        if len(tracks) > MAX_TRACKS:
            del tracks[next(iter(tracks))]
        told = [tracks[news.track_id] for tracks in self._progress.values() if news.track_id in tracks]
        return news.model_copy(
            update={
                "safe_until": max((one.safe_until for one in told if one.safe_until is not None), default=None),
                "pending_segments": sum(one.pending_segments for one in told),
                "spooled_bytes": sum(one.spooled_bytes for one in told),
            }
        )

    def alarm(self, worker: int, news: Alarm) -> list[Alarm]:
        """What to tell of it: nothing if an alarm is over that another worker still raises."""
        raised = self._raised.setdefault(worker, set())
        key = news.code, news.inspection_id, news.track_id
        if news.active:
            raised.add(key)
            return [news]
        raised.discard(key)
        return [] if self._is_raised(key) else [news]

    def lost(self, worker: int) -> list[Alarm]:
        """This worker is dead: the alarms that are over with it. Its footage is not told of until it is recovered."""
        self._progress.pop(worker, None)
        raised = self._raised.pop(worker, set())
        return _taken_back(key for key in raised if not self._is_raised(key))

    def _is_raised(self, key: AlarmKey) -> bool:
        return any(key in raised for raised in self._raised.values())


def _taken_back(alarms: Iterable[AlarmKey]) -> list[Alarm]:
    fields = [
        {"code": code, "active": False, "inspection_id": inspection_id, "track_id": track_id}
        for code, inspection_id, track_id in alarms
    ]
    return [Alarm.model_validate(one) for one in fields]
