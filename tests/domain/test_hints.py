"""Hints are told when something lasts, and taken back when it is over; each beginning has its end."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.hints import FORGIVING, LASTING, Hint, HintLog
from tests.storage.records import at

looks = st.lists(st.tuples(st.floats(0.1, 20), st.sets(st.sampled_from(Hint))), max_size=60)


def test_what_passes_is_not_told() -> None:
    log = HintLog()
    assert log.look({Hint.COVERED}, at(0)) == []
    assert log.look(set(), at(2)) == []
    assert log.look({Hint.COVERED}, at(5)) == []
    assert not log.active


def test_what_lasts_is_told_once_with_its_beginning_and_taken_back_once() -> None:
    log = HintLog()
    told = [log.look({Hint.TOO_DARK}, at(second)) for second in (0, 2, 4, 6)]
    assert [[(change.hint, change.active, change.since) for change in each] for each in told] == [
        [],
        [],
        [(Hint.TOO_DARK, True, at(0))],
        [],
    ]
    told = [log.look(set(), at(second)) for second in (8, 10, 13, 15)]
    assert [[(change.hint, change.active, change.since) for change in each] for each in told] == [
        [],
        [],
        [(Hint.TOO_DARK, False, at(8))],
        [],
    ]


@given(looks)
def test_beginnings_and_ends_take_turns_and_last_long_enough(series: list[tuple[float, set[Hint]]]) -> None:
    log, clock, active = HintLog(), 0.0, set[Hint]()
    for step, seen in series:
        clock += step
        for change in log.look(seen, at(clock)):
            waited = at(clock) - change.since
            if change.active:
                assert change.hint not in active
                assert waited >= LASTING[change.hint]
                active.add(change.hint)
            else:
                active.remove(change.hint)
                assert waited >= FORGIVING
        assert log.active == active
    ended = {change.hint for change in log.end(at(clock) + timedelta(seconds=1))}
    assert ended == active
    assert not log.active
