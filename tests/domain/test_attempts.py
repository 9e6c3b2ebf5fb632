"""How long a guesser waits, and that an office behind one address does not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.attempts import PER_ADDRESS, PER_NAME, BackOff, Failures, wait_s
from tests.storage.records import NOW, at

RULES = (PER_NAME, PER_ADDRESS)


def test_nobody_waits_who_has_not_failed() -> None:
    assert [wait_s(Failures(0, NOW), rule, NOW) for rule in RULES] == [0, 0]


@pytest.mark.parametrize(
    ("count", "expected_s"),
    [(1, 0), (4, 0), (5, 2), (6, 4), (7, 8), (12, 256), (13, 512), (14, 900), (15, 900), (10**9, 900)],
)
def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(count: int, expected_s: int) -> None:
    assert wait_s(Failures(count, NOW), PER_NAME, NOW) == expected_s


def test_an_address_may_fail_more_often_than_a_name() -> None:
    assert wait_s(Failures(20, NOW), PER_ADDRESS, NOW) == 0
    assert wait_s(Failures(21, NOW), PER_ADDRESS, NOW) == 2


def test_the_wait_runs_from_the_last_failure_and_is_told_in_whole_seconds() -> None:
    failures = Failures(8, NOW)  # 16 s
    assert [wait_s(failures, PER_NAME, at(s)) for s in (0, 0.5, 15, 15.01, 15.999, 16, 17)] == [16, 16, 1, 1, 1, 0, 0]


def test_failures_are_forgotten_an_hour_after_the_last_one() -> None:
    patient = BackOff(
        free=0, first_wait=timedelta(hours=3), longest=timedelta(hours=3), forget_after=timedelta(hours=1)
    )
    assert wait_s(Failures(1, NOW), patient, at(3599)) == 2 * 3600 + 1
    assert wait_s(Failures(1, NOW), patient, at(3600)) == 0


@given(count=st.integers(1, 10**6), rule=st.sampled_from(RULES), elapsed_ms=st.integers(0, 4_000_000))
def test_the_wait_never_grows_while_time_passes_nor_exceeds_the_longest(
    count: int, rule: BackOff, elapsed_ms: int
) -> None:
    failures, now = Failures(count, NOW), NOW + timedelta(milliseconds=elapsed_ms)
    wait = wait_s(failures, rule, now)
    assert 0 <= wait <= rule.longest.total_seconds()
    assert wait_s(failures, rule, now + timedelta(seconds=1)) <= wait
    assert wait_s(failures, rule, now + timedelta(seconds=wait)) == 0
    assert wait <= wait_s(Failures(count + 1, NOW), rule, now)
