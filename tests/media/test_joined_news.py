"""What several workers say of one track, and when an alarm is over."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from inspect_server.media.joined_news import MAX_TRACKS, JoinedNews
from inspect_server.media.messages import Alarm, FootageProgress

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def progress(track_id: str = "track", *, pending: int, safe_s: float | None = None) -> FootageProgress:
    return FootageProgress(
        inspection_id="inspection",
        participant_id="phone",
        track_id=track_id,
        safe_until=None if safe_s is None else NOON + timedelta(seconds=safe_s),
        pending_segments=pending,
        spooled_bytes=pending * 1000,
    )


def alarm(
    code: Literal["spool_low", "not_recording"],
    *,
    active: bool,
    inspection: str | None = None,
    track: str | None = None,
) -> Alarm:
    return Alarm(code=code, active=active, inspection_id=inspection, track_id=track)


def test_who_recovers_an_old_epoch_does_not_hide_what_is_safe_of_the_present_one() -> None:
    news = JoinedNews()
    news.progress(0, progress(pending=1, safe_s=5))
    joined = news.progress(1, progress(pending=3))
    assert (joined.safe_until, joined.pending_segments, joined.spooled_bytes) == (NOON + timedelta(seconds=5), 4, 4000)
    assert news.progress(1, progress(pending=0)).pending_segments == 1


def test_what_a_dead_worker_said_counts_no_more() -> None:
    news = JoinedNews()
    news.progress(0, progress(pending=7, safe_s=9))
    news.lost(0)
    assert news.progress(1, progress(pending=1, safe_s=2)) == progress(pending=1, safe_s=2)


def test_the_tracks_that_are_remembered_are_bounded() -> None:
    news = JoinedNews()
    for number in range(MAX_TRACKS + 1):
        news.progress(0, progress(f"track{number}", pending=1))
    assert news.progress(1, progress("track0", pending=1)).pending_segments == 1
    assert news.progress(1, progress("track1", pending=1)).pending_segments == 2


def test_an_alarm_is_over_only_when_nobody_raises_it() -> None:
    news = JoinedNews()
    assert news.alarm(0, alarm("spool_low", active=True)) == [alarm("spool_low", active=True)]
    news.alarm(1, alarm("spool_low", active=True))
    assert news.alarm(0, alarm("spool_low", active=False)) == []
    assert news.alarm(1, alarm("spool_low", active=False)) == [alarm("spool_low", active=False)]


def test_each_track_has_its_own_alarm() -> None:
    news = JoinedNews()
    for track in ("camera", "second camera"):
        news.alarm(0, alarm("not_recording", active=True, inspection="inspection", track=track))
    over = alarm("not_recording", active=False, inspection="inspection", track="camera")
    assert news.alarm(0, over) == [over]


def test_with_a_dead_worker_its_alarms_are_over() -> None:
    news = JoinedNews()
    news.alarm(0, alarm("spool_low", active=True))
    news.alarm(1, alarm("spool_low", active=True))
    news.alarm(0, alarm("not_recording", active=True, inspection="inspection", track="camera"))
    assert news.lost(0) == [alarm("not_recording", active=False, inspection="inspection", track="camera")]
