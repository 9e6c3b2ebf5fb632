"""Judging: what an inspector decides on each point of a checklist, and what follows from that for a part.

Nothing is overwritten: every change is a new ``Decision``, and how a point stands is what its newest one says. A
``PartConclusion`` is likewise followed by another one that takes it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

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


class Judgement(StrEnum):
    """符合, 不符合, 合理缺项, 无法远程判断."""

    PASS = "pass"  # noqa: S105 - a judgement, no password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_BE_JUDGED_REMOTELY = "cannot_be_judged_remotely"


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of an inspector at one point. ``judgement`` None: what was decided before is taken back.

    ``decided_at``: exact UTC moment at the inspector's page, by the server's clock as the page knows it;
    ``received_at``: when it was here. ``severity``, ``remedy`` and ``deadline`` (the last day) are of a failed point.
    """

    id: str
    part_id: str
    checklist_item_id: str
    judgement: Judgement | None
    note: str
    severity: Severity | None
    remedy: str
    deadline: date | None
    decided_by: str
    decided_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """A point as it stands. ``decision``: the newest one, None if there is none or it was taken back.

    ``judged_at``: since when this judgement holds; later words about it do not move it.
    """

    item: ChecklistItem
    decision: Decision | None
    judged_at: datetime | None

    @property
    def judgement(self) -> Judgement | None:
        return self.decision.judgement if self.decision else None

    @property
    def note(self) -> str:
        return self.decision.note if self.decision else ""

    @property
    def is_open(self) -> bool:
        return self.decision is None

    @property
    def has_remedy(self) -> bool:
        """Whether it is said what is to be done until when."""
        return self.decision is not None and bool(self.decision.remedy) and self.decision.deadline is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an area of the checklist is; ``area`` is empty for all of them together."""

    area: str
    total: int
    decided: int
    required: int
    required_open: int


@dataclass(frozen=True, slots=True)
class PartConclusion:
    """What a department concluded for its part, and when. ``conclusion`` None: the one before is taken back."""

    id: str
    part_id: str
    conclusion: Conclusion | None
    reason: str
    concluded_by: str
    concluded_at: datetime


def newest_last(decision: Decision) -> tuple[datetime, datetime, str]:
    """The order in which decisions were made, whatever way and time they took to get here."""
    return decision.decided_at, decision.received_at, decision.id


def judged(checklist: Iterable[ChecklistItem], decisions: Iterable[Decision]) -> tuple[JudgedItem, ...]:
    """How every point of a part stands, in the order of the checklist. ``decisions`` are the part's, in any order."""
    of_item: dict[str, list[Decision]] = defaultdict(list)
    for decision in sorted(decisions, key=newest_last):
        of_item[decision.checklist_item_id].append(decision)
    return tuple(_judged_item(item, of_item[item.id]) for item in checklist)


def progress(items: Iterable[JudgedItem], area: str = "") -> Progress:
    """Of the points of one area, or of all."""
    counted = [each for each in items if area in {"", each.item.area}]
    required = [each for each in counted if each.item.required]
    return Progress(
        area=area,
        total=len(counted),
        decided=sum(not each.is_open for each in counted),
        required=len(required),
        required_open=sum(each.is_open for each in required),
    )


def progress_by_area(items: tuple[JudgedItem, ...]) -> tuple[Progress, ...]:
    """Of every area, in the order of the route."""
    return tuple(progress(items, area) for area in dict.fromkeys(each.item.area for each in items))


def to_see_on_site(items: Iterable[JudgedItem]) -> tuple[JudgedItem, ...]:
    """What could not be judged over video."""
    return tuple(each for each in items if each.judgement is Judgement.CANNOT_BE_JUDGED_REMOTELY)


def failed(items: Iterable[JudgedItem]) -> tuple[JudgedItem, ...]:
    """What was found wrong."""
    return tuple(each for each in items if each.judgement is Judgement.FAIL)


def passed_unexplained(items: Iterable[JudgedItem]) -> tuple[JudgedItem, ...]:
    """What passed although no picture can show it, without a word on how that is known."""
    return tuple(
        each
        for each in items
        if each.item.remote is RemoteJudgement.IMPOSSIBLE and each.judgement is Judgement.PASS and not each.note
    )


def suggested_conclusion(items: tuple[JudgedItem, ...]) -> Conclusion | None:
    """What the decisions speak for; None while required points are open. That a fault is past mending, people say."""
    if _open_required(items):
        return None
    if failed(items):
        return Conclusion.RECTIFY
    if any(each.item.required for each in to_see_on_site(items)):
        return Conclusion.NEEDS_ON_SITE_VISIT
    return Conclusion.PASS


def following(items: tuple[JudgedItem, ...], item_id: str) -> ChecklistItem | None:
    """The point that comes next on the route and is still open; what can only be seen on site is nothing to show."""
    after = [each.item.id for each in items].index(item_id) + 1
    rest = (each for each in items[after:] if each.is_open and each.item.remote is not RemoteJudgement.IMPOSSIBLE)
    return next((each.item for each in rest), None)


