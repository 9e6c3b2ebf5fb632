"""Challenges end once, in their time, and by the right hand."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.challenges import (
    CODE_ALPHABET,
    CODE_LENGTH,
    VALID_FOR,
    Challenge,
    Outcome,
    Task,
    as_of,
    ask,
    end,
    is_answered_by,
)
from inspect_server.domain.errors import Conflict
from tests.storage.records import at

SECOND = timedelta(seconds=1)


def a_challenge(task: Task = Task.SHOW_QR, letters: str = "K7QM2X") -> Challenge:
    rest = iter(letters)
    return ask(
        challenge_id="c",
        inspection_id="i",
        participant_id="p",
        task=task,
        asked_by="user:u",
        now=at(0),
        choose=lambda _: next(rest),
    )


def test_a_code_is_chosen_letter_by_letter_where_the_task_needs_one() -> None:
    assert a_challenge().code == "K7QM2X"
    assert len(a_challenge().code) == CODE_LENGTH
    assert a_challenge(Task.TURN_TO_DOOR).code == ""
    assert not set("01OIL") & set(CODE_ALPHABET)


def test_the_right_code_in_time_answers_it() -> None:
    challenge = a_challenge()
    assert is_answered_by(challenge, " k7qm2x ", at(5))
    assert not is_answered_by(challenge, "K7QM2Y", at(5))
    assert not is_answered_by(challenge, challenge.code, at(-1)), "seen before it was asked"
    assert not is_answered_by(challenge, challenge.code, at(0) + VALID_FOR)
    assert not is_answered_by(end(challenge, Outcome.FAILED, by="user:u", now=at(4)), challenge.code, at(5))
    assert not is_answered_by(a_challenge(Task.TURN_TO_DOOR), "", at(5))


def test_what_the_server_saw_may_be_judged_by_the_inspector() -> None:
    seen = end(a_challenge(), Outcome.SEEN, by="system", now=at(5))
    assert end(seen, Outcome.FAILED, by="user:u", now=at(9)).outcome is Outcome.FAILED


def test_its_time_cannot_end_before_it_does() -> None:
    with pytest.raises(Conflict):
        end(a_challenge(), Outcome.EXPIRED, by="system", now=at(0) + VALID_FOR - SECOND)
    assert end(a_challenge(), Outcome.EXPIRED, by="system", now=at(0) + VALID_FOR).outcome is Outcome.EXPIRED


def test_whose_time_ran_out_unseen_ended_then() -> None:
    over = at(0) + VALID_FOR
    assert as_of(a_challenge(), over - SECOND).is_open
    late = as_of(a_challenge(), over + SECOND)
    assert (late.outcome, late.ended_at) == (Outcome.EXPIRED, over)
    confirmed = end(a_challenge(), Outcome.CONFIRMED, by="user:u", now=at(5))
    assert as_of(confirmed, over + SECOND) == confirmed


@given(st.lists(st.sampled_from(Outcome), max_size=6))
def test_only_a_judgement_after_a_recognition_changes_an_end(outcomes: list[Outcome]) -> None:
    challenge, ends = a_challenge(), list[Outcome]()
    for step, outcome in enumerate(outcomes):
        try:
            challenge = end(challenge, outcome, by="user:u", now=at(0) + VALID_FOR + step * SECOND)
        except Conflict:
            continue
        if challenge.outcome is not None and (not ends or ends[-1] is not challenge.outcome):
            ends.append(challenge.outcome)
    assert len(ends) <= 1 or (
        len(ends) == 2 and ends[0] is Outcome.SEEN and ends[1] in {Outcome.CONFIRMED, Outcome.FAILED}
    )
