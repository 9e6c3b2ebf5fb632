"""A viewer behind a narrow network gets what goes through, and nobody else notices."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media.viewer_pace import BUDGET_S, FLOOR_BPS, KEYFRAME_EVERY_S, ViewerPace

RATE_BPS = 1_500_000
FRAME_OCTETS = RATE_BPS // 8 // 30
KEYFRAME_OCTETS = 4 * FRAME_OCTETS


class Viewer:
    """30 pictures a second, a keyframe every two seconds, through a network that carries ``capacity_bps``."""

    def __init__(self, capacity_bps: float) -> None:
        self.pace = ViewerPace()
        self.capacity_bps = capacity_bps
        self.shown: list[bool] = []
        self._showing = True
        self._sent = 0
        self._number = 0

    def watch(self, seconds: int) -> None:
        for _ in range(seconds * 30):
            now = self._number / 30
            keyframe = self._number % 60 == 0
            octets = KEYFRAME_OCTETS if keyframe else FRAME_OCTETS
            if keyframe and not self._showing:
                self._showing = self.pace.may_begin
            self.pace.passed(octets, octets if self._showing else 0, now)
            self._sent += octets if self._showing else 0
            self.shown.append(self._showing)
            self._showing = self._showing and not self.pace.exhausted
            self._number += 1
            if self._number % 30 == 0:
                lost = max(0.0, 1 - self.capacity_bps / max(self._sent * 8, 1))
                self.pace.reported(lost, now)
                self._sent = 0


def test_who_follows_gets_everything() -> None:
    viewer = Viewer(capacity_bps=2 * RATE_BPS)
    viewer.watch(60)
    assert all(viewer.shown)
    assert viewer.pace.limit_bps is None


def test_a_network_that_carries_a_third_gets_about_that() -> None:
    viewer = Viewer(capacity_bps=RATE_BPS / 3)
    viewer.watch(60)
    later = viewer.shown[20 * 30 :]
    assert 0.1 < sum(later) / len(later) < 0.5
    # Never a long time without a picture.
    gaps = "".join("x" if shown else "." for shown in later).split("x")
    assert max(map(len, gaps)) <= 8 * 30


def test_back_on_a_good_network_everything_comes_again() -> None:
    viewer = Viewer(capacity_bps=RATE_BPS / 3)
    viewer.watch(20)
    limited = viewer.pace.limit_bps
    assert limited is not None
    viewer.capacity_bps = 2 * RATE_BPS
    viewer.watch(20)
    assert viewer.pace.limit_bps is None
    assert all(viewer.shown[-5 * 30 :])


def test_one_bad_moment_changes_nothing() -> None:
    pace = ViewerPace()
    for second, lost in enumerate([0.0, 0.5, 0.0, 0.4, 0.0]):
        pace.passed(100_000, 100_000, second)
        pace.reported(lost, second + 0.9)
    assert pace.limit_bps is None


def test_a_keyframe_is_asked_for_only_with_budget_and_not_often() -> None:
    pace = ViewerPace()
    for second in range(4):
        pace.passed(200_000, 200_000, second)
        pace.reported(0.6, second + 0.9)
    assert pace.limit_bps is not None
    pace.passed(0, round(pace.limit_bps * BUDGET_S / 8), 4.0)
    assert pace.exhausted
    assert not pace.wants_keyframe(4.0)
    pace.passed(0, 0, 70.0)
    assert pace.wants_keyframe(70.0)
    assert not pace.wants_keyframe(70.0 + KEYFRAME_EVERY_S / 2)
    assert pace.wants_keyframe(70.0 + KEYFRAME_EVERY_S)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 10**6), st.floats(0, 5)), max_size=100))
def test_whatever_is_reported_the_limit_keeps_its_floor_and_the_budget_its_bound(
    reports: list[tuple[float, int, float]],
) -> None:
    pace = ViewerPace()
    now = 0.0
    for lost, octets, pause in reports:
        now += pause
        pace.passed(octets, octets, now)
        pace.reported(lost, now)
        assert pace.limit_bps is None or pace.limit_bps >= FLOOR_BPS
    if pace.limit_bps is not None:
        pace.passed(0, 0, now + 1000)
        assert pace.may_begin
        assert not pace.exhausted
