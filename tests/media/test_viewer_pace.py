"""What one viewer's network carries of a picture, by what the viewer reports; see also ``test_slow_viewers``."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media.viewer_pace import FLOOR_BPS, GROWTH_PER_S, SHARE, Progress, ViewerPace

TRIP_S = 0.05
EVERY_S = 0.2


class Reports:
    """Five reports a second of what went to one viewer."""

    def __init__(self) -> None:
        self.pace = ViewerPace()
        self.now = 100.0

    def come(
        self, seconds: float, *, arrived_bps: float, queue_s: float = 0.0, lost: float = 0.0, again: float = 0.0
    ) -> None:
        """``again``: as much of what went was sent again, as RTX."""
        for _ in range(round(seconds / EVERY_S)):
            self.now += EVERY_S
            octets = round(arrived_bps * EVERY_S / 8 / (1 - lost))
            packets = max(octets // 1100, 1)
            waits_s = TRIP_S + queue_s if queue_s else 0.0
            told = Progress(TRIP_S + queue_s, waits_s, packets, octets, lost, round(packets * again), 10_000)
            self.pace.reported(told, self.now, offered=round(2_000_000 * EVERY_S / 8), busy_s=EVERY_S)


def test_who_follows_gets_everything() -> None:
    reports = Reports()
    reports.come(20, arrived_bps=2_000_000)
    assert reports.pace.limit_bps is None


def test_a_queue_that_stands_is_a_narrow_network_of_which_what_arrives_is_the_width() -> None:
    reports = Reports()
    reports.come(2, arrived_bps=2_000_000)
    reports.come(1, arrived_bps=500_000, queue_s=0.3)
    assert reports.pace.draining
    assert reports.pace.limit_bps is not None
    assert abs(reports.pace.limit_bps - SHARE * 500_000) < 10_000


def test_one_bad_moment_is_none() -> None:
    reports = Reports()
    for queue_s in (0.4, 0.1, 0.5, 0.1):
        reports.come(1, arrived_bps=2_000_000)
        reports.come(EVERY_S, arrived_bps=500_000, queue_s=queue_s)
    assert reports.pace.limit_bps is None


def test_a_network_that_only_loses_is_narrow_if_it_is_not_repaired() -> None:
    reports = Reports()
    reports.come(3, arrived_bps=1_400_000, lost=0.3, again=0.45)
    assert reports.pace.limit_bps is None
    reports.come(3, arrived_bps=1_400_000, lost=0.3)
    assert reports.pace.limit_bps is not None


def test_what_is_lost_at_the_end_of_a_queue_does_not_make_the_network_narrower() -> None:
    reports = Reports()
    reports.come(2, arrived_bps=2_000_000)
    reports.come(1, arrived_bps=500_000, queue_s=0.5)
    before = reports.pace.limit_bps
    reports.come(1, arrived_bps=0, queue_s=0.5)
    assert reports.pace.limit_bps == before


def test_the_limit_grows_while_it_is_made_use_of_and_goes_when_all_goes_through() -> None:
    reports = Reports()
    reports.come(2, arrived_bps=2_000_000)
    reports.come(1, arrived_bps=500_000, queue_s=0.3)
    reports.pace.began(reports.now)
    before = reports.pace.limit_bps
    assert before is not None
    reports.come(1, arrived_bps=450_000)
    after = reports.pace.limit_bps
    assert after is not None
    assert before < after < before * GROWTH_PER_S * 1.01
    reports.come(15, arrived_bps=450_000)
    assert reports.pace.limit_bps is None


def test_a_queue_that_the_pace_itself_makes_lowers_it_once_until_it_had_time_to_go() -> None:
    reports = Reports()
    reports.come(2, arrived_bps=2_000_000)
    reports.come(1, arrived_bps=500_000, queue_s=0.3)
    reports.pace.began(reports.now)
    reports.come(0.6, arrived_bps=400_000, queue_s=0.2)
    lowered = reports.pace.limit_bps
    assert lowered is not None
    reports.come(0.4, arrived_bps=300_000, queue_s=0.2)
    assert reports.pace.limit_bps == lowered


@given(
    st.lists(
        st.tuples(
            st.floats(0, 5), st.floats(-1, 5), st.integers(0, 2000), st.floats(0, 1), st.integers(0, 100), st.booleans()
        ),
        max_size=60,
    )
)
def test_whatever_is_said_the_limit_keeps_its_floor(
    reports: list[tuple[float, float, int, float, int, bool]],
) -> None:
    pace, now = ViewerPace(), 0.0
    for elapsed, waits_s, packets, lost, again, begins in reports:
        now += elapsed
        if begins:
            pace.began(now)
        told = Progress(max(waits_s, 0.0), waits_s, packets, packets * 1100, lost, again, packets)
        pace.reported(told, now, offered=packets * 1100, busy_s=elapsed)
        assert pace.limit_bps is None or pace.limit_bps >= FLOOR_BPS
