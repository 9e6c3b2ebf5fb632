"""The hole behind the last sample of a track that never came back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.footage import Epoch, Gap, GapReason, Medium
from inspect_server.domain.timeline import (
    DERIVED,
    INDEX_LAG,
    SILENCE,
    EpochExtent,
    TrackAccount,
    gaps_of_tracks,
    trailing_gap,
)
from tests.storage.records import at

TRACK = "track"
LATER = at(100_000)
EPOCHS = [Epoch(TRACK, 0, at(0), None)]
FOOTAGE = [EpochExtent(0, at(1), at(60))]


def declared(started_s: float, ended_s: float, medium: Medium | None = None) -> Gap:
    return Gap(TRACK, 0, 0, at(started_s), at(ended_s), GapReason.MUTED, medium)


def found(
    *,
    until: datetime,
    now: datetime = LATER,
    epochs: list[Epoch] = EPOCHS,
    footage: list[EpochExtent] = FOOTAGE,
    gaps: list[Gap] | None = None,
    restarts: list[Gap] | None = None,
) -> Gap | None:
    return trailing_gap(TRACK, epochs, footage, gaps or [], until=until, now=now, restarts=restarts or [])


def test_footage_that_stopped_long_before_the_end_leaves_a_gap_up_to_it() -> None:
    assert found(until=at(300)) == Gap(TRACK, 0, DERIVED, at(60), at(300), GapReason.NETWORK)


@pytest.mark.parametrize("until_s", [30, 59, 60, 60.5, 62])
def test_footage_that_reaches_the_end_leaves_none(until_s: float) -> None:
    assert found(until=at(until_s)) is None
    assert found(until=at(62.001)) is not None


@pytest.mark.parametrize(("now_s", "is_gap"), [(61, False), (68, False), (70, False), (70.001, True), (90, True)])
def test_while_the_call_runs_ten_seconds_are_given_to_what_is_under_way(now_s: float, *, is_gap: bool) -> None:
    gap = found(until=at(now_s), now=at(now_s))
    assert (gap is not None) is is_gap
    if gap is not None:
        assert (gap.started_at, gap.ended_at) == (at(60), at(now_s))


def test_just_after_the_end_the_last_segments_are_still_waited_for() -> None:
    assert found(until=at(66), now=at(66)) is None
    assert found(until=at(66), now=at(70)) is None
    assert found(until=at(66), now=at(75)) == Gap(TRACK, 0, DERIVED, at(60), at(66), GapReason.NETWORK)


def test_a_track_without_footage_has_no_end() -> None:
    assert found(until=at(300), footage=[]) is None


def test_the_end_of_an_earlier_epoch_counts_if_it_reaches_further() -> None:
    footage = [EpochExtent(0, at(1), at(60)), EpochExtent(1, at(50), at(55))]
    gap = found(until=at(300), footage=footage, epochs=[*EPOCHS, Epoch(TRACK, 1, at(49), GapReason.NETWORK)])
    assert gap is not None
    assert (gap.epoch, gap.started_at) == (1, at(60))


def test_what_is_declared_already_is_not_told_twice() -> None:
    assert found(until=at(300), gaps=[declared(60, 300)]) is None
    gap = found(until=at(300), gaps=[declared(60, 100), declared(20, 30)])
    assert gap is not None
    assert (gap.started_at, gap.ended_at) == (at(100), at(300))


def test_a_muted_microphone_explains_no_missing_picture() -> None:
    gap = found(until=at(300), gaps=[declared(50, 300, Medium.AUDIO)])
    assert gap is not None
    assert gap.started_at == at(60)
    both = [declared(50, 300, Medium.AUDIO), declared(60, 200, Medium.VIDEO)]
    gap = found(until=at(300), gaps=both)
    assert gap is not None
    assert gap.started_at == at(200)


def test_an_epoch_that_brought_nothing_says_why() -> None:
    tries = [Epoch(TRACK, 2, at(80), GapReason.NETWORK), Epoch(TRACK, 1, at(70), GapReason.BACKGROUND)]
    gap = found(until=at(300), epochs=[*EPOCHS, *tries])
    assert gap is not None
    assert gap.reason is GapReason.BACKGROUND


@pytest.mark.parametrize(
    ("restart_s", "expected"),
    [
        (58, GapReason.RESTART),
        (60, GapReason.RESTART),
        (62, GapReason.RESTART),
        (57.9, GapReason.NETWORK),
        (62.1, GapReason.NETWORK),
    ],
)
def test_a_restart_that_broke_another_track_off_at_the_same_time_is_the_reason(
    restart_s: float, expected: GapReason
) -> None:
    restart = Gap("other", 1, DERIVED, at(restart_s), at(75), GapReason.RESTART)
    gap = found(until=at(300), restarts=[restart])
    assert gap is not None
    assert gap.reason is expected


def test_all_gaps_of_an_inspection_are_told_by_track() -> None:
    came_back = TrackAccount(
        "laptop",
        [Epoch("laptop", 0, at(0), None), Epoch("laptop", 1, at(74), GapReason.RESTART)],
        [EpochExtent(0, at(0), at(59)), EpochExtent(1, at(75), at(300))],
        [],
        until=at(300),
    )
    stayed_away = TrackAccount(TRACK, EPOCHS, FOOTAGE, [declared(20, 30)], until=at(300))
    never_there = TrackAccount("other", [], [], [], until=at(300))
    assert gaps_of_tracks([came_back, stayed_away, never_there], now=LATER) == {
        "laptop": [Gap("laptop", 1, DERIVED, at(59), at(75), GapReason.RESTART)],
        TRACK: [declared(20, 30), Gap(TRACK, 0, DERIVED, at(60), at(300), GapReason.RESTART)],
        "other": [],
    }


def test_nothing_is_missing_behind_footage_that_is_known_to_be_on_its_way() -> None:
    held_up = TrackAccount(TRACK, EPOCHS, FOOTAGE, [declared(20, 30)], until=None)
    assert gaps_of_tracks([held_up], now=LATER) == {TRACK: [declared(20, 30)]}


MOMENTS = st.integers(0, 400_000).map(lambda ms: at(ms / 1000))
STRETCHES = st.lists(
    st.tuples(st.integers(0, 200_000), st.integers(0, 60_000), st.sampled_from([None, *Medium])), max_size=4
)


@given(footage=STRETCHES, gaps=STRETCHES, until=MOMENTS, now=MOMENTS)
def test_a_trailing_gap_begins_where_the_account_ends_and_is_never_told_too_early(
    footage: list[tuple[int, int, Medium | None]],
    gaps: list[tuple[int, int, Medium | None]],
    until: datetime,
    now: datetime,
) -> None:
    extents = [
        EpochExtent(number, at(start / 1000), at((start + length) / 1000))
        for number, (start, length, _) in enumerate(footage)
    ]
    told = [declared(start / 1000, (start + length) / 1000, medium) for start, length, medium in gaps]
    gap = trailing_gap(TRACK, [], extents, told, until=min(until, now), now=now)
    newest = max((extent.ended_at for extent in extents), default=None)
    if gap is None:
        # Nothing is missing, or too little, or it is too early to tell.
        ends = [newest or until, *(each.ended_at for each in told)]
        assert min(until, now - INDEX_LAG) <= max(ends) + SILENCE
        return
    assert newest is not None
    assert gap.ended_at == min(until, now)
    assert gap.ended_at - gap.started_at > SILENCE
    assert now - gap.started_at > INDEX_LAG + SILENCE
    assert gap.started_at >= newest
    assert all(each.ended_at <= gap.started_at for each in told if each.medium is None)
    assert gap.started_at in {newest, *(each.ended_at for each in told)}


@given(footage_s=st.integers(1, 300), grown_s=st.integers(0, 300), until_s=st.integers(0, 400))
def test_more_footage_only_shortens_the_gap(footage_s: int, grown_s: int, until_s: int) -> None:
    before = found(until=at(until_s), footage=[EpochExtent(0, at(0), at(footage_s))])
    after = found(until=at(until_s), footage=[EpochExtent(0, at(0), at(footage_s + grown_s))])
    if after is not None:
        assert before is not None
        assert after.started_at - before.started_at == timedelta(seconds=grown_s)
        assert after.ended_at == before.ended_at
