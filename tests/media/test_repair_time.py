"""How far viewers should lag behind."""

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media.repair_time import LONGEST_MS, MAY_BE_LATE, MIN_REPAIRS, STEP_MS, WINDOW_S, RepairTime


def test_hardly_any_losses_cost_nobody_a_delay() -> None:
    repairs = RepairTime()
    for number in range(MIN_REPAIRS - 1):
        repairs.repaired(0.3, float(number))
    assert repairs.playout_delay_ms(4.0) == 0


def test_all_repairs_but_the_slowest_few_are_covered_and_old_ones_forgotten() -> None:
    repairs = RepairTime()
    for number in range(100):
        repairs.repaired(0.9 if number < MAY_BE_LATE else 0.4 if number < 10 else 0.09, number * 0.01)
    assert repairs.playout_delay_ms(1.0) == 420
    for number in range(20):
        repairs.repaired(0.09, WINDOW_S + 1 + number * 0.01)
    assert repairs.playout_delay_ms(WINDOW_S + 1.2) == 100


@given(st.lists(st.floats(0, 5), min_size=MIN_REPAIRS, max_size=100))
def test_the_delay_covers_what_it_promises_and_has_a_bound(times: list[float]) -> None:
    repairs = RepairTime()
    for after_s in times:
        repairs.repaired(after_s, 0.0)
    delay_ms = repairs.playout_delay_ms(0.0)
    assert delay_ms % STEP_MS == 0
    assert delay_ms == LONGEST_MS or sum(after_s * 1000 >= delay_ms for after_s in times) <= MAY_BE_LATE
