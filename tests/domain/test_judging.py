"""What decisions say about a checklist, and which conclusions they carry."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_server.domain.catalogue import ChecklistItem, RemoteJudgement, Severity
from inspect_server.domain.errors import (
    BadRequest,
    Conflict,
    ItemsFailed,
    ItemsOpen,
    NoteMissing,
    NothingFailed,
    PartConcluded,
    ReasonMissing,
    RecordSigned,
    RemedyMissing,
)
from inspect_server.domain.inspections import Conclusion, InspectionPart
from inspect_server.domain.judging import (
    Decision,
    JudgedItem,
    Judgement,
    PartConclusion,
    conclude,
    failed,
    following,
    judged,
    progress,
    progress_by_area,
    require_consistent,
    require_same_decision,
    require_undecided,
    suggested_conclusion,
    to_see_on_site,
)
from tests.storage.records import NOW, a_case, a_point, a_user, a_version, an_enterprise, an_inspection, an_organisation
from tests.storage.records import at as seconds_after

OFFICE = an_organisation()
PART = an_inspection(a_case(OFFICE, an_enterprise(), a_version()), a_user(OFFICE)).parts[0]
TODAY = NOW.date()

CHECKLIST = tuple(
    replace(a_point(position, f"item-{position}"), area=area, required=required, remote=RemoteJudgement.POSSIBLE)
    for position, (area, required) in enumerate(
        [("厂房", True), ("厂房", False), ("实验室", True), ("设备", True)], start=1
    )
)
ALL = [item.id for item in CHECKLIST]


def a_decision(item_id: str, judgement: Judgement | None, second: float = 0, **changed: Any) -> Decision:
    made = Decision(
        id=f"{item_id}-{second}",
        part_id=PART.id,
        checklist_item_id=item_id,
        judgement=judgement,
        note="",
        severity=None,
        remedy="",
        deadline=None,
        decided_by="chen",
        decided_at=seconds_after(second),
        received_at=seconds_after(second),
    )
    return replace(made, **changed)


def standing(**judgements: Judgement) -> tuple[JudgedItem, ...]:
    """``item_1=Judgement.FAIL`` and so on; what is not named has passed."""
    named = {name.replace("_", "-"): judgement for name, judgement in judgements.items()}
    return judged(CHECKLIST, [a_decision(key, named.get(key, Judgement.PASS)) for key in ALL])


def a_conclusion(conclusion: Conclusion | None, reason: str = "") -> PartConclusion:
    return PartConclusion("conclusion", PART.id, conclusion, reason, "chen", NOW)


def concluded(items: tuple[JudgedItem, ...], conclusion: Conclusion | None, reason: str = "") -> InspectionPart:
    return conclude(PART, items, a_conclusion(conclusion, reason))


STEPS = st.lists(
    st.tuples(st.sampled_from(ALL), st.sampled_from([*Judgement, None]), st.integers(0, 60)),
    max_size=30,
    unique_by=lambda step: (step[0], step[2]),
)


@given(steps=STEPS, shuffled=st.randoms())
def test_the_newest_decision_counts_however_late_it_arrives(
    steps: list[tuple[str, Judgement | None, int]], shuffled: Random
) -> None:
    decisions = [a_decision(item_id, judgement, second) for item_id, judgement, second in steps]
    shuffled.shuffle(decisions)
    for each in judged(CHECKLIST, decisions):
        own = sorted((s for s in steps if s[0] == each.item.id), key=lambda s: s[2])
        assert each.judgement is (own[-1][1] if own else None)
        if each.judgement is not None:
            # Since then nothing else was decided, and just before it something else was, or nothing.
            since = max((s[2] for s in own if s[1] is not each.judgement), default=-1)
            assert each.judged_at == seconds_after(min(s[2] for s in own if s[2] > since))


@given(steps=STEPS)
def test_progress_of_the_areas_adds_up_to_the_whole(steps: list[tuple[str, Judgement | None, int]]) -> None:
    items = judged(CHECKLIST, [a_decision(item_id, judgement, second) for item_id, judgement, second in steps])
    whole, areas = progress(items), progress_by_area(items)
    assert [each.area for each in areas] == ["厂房", "实验室", "设备"]
    for name in ("total", "decided", "required", "required_open"):
        assert sum(getattr(area, name) for area in areas) == getattr(whole, name)
    assert whole.decided == sum(each.judgement is not None for each in items)
    assert 0 <= whole.required_open <= whole.required <= whole.total == len(CHECKLIST)


@given(steps=STEPS, reason=st.sampled_from(["", "已说明"]))
def test_what_is_suggested_is_carried_unless_words_are_missing(
    steps: list[tuple[str, Judgement | None, int]], reason: str
) -> None:
    items = judged(CHECKLIST, [a_decision(item_id, judgement, second) for item_id, judgement, second in steps])
    suggested = suggested_conclusion(items)
    if suggested is None:
        for strict in (Conclusion.PASS, Conclusion.RECTIFY):
            with pytest.raises(ItemsOpen):
                concluded(items, strict, reason)
    elif suggested is Conclusion.RECTIFY:
        with pytest.raises(RemedyMissing) as refused:
            concluded(items, suggested, reason)
        assert refused.value.params == {"count": len(failed(items))}
    else:
        assert concluded(items, suggested, reason).conclusion is suggested


def test_words_about_a_judgement_do_not_move_its_second() -> None:
    decisions = [
        a_decision("item-1", Judgement.PASS, 1),
        a_decision("item-1", Judgement.FAIL, 5),
        a_decision("item-1", Judgement.FAIL, 9, note="地面破损"),
    ]
    first = judged(CHECKLIST, decisions)[0]
    assert first.decision == decisions[-1]
    assert first.judged_at == seconds_after(5)


def test_what_is_taken_back_is_open_again() -> None:
    decisions = [a_decision("item-1", Judgement.FAIL, 1), a_decision("item-1", None, 2)]
    assert judged(CHECKLIST, decisions)[0].is_open


def test_next_comes_what_is_open_and_can_be_shown() -> None:
    hidden = (*CHECKLIST[:2], replace(CHECKLIST[2], remote=RemoteJudgement.IMPOSSIBLE), CHECKLIST[3])
    items = judged(hidden, [a_decision("item-2", Judgement.PASS)])
    assert _id(following(items, "item-1")) == "item-4"
    assert following(items, "item-4") is None


@pytest.mark.parametrize("conclusion", Conclusion)
def test_what_no_picture_shows_passes_only_with_a_word_on_how_that_is_known(conclusion: Conclusion) -> None:
    unseen = (replace(CHECKLIST[0], remote=RemoteJudgement.IMPOSSIBLE), *CHECKLIST[1:])
    mended = a_decision("item-2", Judgement.FAIL, remedy="维修", deadline=TODAY)
    fault = [mended] if conclusion is Conclusion.RECTIFY else []
    others = [a_decision(key, Judgement.PASS) for key in ALL[2:]] + fault
    silent, told = a_decision("item-1", Judgement.PASS), a_decision("item-1", Judgement.PASS, note="企业提供检测报告")
    with pytest.raises(NoteMissing) as refused:
        concluded(judged(unseen, [silent, *others]), conclusion, "已说明")
    assert refused.value.params == {"count": 1}
    assert concluded(judged(unseen, [told, *others]), conclusion, "已说明").conclusion is conclusion
    passed_over = a_decision("item-1", Judgement.CANNOT_BE_JUDGED_REMOTELY)
    assert concluded(judged(unseen, [passed_over, *others]), conclusion, "已说明").conclusion is conclusion


def _id(item: ChecklistItem | None) -> str | None:
    return item.id if item else None


def test_a_part_passes_with_a_failed_point_only_if_that_is_not_required() -> None:
    assert concluded(standing(item_2=Judgement.FAIL), Conclusion.PASS).conclusion is Conclusion.PASS
    with pytest.raises(ItemsFailed) as refused:
        concluded(standing(item_1=Judgement.FAIL, item_2=Judgement.FAIL), Conclusion.PASS, "其余都好")
    assert refused.value.params == {"count": 1}


def test_a_part_passes_without_having_seen_everything_only_for_a_reason() -> None:
    items = standing(item_3=Judgement.CANNOT_BE_JUDGED_REMOTELY)
    assert suggested_conclusion(items) is Conclusion.NEEDS_ON_SITE_VISIT
    with pytest.raises(ReasonMissing):
        concluded(items, Conclusion.PASS)
    assert concluded(items, Conclusion.PASS, "另有检测报告").conclusion is Conclusion.PASS


def test_rectifying_tells_everything_at_once() -> None:
    found = [a_decision(key, Judgement.PASS) for key in ALL[1:]]
    with_remedy = a_decision("item-1", Judgement.FAIL, remedy="更换破损地砖", deadline=TODAY)
    without = a_decision("item-3", Judgement.FAIL, 1, remedy="加装标识")
    with pytest.raises(NothingFailed):
        concluded(standing(), Conclusion.RECTIFY)
    with pytest.raises(RemedyMissing):
        concluded(judged(CHECKLIST, [*found, with_remedy, without]), Conclusion.RECTIFY)
    part = concluded(judged(CHECKLIST, [*found, with_remedy]), Conclusion.RECTIFY)
    assert (part.conclusion, part.concluded_at) == (Conclusion.RECTIFY, NOW)


def test_failing_the_whole_needs_a_failed_point_or_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        concluded(standing(), Conclusion.FAIL)
    assert concluded(judged(CHECKLIST, []), Conclusion.FAIL, "拒绝展示").conclusion is Conclusion.FAIL
    only_one = judged(CHECKLIST, [a_decision("item-1", Judgement.FAIL)])
    assert concluded(only_one, Conclusion.FAIL).conclusion is Conclusion.FAIL


def test_going_there_needs_something_to_see_or_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        concluded(standing(), Conclusion.NEEDS_ON_SITE_VISIT)
    at_once = concluded(judged(CHECKLIST, []), Conclusion.NEEDS_ON_SITE_VISIT, "网络太差")
    assert at_once.conclusion is Conclusion.NEEDS_ON_SITE_VISIT
    items = standing(item_2=Judgement.CANNOT_BE_JUDGED_REMOTELY)
    assert [each.item.id for each in to_see_on_site(items)] == ["item-2"]
    assert suggested_conclusion(items) is Conclusion.PASS
    assert concluded(items, Conclusion.NEEDS_ON_SITE_VISIT).conclusion is Conclusion.NEEDS_ON_SITE_VISIT


def test_a_conclusion_is_taken_back_before_another_one() -> None:
    part = concluded(standing(), Conclusion.PASS)
    with pytest.raises(PartConcluded):
        require_undecided(part)
    with pytest.raises(PartConcluded):
        conclude(part, standing(), a_conclusion(Conclusion.FAIL, "看错了"))
    opened = conclude(part, standing(), a_conclusion(None))
    assert (opened.conclusion, opened.concluded_at) == (None, None)
    require_undecided(opened)


@pytest.mark.parametrize("conclusion", [None, Conclusion.PASS])
def test_nothing_changes_once_the_record_is_signed(conclusion: Conclusion | None) -> None:
    sealed = replace(PART, sealed_at=NOW)
    with pytest.raises(RecordSigned):
        conclude(sealed, standing(), a_conclusion(conclusion))
    with pytest.raises(RecordSigned):
        require_undecided(sealed)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda decision: replace(decision, judgement=Judgement.PASS),
        lambda decision: replace(decision, judgement=None),
        lambda decision: replace(decision, deadline=TODAY - timedelta(days=1)),
    ],
)
def test_a_decision_whose_parts_do_not_fit_is_refused(spoil: Callable[[Decision], Decision]) -> None:
    fitting = a_decision(
        "item-1", Judgement.FAIL, severity=Severity.MAJOR, remedy="更换", deadline=date.fromordinal(TODAY.toordinal())
    )
    require_consistent(fitting, TODAY)
    with pytest.raises(BadRequest):
        require_consistent(spoil(fitting), TODAY)


def test_one_id_is_one_decision() -> None:
    stored = a_decision("item-1", Judgement.FAIL)
    require_same_decision(stored, replace(stored, received_at=seconds_after(9)))
    with pytest.raises(Conflict):
        require_same_decision(stored, replace(stored, judgement=Judgement.PASS))
