"""A viewer behind a narrow network sees what goes through, soon, and holds nobody up: in virtual time."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.downlink import Camera, Timeline, Viewer
from tests.support.relay import CLEAN, Conditions

GOOD = Conditions(delay_ms=25)
SETTLED_S = 6.0


@dataclass
class Watched:
    """A camera of 2.3 Mbit/s that two watch, one of whom has a good network."""

    time: Timeline
    camera: Camera
    slow: Viewer
    other: Viewer


def watched(conditions: Conditions = GOOD, *, rtx: bool = True) -> Watched:
    time = Timeline()
    camera = Camera(time)
    watched = Watched(time, camera, Viewer(time, camera, conditions, rtx=rtx), Viewer(time, camera, GOOD))
    time.run(SETTLED_S)
    return watched


@pytest.mark.parametrize("rtx", [True, False], ids=["rtx", "plain"])
@pytest.mark.parametrize("queue_ms", [300, 2000])
@pytest.mark.parametrize("rate_bps", [500_000, 1_000_000, 2_000_000])
def test_on_a_narrow_network_the_picture_goes_on_near_live_and_sound_whole(
    rate_bps: int, queue_ms: int, rtx: bool
) -> None:
    call = watched(rtx=rtx)
    narrowed_at = call.time.now
    call.slow.set_conditions(rate_bps=rate_bps, queue_ms=queue_ms)
    call.time.run(20)
    # A keyframe comes every two seconds at least, for it is asked for.
    assert call.slow.longest_still_s(narrowed_at) <= 3.0
    assert call.slow.furthest_behind_s(narrowed_at) <= 2.5
    assert call.slow.sound_lost(narrowed_at) <= 0.04


@pytest.mark.parametrize("queue_ms", [300, 2000])
def test_where_hardly_a_keyframe_goes_through_in_time_there_are_pictures_still(queue_ms: int) -> None:
    call = watched()
    narrowed_at = call.time.now
    call.slow.set_conditions(rate_bps=300_000, queue_ms=queue_ms)
    call.time.run(20)
    assert call.slow.longest_still_s(narrowed_at) <= 6
    assert call.slow.furthest_behind_s(narrowed_at) <= 5


def test_nobody_else_notices() -> None:
    call = watched()
    narrowed_at, keyframes = call.time.now, call.camera.keyframes
    call.slow.set_conditions(rate_bps=500_000)
    call.time.run(20)
    assert call.other.longest_still_s(narrowed_at) < 0.2
    assert call.other.furthest_behind_s(narrowed_at) < 0.2
    assert call.other.stream.limited is False
    assert call.camera.keyframes - keyframes <= 20 / 2 + 1


def test_whoever_leaves_the_narrow_network_sees_everything_again() -> None:
    call = watched()
    call.slow.set_conditions(rate_bps=500_000)
    call.time.run(20)
    narrow_shown = len(call.slow.shown)
    call.slow.set_conditions(rate_bps=0)
    call.time.run(15)
    wide_at = call.time.now
    call.time.run(5)
    assert not call.slow.stream.limited
    assert len(call.slow.shown) - narrow_shown > 5 * 29
    assert call.slow.longest_still_s(wide_at) < 0.2


@pytest.mark.parametrize(
    "conditions",
    [
        GOOD,
        CLEAN,
        Conditions(delay_ms=300),
        Conditions(delay_ms=25, jitter_ms=60),
        Conditions(delay_ms=25, loss=0.1),
        Conditions(delay_ms=50, loss=0.3),
        Conditions(delay_ms=25, rate_bps=4_000_000),
    ],
    ids=["good", "clean", "far", "restless", "loss-10", "loss-30", "wide-enough"],
)
def test_a_network_that_carries_the_picture_gets_all_of_it(conditions: Conditions) -> None:
    call = watched(conditions)
    call.time.run(20)
    assert not call.slow.stream.limited
    assert len(call.slow.shown) >= 0.95 * len(call.other.shown)


@pytest.mark.parametrize("since_a_report_s", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
def test_a_viewer_that_was_not_met_where_it_moved_to_is_not_taken_for_a_slow_one(since_a_report_s: float) -> None:
    call = watched()
    call.time.run(since_a_report_s)
    call.slow.move()
    moved_at = call.time.now
    for _ in range(50):
        call.time.run(0.1)
        assert not call.slow.stream.limited
    assert call.slow.longest_still_s(moved_at) <= 1.5


def test_a_moment_without_a_network_is_none_of_a_narrow_one() -> None:
    call = watched()
    call.slow.set_conditions(down=True)
    call.time.run(1)
    call.slow.set_conditions(down=False)
    back_at = call.time.now
    call.time.run(6)
    assert call.slow.longest_still_s(back_at + 2) < 0.3