def require_undecided(part: InspectionPart) -> None:
    """Whether points of a part may still be decided.

    Raises:
        RecordSigned: its record is signed.
        PartConcluded: it is concluded; taking that back opens it again.
    """
    require_unsealed(part)
    if part.conclusion is not None:
        raise PartConcluded


def require_unsealed(part: InspectionPart) -> None:
    """What is signed stays as it is.

    Raises:
        RecordSigned: it is signed.
    """
    if part.sealed_at is not None:
        raise RecordSigned


def require_consistent(decision: Decision, first_day: date) -> None:
    """Whether the parts of a decision fit together.

    Args:
        decision: as it came.
        first_day: today where the office is; nothing can be mended before.

    Raises:
        BadRequest: they do not.
    """
    if decision.judgement is not Judgement.FAIL and (decision.remedy or decision.deadline or decision.severity):
        raise BadRequest("Only a failed point has severity, remedy and deadline.", where="body", field="judgement")
    if decision.deadline is not None and decision.deadline < first_day:
        raise BadRequest("The deadline is over already.", where="body", field="deadline")


def require_same_decision(stored: Decision, sent: Decision) -> None:
    """A repeated decision is the same one again, or a mistake.

    Raises:
        Conflict: another one is stored under this id.
    """
    if replace(stored, decided_at=sent.decided_at, received_at=sent.received_at) != sent:
        raise Conflict("Another decision has this id.", decision_id=stored.id)


def require_same_conclusion(stored: PartConclusion, sent: PartConclusion) -> None:
    """A repeated conclusion is the same one again, or a mistake.

    Raises:
        Conflict: another one is stored under this id.
    """
    if replace(stored, concluded_at=sent.concluded_at) != sent:
        raise Conflict("Another conclusion has this id.", conclusion_id=stored.id)


def conclude(part: InspectionPart, items: tuple[JudgedItem, ...], concluded: PartConclusion) -> InspectionPart:
    """Close one part, or open it again by a conclusion of None.

    Raises:
        RecordSigned: the record is signed.
        PartConcluded: it has a conclusion already; take that back first.
        ItemsOpen, ItemsFailed, NothingFailed, RemedyMissing, ReasonMissing, NoteMissing: the decisions do not carry
            this one.
    """
    if concluded.conclusion is None:
        require_unsealed(part)
        return replace(part, conclusion=None, concluded_at=None)
    require_undecided(part)
    _require_carried(concluded.conclusion, items, bool(concluded.reason))
    return replace(part, conclusion=concluded.conclusion, concluded_at=concluded.concluded_at)


def _require_carried(conclusion: Conclusion, items: tuple[JudgedItem, ...], has_reason: bool) -> None:
    """Whether decisions and reason carry a conclusion."""
    match conclusion:
        case Conclusion.PASS:
            _require_none_open(items)
            if wrong := [each for each in failed(items) if each.item.required]:
                raise ItemsFailed(count=len(wrong))
            unseen = [each for each in to_see_on_site(items) if each.item.required]
            if unseen and not has_reason:
                raise ReasonMissing("Required points were not judged; say why this passes.", count=len(unseen))
        case Conclusion.RECTIFY:
            # All at once: nobody is sent home to mend one thing and told of the next one afterwards.
            _require_none_open(items)
            if not failed(items):
                raise NothingFailed
            if lacking := [each for each in failed(items) if not each.has_remedy]:
                raise RemedyMissing(count=len(lacking))
        case Conclusion.FAIL:
            if not failed(items) and not has_reason:
                raise ReasonMissing("No point failed; say why the whole does.")
        case Conclusion.NEEDS_ON_SITE_VISIT:
            if not to_see_on_site(items) and not has_reason:
                raise ReasonMissing("Every point could be judged; say what is to be seen on site.")
    # Whatever is concluded, the record says of these that they passed.
    if unexplained := passed_unexplained(items):
        raise NoteMissing(count=len(unexplained))


def _require_none_open(items: tuple[JudgedItem, ...]) -> None:
    if still_open := _open_required(items):
        raise ItemsOpen(count=len(still_open))


def _open_required(items: Iterable[JudgedItem]) -> tuple[JudgedItem, ...]:
    return tuple(each for each in items if each.item.required and each.is_open)


def _judged_item(item: ChecklistItem, decisions: list[Decision]) -> JudgedItem:
    """``decisions``: of this item, in the order in which they were made."""
    newest = decisions[-1] if decisions else None
    if newest is None or newest.judgement is None:
        return JudgedItem(item, None, None)
    judged_at = newest.decided_at
    for earlier in reversed(decisions):
        if earlier.judgement is not newest.judgement:
            break
        judged_at = earlier.decided_at
    return JudgedItem(item, newest, judged_at)
