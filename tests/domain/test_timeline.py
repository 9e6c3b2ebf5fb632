"""What footage there is and what is missing, on the wall clock."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.footage import Epoch, Gap, GapReason, Medium, Segment, SegmentKind
from inspect_server.domain.timeline import (
    DERIVED,
    TOLERANCE,
    EpochExtent,
    Extent,
    TrackAccount,
    epoch_extents,
    gaps_between_epochs,
    gaps_of_tracks,
    merge,
    merge_gaps,
    reason_for_new_epoch,
    recorded_extents,
    told_once,
)
from tests.storage.records import NOW, a_segment, at

TRACK = "track"
# Whole milliseconds, many of them close together, so that edges fall within, on and just beyond the tolerance.
MILLISECONDS = st.integers(0, 3000)


def extent(started_s: float, ended_s: float) -> Extent:
    return Extent(at(started_s), at(ended_s))


def epoch(number: int, preceded_by: GapReason | None = None) -> Epoch:
    return Epoch(TRACK, number, at(number), preceded_by)


def gap(started_s: float, ended_s: float, reason: GapReason = GapReason.NETWORK, medium: Medium | None = None) -> Gap:
    return Gap(TRACK, 0, 0, at(started_s), at(ended_s), reason, medium)


@st.composite
def extents(draw: st.DrawFn) -> list[Extent]:
    starts_and_lengths = draw(st.lists(st.tuples(MILLISECONDS, st.integers(0, 600)), max_size=8))
    return [extent(start / 1000, (start + length) / 1000) for start, length in starts_and_lengths]


@st.composite
def some_gaps(draw: st.DrawFn) -> list[Gap]:
    reasons = st.sampled_from([GapReason.NETWORK, GapReason.MUTED])
    media = st.sampled_from([None, Medium.AUDIO])
    drawn = draw(st.lists(st.tuples(extents(), reasons, media), max_size=3))
    return [
        Gap(TRACK, 0, 0, each.started_at, each.ended_at, reason, medium)
        for stretches, reason, medium in drawn
        for each in stretches
    ]


def covers(stretches: list[Extent], moment: datetime) -> bool:
    return any(each.started_at <= moment <= each.ended_at for each in stretches)


# Merging


def test_stretches_within_a_quarter_of_a_second_are_one() -> None:
    assert merge([extent(4.25, 8), extent(0, 4)]) == [extent(0, 8)]
    assert merge([extent(4.251, 8), extent(0, 4)]) == [extent(0, 4), extent(4.251, 8)]


@given(stretches=extents())
def test_merged_stretches_are_ordered_and_apart(stretches: list[Extent]) -> None:
    merged = merge(stretches)
    for before, after in itertools.pairwise(merged):
        assert after.started_at - before.ended_at > TOLERANCE


@given(stretches=extents(), moment_ms=st.integers(0, 3600))
def test_merging_loses_nothing_and_adds_only_what_lies_between_close_neighbours(
    stretches: list[Extent], moment_ms: int
) -> None:
    moment = at(moment_ms / 1000)
    is_covered = covers(merge(stretches), moment)
    if covers(stretches, moment):
        assert is_covered
    elif is_covered:
        before = max(each.ended_at for each in stretches if each.ended_at < moment)
        after = min(each.started_at for each in stretches if each.started_at > moment)
        assert after - before <= TOLERANCE


@given(stretches=extents())
def test_merging_again_changes_nothing_and_order_does_not_matter(stretches: list[Extent]) -> None:
    assert merge(merge(stretches)) == merge(stretches) == merge(reversed(stretches))


# Extents of segments


def test_init_segments_take_no_time() -> None:
    segments = [
        a_segment(TRACK, 0, 0, kind=SegmentKind.INIT, started_at=at(0)),
        a_segment(TRACK, 0, 1, started_at=at(1)),
        a_segment(TRACK, 0, 2, started_at=at(5)),
        a_segment(TRACK, 1, 0, kind=SegmentKind.INIT, started_at=at(20)),
    ]
    assert recorded_extents(segments) == [extent(1, 9)]
    assert epoch_extents(segments) == [EpochExtent(0, at(1), at(9))]


@given(
    planned=st.lists(st.tuples(st.integers(0, 3), MILLISECONDS, st.integers(0, 600)), max_size=10),
)
def test_an_epoch_reaches_from_its_first_sample_to_its_last(planned: list[tuple[int, int, int]]) -> None:
    segments = [
        a_segment(TRACK, number, sequence, started_at=at(start / 1000), duration_ms=length)
        for sequence, (number, start, length) in enumerate(planned)
    ]
    found = epoch_extents(segments)
    assert [each.epoch for each in found] == sorted({number for number, _, _ in planned})
    for each in found:
        own = [segment for segment in segments if segment.epoch == each.epoch]
        assert each.started_at == min(segment.started_at for segment in own)
        assert each.ended_at == max(ends_at(segment) for segment in own)


def ends_at(segment: Segment) -> datetime:
    return segment.started_at + timedelta(milliseconds=segment.duration_ms)


# Gaps between epochs


@pytest.mark.parametrize("reason", GapReason)
def test_a_hole_between_epochs_takes_the_reason_of_the_epoch_behind_it(reason: GapReason) -> None:
    [found] = gaps_between_epochs(
        TRACK, [epoch(0), epoch(1, reason)], [EpochExtent(0, at(0), at(10)), EpochExtent(1, at(14), at(20))]
    )
    assert found == Gap(TRACK, 1, DERIVED, at(10), at(14), reason)


def test_epochs_that_overlap_or_touch_leave_no_hole() -> None:
    epochs = [epoch(number, GapReason.NETWORK) for number in range(3)]
    extents_ = [EpochExtent(0, at(0), at(10)), EpochExtent(1, at(8), at(9)), EpochExtent(2, at(10.25), at(20))]
    assert gaps_between_epochs(TRACK, epochs, extents_) == []


def test_an_epoch_that_brought_nothing_still_says_why_the_one_before_it_ended() -> None:
    epochs = [epoch(0), epoch(1, GapReason.RESTART), epoch(2, GapReason.NETWORK)]
    [found] = gaps_between_epochs(TRACK, epochs, [EpochExtent(0, at(0), at(10)), EpochExtent(2, at(14), at(20))])
    assert (found.epoch, found.reason) == (2, GapReason.RESTART)


def test_a_hole_that_nobody_gave_a_reason_for_is_put_down_to_the_network() -> None:
    [found] = gaps_between_epochs(
        TRACK, [epoch(0), epoch(1)], [EpochExtent(0, at(0), at(10)), EpochExtent(1, at(14), at(20))]
    )
    assert found.reason is GapReason.NETWORK


def test_a_single_epoch_and_none_at_all_have_no_hole_between() -> None:
    assert gaps_between_epochs(TRACK, [], []) == []
    assert gaps_between_epochs(TRACK, [epoch(0)], [EpochExtent(0, at(0), at(10))]) == []


@given(stretches=extents(), moment_ms=st.integers(0, 3600))
def test_every_moment_between_first_and_last_sample_is_footage_or_a_gap(
    stretches: list[Extent], moment_ms: int
) -> None:
    # Epochs begin one after the other, and a later one may reach less far than the one before.
    ordered = sorted(stretches, key=lambda each: each.started_at)
    epochs = [epoch(number, GapReason.NETWORK) for number in range(len(ordered))]
    found = gaps_between_epochs(
        TRACK,
        epochs,
        [EpochExtent(number, each.started_at, each.ended_at) for number, each in enumerate(ordered)],
    )
    holes = [Extent(each.started_at, each.ended_at) for each in found]
    assert all(hole.ended_at - hole.started_at > TOLERANCE for hole in holes)
    moment = at(moment_ms / 1000)
    if ordered and ordered[0].started_at < moment < max(each.ended_at for each in ordered):
        assert covers(merge(ordered), moment) or covers(holes, moment)


# Gaps on the timeline


def test_gaps_of_one_reason_that_touch_are_drawn_as_one() -> None:
    assert merge_gaps([gap(4, 6), gap(0, 4)]) == [gap(0, 6)]
    assert merge_gaps([gap(0, 9), gap(2, 4)]) == [gap(0, 9)]
    assert merge_gaps([gap(0, 4), gap(4.3, 6)]) == [gap(0, 4), gap(4.3, 6)]


def test_gaps_of_different_reasons_or_media_stay_apart() -> None:
    told = [gap(0, 4), gap(2, 5, GapReason.MUTED), gap(4, 6, medium=Medium.AUDIO)]
    assert merge_gaps(told) == told


def test_a_gap_of_another_kind_does_not_cut_one_in_two() -> None:
    assert merge_gaps([gap(0, 4), gap(2, 3, GapReason.MUTED), gap(4, 6)]) == [
        gap(0, 6),
        gap(2, 3, GapReason.MUTED),
    ]


@given(told=some_gaps())
def test_drawing_gaps_as_one_hides_none_and_leaves_no_alike_neighbours(told: list[Gap]) -> None:
    merged = merge_gaps(told)
    assert merged == merge_gaps(reversed(told))
    starts = [each.started_at for each in merged]
    assert starts == sorted(starts)
    assert merge_gaps(merged) == merged
    for kind in {(each.reason, each.medium) for each in told}:
        alike = [Extent(each.started_at, each.ended_at) for each in told if (each.reason, each.medium) == kind]
        drawn = [Extent(each.started_at, each.ended_at) for each in merged if (each.reason, each.medium) == kind]
        assert drawn == merge(alike)


BOTH, PICTURE = None, Medium.VIDEO


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        pytest.param([gap(0, 209), gap(1, 33, GapReason.BACKGROUND, PICTURE)], [gap(0, 209)], id="within"),
        pytest.param(
            [gap(0.2, 209), gap(0, 32, GapReason.BACKGROUND, PICTURE)], [gap(0.2, 209)], id="sound-a-bit-longer"
        ),
        pytest.param(
            [gap(5, 209), gap(0, 32, GapReason.BACKGROUND, PICTURE)],
            [gap(0, 5, GapReason.BACKGROUND, PICTURE), gap(5, 209)],
            id="picture-first-then-both",
        ),
        pytest.param(
            [gap(5, 20), gap(10, 30, GapReason.MUTED, PICTURE)],
            [gap(5, 20), gap(20, 30, GapReason.MUTED, PICTURE)],
            id="both-then-picture-only",
        ),
        pytest.param(
            [gap(0, 60, GapReason.MUTED, PICTURE), gap(20, 24)],
            [gap(0, 60, GapReason.MUTED, PICTURE), gap(20, 24)],
            id="an-outage-while-muted",
        ),
    ],
)
def test_one_stop_is_told_once(missing: list[Gap], told: list[Gap]) -> None:
    account = TrackAccount(TRACK, [], [], missing, until=None)
    assert gaps_of_tracks([account], now=at(300)) == {TRACK: told}


@given(missing=some_gaps())
def test_telling_a_stop_once_hides_nothing_longer_than_the_tolerance(missing: list[Gap]) -> None:
    merged = merge_gaps(missing)
    told = [Extent(each.started_at, each.ended_at) for each in told_once(merged)]
    for each in merged:
        for hole in _uncovered(Extent(each.started_at, each.ended_at), told):
            assert hole.ended_at - hole.started_at <= TOLERANCE


def _uncovered(stretch: Extent, told: list[Extent]) -> list[Extent]:
    holes, begun = [], stretch.started_at
    for each in merge(told, timedelta(0)):
        if begun < min(each.started_at, stretch.ended_at):
            holes.append(Extent(begun, min(each.started_at, stretch.ended_at)))
        begun = max(begun, each.ended_at)
    return [*holes, Extent(begun, stretch.ended_at)] if begun < stretch.ended_at else holes


# Why the epoch before ended


def test_the_first_epoch_has_none_before_it() -> None:
    assert (
        reason_for_new_epoch(previous_began_at=None, known_end=GapReason.NETWORK, left_at=at(1), server_started_at=NOW)
        is None
    )


@pytest.mark.parametrize("known_end", GapReason)
@pytest.mark.parametrize("left_at", [None, at(5)])
@pytest.mark.parametrize("server_started_at", [at(-60), at(6)])
def test_what_this_process_saw_counts_most(
    known_end: GapReason, left_at: datetime | None, server_started_at: datetime
) -> None:
    reason = reason_for_new_epoch(
        previous_began_at=at(0), known_end=known_end, left_at=left_at, server_started_at=server_started_at
    )
    assert reason is known_end


@pytest.mark.parametrize(
    ("left_at", "server_started_at", "expected"),
    [
        (at(5), at(-60), GapReason.LEFT),
        # Left, then the server was started anew: the leaving ended the epoch.
        (at(5), at(6), GapReason.LEFT),
        # The leaving belongs to an epoch before the last one.
        (at(-5), at(-60), GapReason.NETWORK),
        (at(-5), at(6), GapReason.RESTART),
        (None, at(6), GapReason.RESTART),
        (None, at(-60), GapReason.NETWORK),
    ],
)
def test_otherwise_leaving_then_a_restart_then_the_network_explain_it(
    left_at: datetime | None, server_started_at: datetime, expected: GapReason
) -> None:
    reason = reason_for_new_epoch(
        previous_began_at=at(0), known_end=None, left_at=left_at, server_started_at=server_started_at
    )
    assert reason is expected
