"""When a look is a new one."""

from datetime import timedelta

from inspect_server.services.viewing_log import LOOK_LASTS, ViewingLog
from tests.storage.records import NOW


def test_a_look_goes_on_as_long_as_it_does_not_pause() -> None:
    log = ViewingLog()
    now = NOW
    assert log.is_new_look("chen", "track:1", now)
    for _ in range(10):
        log.seen("chen", "track:1", now)
        now += LOOK_LASTS - timedelta(seconds=1)
        assert not log.is_new_look("chen", "track:1", now)
    assert log.is_new_look("chen", "track:1", now + timedelta(seconds=1))


def test_people_and_tracks_are_kept_apart() -> None:
    log = ViewingLog()
    log.seen("chen", "track:1", NOW)
    assert log.is_new_look("li", "track:1", NOW)
    assert log.is_new_look("chen", "track:2", NOW)


def test_when_full_the_oldest_look_is_forgotten_which_only_audits_more() -> None:
    log = ViewingLog(capacity=2)
    for name in ("first", "second", "first", "third"):
        log.seen(name, "track:1", NOW)
    assert [log.is_new_look(name, "track:1", NOW) for name in ("first", "second", "third")] == [False, True, False]
