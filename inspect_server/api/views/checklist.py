"""Checklists, the route of points to show, and what a case can be inspected together with."""

from __future__ import annotations

from inspect_server.api.schemas import checklist as schemas
from inspect_server.api.views.cases import checklist_item
from inspect_server.domain import judging as rules
from inspect_server.domain.catalogue import ChecklistItem
from inspect_server.domain.judging import JudgedItem, Progress
from inspect_server.services.guiding import PointedOut
from inspect_server.services.inspecting import PartFile
from inspect_server.services.joint import JointOffers
from inspect_server.services.judging import Checklist, JudgedPart, NewConclusion, NewDecision


def new_decision(decision_id: str, body: schemas.NewDecision) -> NewDecision:
    """What an inspector decides."""
    return NewDecision(
        id=decision_id,
        part_id=body.part_id,
        checklist_item_id=body.checklist_item_id,
        judgement=body.judgement,
        decided_at=body.decided_at,
        note=body.note,
        severity=body.severity,
        remedy=body.remedy,
        deadline=body.deadline,
    )


def new_conclusion(conclusion_id: str, body: schemas.NewConclusion) -> NewConclusion:
    """What an inspector concludes."""
    return NewConclusion(conclusion_id, body.part_id, body.conclusion, body.reason)


def checklist_view(found: Checklist) -> schemas.Checklist:
    """All parts with how their points stand."""
    return schemas.Checklist(parts=[_part(part, found.names) for part in found.parts])


def route(parts: list[PartFile], now: list[schemas.FocusedPoint]) -> schemas.Route:
    """What is to be shown."""
    return schemas.Route(
        parts=[
            schemas.RoutePart(
                part_id=file.part.id,
                department=file.part.department,
                permit_item_name=file.permit_item.name,
                points=[_point(item) for item in file.permit_item.checklist],
            )
            for file in parts
        ],
        now=now,
    )


def focused_point(participant_id: str, pointed_out: PointedOut) -> schemas.FocusedPoint:
    """What an inspector is at."""
    return schemas.FocusedPoint(
        participant_id=participant_id,
        part_id=pointed_out.file.part.id,
        department=pointed_out.file.part.department,
        number=pointed_out.number,
        count=pointed_out.count,
        point=_point(pointed_out.item),
        next=_point(pointed_out.next) if pointed_out.next else None,
    )


def joint_offers(found: JointOffers) -> schemas.JointOffers:
    """What a case can be inspected together with."""
    return schemas.JointOffers(
        cases=[
            schemas.FurtherCase(
                case_id=each.id,
                number=each.number,
                permit_item_name=each.permit_item_name,
                organisation_name=each.organisation_name,
            )
            for each in found.cases
        ],
        calls=[
            schemas.OpenCall(
                inspection_id=each.inspection.id,
                inspector_name=each.inspector_name,
                permit_item_names=each.permit_item_names,
                created_at=each.inspection.created_at,
            )
            for each in found.calls
        ],
    )


def _part(judged: JudgedPart, names: dict[str, str]) -> schemas.JudgedPartView:
    part, concluded = judged.file.part, judged.conclusion
    return schemas.JudgedPartView(
        part_id=part.id,
        case_id=judged.file.case.id,
        case_number=judged.file.case.number,
        permit_item_name=judged.file.permit_item.name,
        department=part.department,
        organisation_name=judged.organisation_name,
        may_decide=judged.may_decide,
        sealed_at=part.sealed_at,
        items=[_item(each, names) for each in judged.items],
        progress=_progress(rules.progress(judged.items)),
        progress_by_area=[_progress(each) for each in rules.progress_by_area(judged.items)],
        on_site_item_ids=[each.item.id for each in rules.to_see_on_site(judged.items)],
        suggested=rules.suggested_conclusion(judged.items),
        conclusion=schemas.ConclusionView(
            id=concluded.id,
            conclusion=concluded.conclusion,
            reason=concluded.reason,
            concluded_by_name=names.get(concluded.concluded_by, ""),
            concluded_at=concluded.concluded_at,
        )
        if concluded and concluded.conclusion
        else None,
    )


def _item(judged: JudgedItem, names: dict[str, str]) -> schemas.JudgedItemView:
    decision, judged_at = judged.decision, judged.judged_at
    return schemas.JudgedItemView(
        item=checklist_item(judged.item),
        decision=schemas.DecisionView(
            id=decision.id,
            judgement=decision.judgement,
            note=decision.note,
            severity=decision.severity,
            remedy=decision.remedy,
            deadline=decision.deadline,
            decided_by=decision.decided_by,
            decided_by_name=names.get(decision.decided_by, ""),
            decided_at=decision.decided_at,
            judged_at=judged_at,
        )
        if decision and decision.judgement and judged_at
        else None,
    )


def _progress(progress: Progress) -> schemas.ProgressView:
    return schemas.ProgressView(
        area=progress.area,
        total=progress.total,
        decided=progress.decided,
        required=progress.required,
        required_open=progress.required_open,
    )


def _point(item: ChecklistItem) -> schemas.PointView:
    return schemas.PointView(checklist_item_id=item.id, area=item.area, text=item.text, show=item.show)
