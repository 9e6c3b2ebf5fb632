"""The picture steps down on purpose, and up again only when that holds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.picture import PicturePreference, PictureReason
from inspect_server.media.quality_steps import FALL_SHARE, LADDERS, PATIENCE_S, QualitySteps, Step
from tests.support.relay import Conditions
from tests.support.uplink import AUDIO_BPS, Moment, Uplink

BALANCED, SHARP, SMOOTH = PicturePreference
MBPS = 1_000_000


def feed(steps: QualitySteps, video_bps: float, seconds: float, now: float = 0.0) -> float:
    """Half a second at a time; returns when it ended."""
    for _ in range(round(seconds * 2)):
        steps.update(video_bps, now)
        now += 0.5
    return now


def follow(steps: QualitySteps, history: list[Moment]) -> list[tuple[float, Step]]:
    """Every change of step along the way of an estimate, and when it was."""
    changes = []
    for moment in history:
        before = steps.step
        steps.update(moment.sustained_bps - AUDIO_BPS, moment.at)
        if steps.step is not before:
            changes.append((moment.at, steps.step))
    return changes


def size(step: Step) -> tuple[int, int, int]:
    return step.short_side_px, step.frames_per_second, step.still_interval_s


@pytest.mark.parametrize("preference", PicturePreference)
def test_every_ladder_begins_with_the_whole_picture_ends_with_a_still_and_needs_less_and_less(
    preference: PicturePreference,
) -> None:
    ladder = LADDERS[preference]
    assert size(ladder[0]) == (720, 30, 0)
    assert ladder[-1].needs_bps == 0
    assert 0 < ladder[-1].still_interval_s <= 10
    assert all(better.needs_bps > worse.needs_bps for better, worse in pairwise(ladder))


@pytest.mark.parametrize(
    ("video_bps", "balanced", "sharp", "smooth"),
    [
        (2_000_000, (720, 30, 0), (720, 30, 0), (720, 30, 0)),
        (500_000, (540, 30, 0), (720, 15, 0), (540, 30, 0)),
        (250_000, (360, 30, 0), (720, 8, 0), (360, 30, 0)),
        (130_000, (360, 15, 0), (540, 6, 0), (270, 24, 0)),
        (75_000, (360, 8, 0), (540, 3, 0), (270, 15, 0)),
        (30_000, (270, 4, 2), (360, 4, 2), (180, 4, 2)),
        (5_000, (270, 4, 2), (360, 4, 2), (180, 4, 2)),
        (-10_000, (270, 4, 2), (360, 4, 2), (180, 4, 2)),
    ],
)
def test_what_the_network_carries_decides_and_the_wish_says_what_goes_first(
    video_bps: float, balanced: tuple[int, int, int], sharp: tuple[int, int, int], smooth: tuple[int, int, int]
) -> None:
    steps = QualitySteps()
    feed(steps, video_bps, 2)
    found = [size(steps.step)]
    for preference in (SHARP, SMOOTH):
        steps.prefer(preference)
        found.append(size(steps.step))
    assert found == [balanced, sharp, smooth]


def test_a_collapse_is_followed_at_once_and_a_small_shortage_only_if_it_lasts() -> None:
    steps = QualitySteps()
    reasons = []
    for number, video_bps in enumerate([620_000, 130_000]):
        steps.update(video_bps, number / 10)
        reasons.append(steps.reason)
    assert reasons == [PictureReason.FULL, PictureReason.NETWORK]
    assert size(steps.step) == (360, 15, 0)


def test_up_it_goes_when_the_network_has_carried_more_for_a_while() -> None:
    steps = QualitySteps()
    now = feed(steps, 130_000, 5)
    seen = []
    for later_s in (0.0, PATIENCE_S):
        steps.update(2 * MBPS, now + later_s)
        seen.append((size(steps.step), steps.reason))
    assert seen == [((360, 15, 0), PictureReason.RECOVERING), ((720, 30, 0), PictureReason.FULL)]


def test_a_network_between_two_steps_does_not_make_the_picture_jump() -> None:
    steps = QualitySteps()
    now, changes = 0.0, 0
    for second in range(600):
        before = steps.step
        # It carries the better step for four seconds and does not for two.
        now = feed(steps, 300_000 if second % 6 >= 4 else 480_000, 1, now)
        changes += steps.step is not before
    assert changes < 20


@pytest.mark.parametrize("preference", PicturePreference)
@pytest.mark.parametrize("rate_bps", [120_000, 200_000, 300_000, 500_000, 800_000, 1_500_000])
def test_on_a_steady_network_it_settles(rate_bps: int, preference: PicturePreference) -> None:
    uplink, steps = Uplink(Conditions(delay_ms=25, jitter_ms=30), rate_bps=rate_bps), QualitySteps(preference)
    follow(steps, uplink.run(30))
    assert len(follow(steps, uplink.run(300))) <= 6


def test_two_megabits_a_fifth_of_one_and_two_again() -> None:
    uplink, steps = Uplink(Conditions(delay_ms=25), rate_bps=2 * MBPS), QualitySteps()
    follow(steps, uplink.run(10))
    narrowed_at = uplink.now
    down = follow(steps, uplink.run(20, rate_bps=200_000))
    assert down[0][0] - narrowed_at < 0.6
    assert size(down[-1][1]) == (360, 15, 0)
    widened_at = uplink.now
    up = follow(steps, uplink.run(20, rate_bps=2 * MBPS))
    assert size(up[-1][1]) == (720, 30, 0)
    assert up[-1][0] - widened_at < 13


@given(st.lists(st.tuples(st.floats(min_value=-1e5, max_value=4e6), st.floats(min_value=0, max_value=5)), max_size=100))
def test_it_never_stays_above_what_the_network_carries(estimates: list[tuple[float, float]]) -> None:
    steps, now = QualitySteps(), 0.0
    for video_bps, passed_s in estimates:
        now += passed_s
        steps.update(video_bps, now)
    video_bps = estimates[-1][0] if estimates else 0.0
    feed(steps, video_bps, 2, now)
    assert FALL_SHARE * steps.step.needs_bps <= max(video_bps, 0)
