"""When a publisher is asked for a keyframe."""

import pytest

from inspect_server.media.keyframe_need import INTERVAL_S, MAX_TRIES, WAITS_FOR_QUEUE_S, KeyframeNeed


def asked_at(
    request: KeyframeNeed, *, until: float, keyframes: dict[float, int], congested: bool = False, rtt_s: float = 0.1
) -> list[float]:
    """When it asks over this time; ``keyframes``: from when on which is the newest."""
    times, newest = [], -1
    for step in range(round(until * 100)):
        now = step / 100
        newest = keyframes.get(now, newest)
        if request.is_due(now, newest_keyframe=newest, congested=congested, rtt_s=rtt_s):
            times.append(now)
    return times


def wanted(after: int = 10, now: float = 0.0) -> KeyframeNeed:
    request = KeyframeNeed()
    request.want(after, now)
    return request


def test_nobody_is_asked_before_somebody_needs_one() -> None:
    assert asked_at(KeyframeNeed(), until=2, keyframes={}) == []


def test_a_request_is_repeated_until_a_keyframe_begins() -> None:
    request = wanted()
    assert asked_at(request, until=3, keyframes={1.2: 11}) == [0.0, INTERVAL_S, 2 * INTERVAL_S]
    assert not request.stands


def test_over_a_long_way_the_answer_is_waited_for() -> None:
    assert asked_at(wanted(), until=2.5, keyframes={}, rtt_s=1.0) == [0.0, 2.0]


def test_a_keyframe_that_began_before_the_need_is_no_answer() -> None:
    assert asked_at(wanted(after=10), until=0.6, keyframes={0.1: 10}) == [0.0, INTERVAL_S]


def test_what_was_lost_before_a_keyframe_that_is_here_needs_no_other() -> None:
    assert asked_at(wanted(after=10), until=1, keyframes={0.0: 12}) == []


def test_wishes_are_joined_and_one_that_comes_later_counts_too() -> None:
    request = wanted(after=10)
    request.want(5, 0.0)
    assert request.is_due(0.0, newest_keyframe=-1, congested=False, rtt_s=0.1)
    request.want(20, 0.1)
    assert asked_at(request, until=1.2, keyframes={0.2: 15, 0.8: 21}) == [INTERVAL_S]


def test_a_camera_that_sends_nothing_is_not_asked_for_ever() -> None:
    request = wanted()
    assert len(asked_at(request, until=60, keyframes={})) == MAX_TRIES
    assert not request.stands


@pytest.mark.parametrize(("congested", "first"), [(False, 0.0), (True, WAITS_FOR_QUEUE_S)])
def test_a_full_queue_is_waited_for_but_not_for_long(congested: bool, first: float) -> None:
    assert asked_at(wanted(), until=1.2, keyframes={}, congested=congested)[0] == first


def test_who_sends_one_by_itself_is_asked_only_if_it_does_not() -> None:
    coming, not_coming = wanted(), wanted()
    for request in (coming, not_coming):
        request.comes_by_itself(0.0)
    assert asked_at(coming, until=1, keyframes={0.3: 11}) == []
    assert asked_at(not_coming, until=0.6, keyframes={}) == [INTERVAL_S]
