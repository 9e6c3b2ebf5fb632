"""The checklist of an inspection: what is to be judged, what was decided, and what follows from it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.api.schemas.cases import ChecklistItemView
from inspect_server.api.schemas.evidence import Id, Note
from inspect_server.domain.catalogue import Severity
from inspect_server.domain.inspections import Conclusion
from inspect_server.domain.judging import Judgement

Remedy = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class NewDecision(Body):
    """One step at one point; the newest one of a point counts. ``judgement`` null takes back what was decided.

    ``decided_at``: exact moment by the server's clock. ``severity``, ``remedy`` and ``deadline`` (the last day) are for
    a failed point only.
    """

    part_id: Id
    checklist_item_id: Id
    judgement: Judgement | None
    decided_at: AwareDatetime
    note: Note = ""
    severity: Severity | None = None
    remedy: Remedy = ""
    deadline: date | None = None


class DecisionView(Body):
    """``judged_at``: since when this judgement holds; later words about it do not move it."""

    id: str
    judgement: Judgement
    note: str
    severity: Severity | None
    remedy: str
    deadline: date | None
    decided_by: str
    decided_by_name: str
    decided_at: AwareDatetime
    judged_at: AwareDatetime


class JudgedItemView(Body):
    """``decision`` null: open."""

    item: ChecklistItemView
    decision: DecisionView | None


class ProgressView(Body):
    """``area`` is empty for the whole part."""

    area: str
    total: int
    decided: int
    required: int
    required_open: int


class ConclusionView(Body):
    id: str
    conclusion: Conclusion
    reason: str
    concluded_by_name: str
    concluded_at: AwareDatetime


class JudgedPartView(Body):
    """``may_decide``: whether it is a list of the signed-in inspector. ``sealed_at``: its record was signed then.

    ``on_site_item_ids``: what could not be judged over video. ``suggested``: what the decisions speak for.
    """

    part_id: str
    case_id: str
    case_number: str
    permit_item_name: str
    department: str
    organisation_name: str
    may_decide: bool
    sealed_at: AwareDatetime | None
    items: list[JudgedItemView]
    progress: ProgressView
    progress_by_area: list[ProgressView]
    on_site_item_ids: list[str]
    suggested: Conclusion | None
    conclusion: ConclusionView | None


class Checklist(Body):
    """All parts, one's own organisation's first."""

    parts: list[JudgedPartView]


class NewConclusion(Body):
    """``conclusion`` null takes back the one before, until the record is signed."""

    part_id: Id
    conclusion: Conclusion | None
    reason: Note = ""


class PointView(Body):
    """What to show, in plain words."""

    checklist_item_id: str
    area: str
    text: str
    show: str


class FocusedPoint(Body):
    """A point that an inspector is at: the ``number``-th of ``count`` of its part. ``next``: what follows, or null."""

    participant_id: str
    part_id: str
    department: str
    number: int
    count: int
    point: PointView
    next: PointView | None


class RoutePart(Body):
    part_id: str
    department: str
    permit_item_name: str
    points: list[PointView]


class Route(Body):
    """All that is to be shown, in order, and ``now``: what the inspectors are at, the newest first."""

    parts: list[RoutePart]
    now: list[FocusedPoint]


class FurtherCase(Body):
    case_id: str
    number: str
    permit_item_name: str
    organisation_name: str


class OpenCall(Body):
    inspection_id: str
    inspector_name: str
    permit_item_names: list[str]
    created_at: AwareDatetime


class JointOffers(Body):
    """``cases``: of the same enterprise, to be inspected in one call; ``calls``: open ones to join with this case."""

    cases: list[FurtherCase]
    calls: list[OpenCall]
