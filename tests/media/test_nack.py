"""Which packets are asked for again, and when they are given up."""

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media.nack import (
    ECHO_AFTER_S,
    FIRST_REQUEST_AFTER_S,
    GIVE_UP_AFTER_S,
    LONGEST_REPAIRABLE_PAUSE_S,
    MAX_MISSING,
    MOSTLY_MISSING_S,
    VIEWERS_WAIT_S,
    NackSchedule,
)
from tests.support.relay import Conditions, Link

RTT_S = 0.1
SOUND_OCTETS = 75


def test_a_hole_is_asked_for_after_a_moment_again_after_a_round_trip_and_then_given_up() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    schedule.received(13, 0.0)
    assert schedule.due(0.0, RTT_S) == []
    for first in (FIRST_REQUEST_AFTER_S, FIRST_REQUEST_AFTER_S + RTT_S * 1.15):
        assert schedule.due(first, RTT_S) == [11, 12]
        assert schedule.due(first + ECHO_AFTER_S, RTT_S) == [11, 12]
        assert schedule.due(first + RTT_S, RTT_S) == []
    assert schedule.received(11, 0.2)
    assert schedule.abandoned(GIVE_UP_AFTER_S - 0.01, RTT_S) == []
    assert schedule.abandoned(GIVE_UP_AFTER_S, RTT_S) == [12]
    assert schedule.idle


def test_a_duplicate_and_a_packet_that_was_given_up_are_refused() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    assert not schedule.received(10, 0.0)
    schedule.received(12, 0.0)
    assert schedule.abandoned(GIVE_UP_AFTER_S, RTT_S) == [11]
    assert not schedule.received(11, GIVE_UP_AFTER_S)


def test_a_jump_is_one_loss_and_not_a_flood_of_requests() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    schedule.received(11 + MAX_MISSING + 5, 0.0)
    assert schedule.due(1.0, RTT_S) == []
    assert schedule.abandoned(1.0, RTT_S) == [10 + MAX_MISSING + 5]


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=300))
def test_never_more_is_held_or_asked_for_than_the_bound(sequences: list[int]) -> None:
    schedule = NackSchedule()
    for step, sequence in enumerate(sequences):
        schedule.received(sequence, step * 0.001)
    assert len(schedule.due(1e9, RTT_S)) <= MAX_MISSING


@given(st.permutations(range(40)), st.sets(st.integers(1, 38)))
def test_every_packet_is_accepted_once_or_abandoned(order: list[int], never: set[int]) -> None:
    schedule = NackSchedule()
    schedule.received(-1, 0.0)
    accepted = [s for s in order if s not in never and schedule.received(s, 0.0)]
    abandoned = schedule.abandoned(GIVE_UP_AFTER_S, RTT_S)
    newest = max(accepted)
    assert sorted(accepted) == sorted(set(order) - never)
    assert abandoned == sorted(s for s in never if s < newest)


def test_most_of_the_newest_packets_missing_is_told_from_random_loss() -> None:
    schedule = NackSchedule()
    told = []
    for arrived in ([s for s in range(100) if s % 3], [120], range(121, 140)):
        for sequence in arrived:
            schedule.received(sequence, 0.0)
        told.append(schedule.mostly_missing(0.0))
    assert told == [False, True, False]


def test_what_is_given_up_at_once_is_not_asked_for_and_told_once() -> None:
    schedule = NackSchedule()
    schedule.received(0, 0.0)
    schedule.received(4, 0.0)
    schedule.abandon_all()
    assert schedule.due(1.0, 0.1) == []
    assert [schedule.abandoned(1.0, RTT_S), schedule.abandoned(1.0, RTT_S)] == [[1, 2, 3], []]
    assert not schedule.received(2, 1.0)


def test_a_short_outage_is_repaired_while_viewers_get_a_keyframe() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    schedule.received(311, LONGEST_REPAIRABLE_PAUSE_S - 0.5)
    assert schedule.viewers_stand_still(1.5, since=-1)
    assert not schedule.viewers_stand_still(1.5, since=-1)
    assert len(schedule.due(1.6, RTT_S)) == 300


