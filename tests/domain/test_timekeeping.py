"""How far the clock was off, as records tell it."""

import pytest

from inspect_server.domain.timekeeping import ClockReading, told_clock


@pytest.mark.parametrize(
    ("offsets", "told"),
    [
        ([], ""),
        ([3.4], "+3 ms, ntp.example"),
        ([3.4, -12.0, 0.0], "-12 ms, ntp.example"),
        ([1500.0, -800.0], "+1500 ms, ntp.example"),
    ],
)
def test_the_worst_of_several_is_told(offsets: list[float], told: str) -> None:
    assert told_clock([ClockReading(offset, "ntp.example") for offset in offsets]) == told


@pytest.mark.parametrize(("offset_ms", "good"), [(0.0, True), (-500.0, True), (500.1, False), (-7200_000.0, False)])
def test_a_clock_is_good_within_half_a_second(offset_ms: float, good: bool) -> None:
    assert ClockReading(offset_ms, "ntp.example").good is good
