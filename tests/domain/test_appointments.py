"""An appointment from agreed to held or missed: a state machine over whatever may happen at the door."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.appointments import (
    Appointment,
    AppointmentState,
    held,
    nobody_waits,
    overdue,
    plan,
    somebody_came,
)
from inspect_server.domain.errors import AppointmentHeld, BadRequest
from tests.storage.records import NOW, at

START = at(3600)


def agreed(before: Appointment | None = None, *, now_s: float = 0) -> Appointment:
    return plan("i", before, starts_at=START, minutes=20, grace_minutes=30, now=at(now_s))


def test_an_appointment_that_nobody_came_to_is_missed_after_the_grace_time_and_not_before() -> None:
    just_before = START + timedelta(minutes=30, microseconds=-1)
    assert overdue(agreed(), just_before).state is AppointmentState.PLANNED
    assert overdue(agreed(), START + timedelta(minutes=30)).state is AppointmentState.MISSED


def test_who_waits_has_not_missed_it_until_they_go() -> None:
    late = START + timedelta(hours=2)
    waiting = somebody_came(agreed())
    assert overdue(waiting, late) == waiting
    assert overdue(nobody_waits(waiting), late).state is AppointmentState.MISSED


def test_a_missed_one_can_still_be_held_or_planned_anew() -> None:
    missed = overdue(agreed(), START + timedelta(hours=1))
    assert held(somebody_came(missed)).state is AppointmentState.HELD
    assert agreed(missed).state is AppointmentState.PLANNED
    assert agreed(somebody_came(missed)).state is AppointmentState.WAITING


def test_a_time_that_is_over_and_a_call_that_came_about_are_not_planned() -> None:
    with pytest.raises(BadRequest):
        agreed(now_s=3600 + 30 * 60)
    with pytest.raises(AppointmentHeld):
        agreed(held(agreed()))


STEPS = st.lists(st.sampled_from(["came", "went", "in", "clock"]), max_size=12)


@given(STEPS)
def test_once_held_it_stays_held_and_missed_means_that_the_time_was_over(steps: list[str]) -> None:
    appointment, now, was_held = agreed(), NOW, False
    for step in steps:
        match step:
            case "came":
                appointment = somebody_came(appointment)
            case "went":
                appointment = nobody_waits(appointment)
            case "in":
                appointment, was_held = held(appointment), True
            case _:
                now += timedelta(minutes=25)
                appointment = overdue(appointment, now)
        assert (appointment.state is AppointmentState.HELD) == was_held
        if appointment.state is AppointmentState.MISSED:
            assert now >= appointment.missed_from
