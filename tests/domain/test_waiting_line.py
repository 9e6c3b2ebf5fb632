"""How long a guest waits behind the other calls of the same officer."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.waiting_line import Ahead, place_in_line
from tests.storage.records import NOW, at

TWENTY = timedelta(minutes=20)


def test_with_nobody_ahead_it_may_begin_at_any_moment() -> None:
    place = place_in_line([], starts_at=None, now=NOW)
    assert (place.position, place.wait) == (1, timedelta())


def test_a_running_call_counts_with_what_is_left_of_it_and_a_waiting_one_whole() -> None:
    running, waiting = Ahead(TWENTY, began_at=at(-15 * 60)), Ahead(TWENTY, began_at=None)
    place = place_in_line([running, waiting], starts_at=None, now=NOW)
    assert (place.position, place.wait) == (3, timedelta(minutes=25))


def test_a_call_that_takes_longer_than_planned_adds_no_negative_time() -> None:
    assert place_in_line([Ahead(TWENTY, began_at=at(-3600))], starts_at=None, now=NOW).wait == timedelta()


def test_nothing_begins_before_its_own_time() -> None:
    assert place_in_line([], starts_at=at(600), now=NOW).wait == timedelta(minutes=10)
    assert place_in_line([Ahead(TWENTY, None)], starts_at=at(600), now=NOW).wait == TWENTY
    assert place_in_line([], starts_at=at(-600), now=NOW).wait == timedelta()


@given(st.lists(st.tuples(st.integers(5, 480), st.none() | st.integers(0, 600)), max_size=6))
def test_the_wait_is_never_negative_and_never_more_than_all_plans(calls: list[tuple[int, int | None]]) -> None:
    ahead = [Ahead(timedelta(minutes=m), None if ago is None else at(-60 * ago)) for m, ago in calls]
    wait = place_in_line(ahead, starts_at=None, now=NOW).wait
    assert timedelta() <= wait <= sum((each.planned for each in ahead), timedelta())
