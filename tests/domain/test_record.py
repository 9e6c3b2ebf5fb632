"""Records: who answers when, and what that makes of them; and the one spelling of what they say."""

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.errors import BadRequest, Conflict, RecordAnswered, RecordSigned, RecordSuperseded
from inspect_server.domain.evidence import DoorplateStep, Position, PositionSource
from inspect_server.domain.record import (
    Answer,
    AnswerKind,
    Record,
    RecordState,
    Side,
    answer,
    require_complete,
    require_read,
    require_same_answer,
    void,
)
from inspect_server.domain.record_content import canonical_json, told_note, told_position
from tests.domain.record_texts import a_content
from tests.domain.test_evidence_stamp import evidence
from tests.storage.records import NOW, at

RECORD = Record("record", "inspection", "part", 1, RecordState.OFFERED, "{}", "sha256", "ab" * 32, NOW, None)


def an_answer(side: Side, kind: AnswerKind = AnswerKind.SIGNATURE, author: str = "", second: float = 1) -> Answer:
    return Answer(
        id=f"{side}-{author}-{second}",
        record_id=RECORD.id,
        side=side,
        kind=kind,
        author=author or {Side.OFFICE: "user:1", Side.ENTERPRISE: "participant:1"}[side],
        signer_name="王强",
        certificate_number="",
        reason="没有异味" if kind is AnswerKind.REFUSAL else "",
        objection="",
        evidence_id="drawn" if kind is AnswerKind.SIGNATURE else None,
        answered_at=at(second),
        address="",
        device="",
    )


SIGNED = an_answer(Side.ENTERPRISE)
REFUSED = an_answer(Side.ENTERPRISE, AnswerKind.REFUSAL)
OFFICIAL = an_answer(Side.OFFICE)
SECOND_OFFICIAL = an_answer(Side.OFFICE, author="user:2")


@pytest.mark.parametrize(("theirs", "state"), [(SIGNED, RecordState.SIGNED), (REFUSED, RecordState.REFUSED)])
def test_the_second_side_seals_it_whichever_is_first(theirs: Answer, state: RecordState) -> None:
    for first, second in permutations((theirs, OFFICIAL)):
        halfway = answer(RECORD, [], first)
        assert halfway == RECORD
        sealed = answer(halfway, [first], replace(second, answered_at=at(9)))
        assert (sealed.state, sealed.settled_at) == (state, at(9))
        with pytest.raises(RecordSigned):
            answer(sealed, [first, second], SECOND_OFFICIAL)
        with pytest.raises(RecordSigned):
            void(sealed, at(10))


def test_inspectors_alone_do_not_seal_it() -> None:
    assert answer(RECORD, [OFFICIAL], SECOND_OFFICIAL).state is RecordState.OFFERED


@pytest.mark.parametrize("earlier", [SIGNED, REFUSED])
def test_the_enterprise_answers_once_whoever_speaks_for_it(earlier: Answer) -> None:
    for again in (SIGNED, REFUSED, replace(REFUSED, author="user:1")):
        with pytest.raises(RecordAnswered):
            answer(RECORD, [earlier], replace(again, id="other"))


def test_an_inspector_signs_once() -> None:
    with pytest.raises(RecordAnswered):
        answer(RECORD, [OFFICIAL], replace(OFFICIAL, id="other"))


def test_a_void_record_takes_no_answer() -> None:
    voided = void(RECORD, at(3))
    assert (voided.state, voided.settled_at, voided.content) == (RecordState.VOID, at(3), RECORD.content)
    with pytest.raises(RecordSuperseded):
        answer(voided, [], SIGNED)


def test_only_what_was_read_is_answered() -> None:
    require_read(RECORD, RECORD.sha256)
    with pytest.raises(RecordSuperseded):
        require_read(RECORD, "cd" * 32)


@pytest.mark.parametrize(
    "spoiled",
    [
        replace(REFUSED, reason=""),
        replace(SIGNED, reason="理由"),
        replace(SIGNED, evidence_id=None),
        replace(REFUSED, side=Side.OFFICE),
        replace(OFFICIAL, objection="不同意"),
    ],
)
def test_answers_that_lack_something_are_refused(spoiled: Answer) -> None:
    with pytest.raises(BadRequest):
        require_complete(spoiled)


def test_whole_answers_pass() -> None:
    for whole in (SIGNED, REFUSED, OFFICIAL, replace(OFFICIAL, evidence_id=None), replace(SIGNED, objection="太短")):
        require_complete(whole)
    assert not SIGNED.is_noted
    assert replace(REFUSED, author="user:1").is_noted


def test_the_same_answer_later_is_the_same_and_another_is_not() -> None:
    require_same_answer(SIGNED, replace(SIGNED, answered_at=at(99), address="198.51.100.1"))
    with pytest.raises(Conflict):
        require_same_answer(SIGNED, replace(SIGNED, objection="不同意"))


def test_the_text_is_spelled_in_one_way_only() -> None:
    text = canonical_json(a_content())
    assert json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text
    told = json.loads(text)
    assert told["made_at"] == "2026-11-22T01:02:03.456789Z"
    assert told["points"][0]["deadline"] == "2026-12-24"
    assert told["conclusion"] == "rectify"
    assert "丰禾种业" in text


@given(st.text(max_size=20), st.text(max_size=20))
def test_other_words_are_another_text(one: str, other: str) -> None:
    texts = {canonical_json(replace(a_content(), reason=reason)) for reason in (one, other)}
    assert len(texts) == (1 if one == other else 2)


def test_fractions_are_refused_for_they_have_several_spellings() -> None:
    fraction: Any = 0.1
    with pytest.raises(TypeError):
        canonical_json(replace(a_content(), version=fraction))


def test_positions_are_told_as_text() -> None:
    place = Position(36.65, 117.12345678, 12.4, PositionSource.BROWSER)
    assert told_position(place) == "36.650000, 117.123457 ±12 m"
    assert told_position(replace(place, accuracy_m=None)) == "36.650000, 117.123457"
    assert told_position(None) == ""


def test_a_photo_of_the_doorplate_says_so_beside_what_was_written() -> None:
    photo = evidence()
    assert told_note(replace(photo, note="东门")) == "东门"
    photo = replace(photo, doorplate=DoorplateStep.NUMBER)
    assert told_note(photo) == "门牌核对：门牌号"
    assert told_note(replace(photo, note="东门")) == "门牌核对：门牌号 东门"