def test_a_long_outage_is_given_up_at_once_however_little_was_sent() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    schedule.received(12, 0.1)
    schedule.received(20, 0.1 + LONGEST_REPAIRABLE_PAUSE_S + 0.1)
    assert schedule.due(10.0, RTT_S) == []
    assert schedule.abandoned(2.3, RTT_S) == [11, 19]


def test_viewers_hear_once_of_a_packet_that_the_archive_still_waits_for() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    schedule.received(12, 0.0)
    assert not schedule.viewers_stand_still(VIEWERS_WAIT_S - 0.01, since=-1)
    assert schedule.viewers_stand_still(VIEWERS_WAIT_S, since=-1)
    assert not schedule.viewers_stand_still(VIEWERS_WAIT_S + 0.1, since=-1)
    assert schedule.abandoned(VIEWERS_WAIT_S + 0.1, RTT_S) == []


def test_viewers_do_not_miss_what_was_before_a_keyframe() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    schedule.received(12, 0.0)
    assert not schedule.viewers_stand_still(VIEWERS_WAIT_S, since=12)
    assert schedule.due(VIEWERS_WAIT_S, RTT_S) == [11]


def test_what_is_mostly_missing_for_long_is_given_up_though_hardly_anything_comes() -> None:
    schedule = NackSchedule()
    schedule.received(0, 0.0)
    schedule.received(17, 0.0)
    assert schedule.mostly_missing(0.0)
    assert schedule.mostly_missing(MOSTLY_MISSING_S)
    assert schedule.abandoned(MOSTLY_MISSING_S, RTT_S) == []
    assert schedule.mostly_missing(MOSTLY_MISSING_S + 0.01)
    assert schedule.abandoned(MOSTLY_MISSING_S + 0.01, RTT_S) == list(range(1, 17))
    assert not schedule.mostly_missing(MOSTLY_MISSING_S + 0.02)


def test_only_what_is_before_a_packet_is_given_up() -> None:
    schedule = NackSchedule()
    for sequence in (0, 3, 6):
        schedule.received(sequence, 0.0)
    schedule.abandon_before(4)
    assert schedule.abandoned(0.0, RTT_S) == [1, 2]
    assert schedule.due(1.0, RTT_S) == [4, 5]


def test_over_a_long_way_there_is_more_time() -> None:
    schedule = NackSchedule()
    schedule.received(10, 0.0)
    schedule.received(12, 0.0)
    assert schedule.abandoned(GIVE_UP_AFTER_S, 1.0) == []
    assert schedule.abandoned(3.0, 1.0) == [11]


def test_on_a_link_that_sound_fills_nearly_what_comes_again_does_not_push_out_what_is_new() -> None:
    """For three seconds a picture fills the queue, and some sound is lost in it. The sender answers every request."""
    schedule = NackSchedule()
    link = Link(Conditions(delay_ms=25, rate_bps=70_000), seed=1)
    arriving: list[tuple[float, int]] = []
    asked: list[tuple[float, int]] = []
    there: set[int] = set()
    pushed_out_at: list[float] = []

    def send(sequence: int, now: float) -> None:
        arrivals = link.send(SOUND_OCTETS, now)
        pushed_out_at.extend([now] if not arrivals else [])
        arriving.extend((at, sequence) for at in arrivals)

    for tick in range(2000):
        now = tick / 100
        for at, sequence in sorted(one for one in arriving if one[0] <= now):
            arriving.remove((at, sequence))
            schedule.received(sequence, at)
            there.add(sequence)
        asked += [(now + 0.025, sequence) for sequence in schedule.due(now, RTT_S, apart_s=0.07)]
        schedule.abandoned(now, RTT_S)
        for at, sequence in [one for one in asked if one[0] <= now]:
            asked.remove((at, sequence))
            send(sequence, now)
        if 100 <= tick < 400 and tick % 5 == 0:
            link.send(1100, now)
        if tick % 2 == 0:
            send(tick // 2, now)

    assert pushed_out_at, "the queue was full"
    assert max(pushed_out_at) < 6
    assert len(there) >= 1000 - 3 * 50
