"""Deciding on the points of a checklist, concluding a part, and looking at how far everybody is.

In a joint inspection each part belongs to the organisation of its case: who is an inspector there, or above it, decides
and concludes. Everybody in the inspection's offices sees all lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspect_server.domain import judging as rules
from inspect_server.domain.catalogue import Severity
from inspect_server.domain.errors import BadRequest, NotAllowed, NotFound
from inspect_server.domain.inspections import Conclusion, Inspection, InspectionPart
from inspect_server.domain.judging import Decision, JudgedItem, Judgement, PartConclusion
from inspect_server.domain.permissions import PERMISSIONS, Action, permit, standings_of_user
from inspect_server.services.acting import Acting, acting
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.collecting import CLOCK_SLACK
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import PartFile, part_files
from inspect_server.services.moments import note
from inspect_server.services.offering import offer_record, withdraw_record
from storage import inspections, judging, people
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class NewDecision:
    """One step at one point; ``id`` is the page's, so that sending it again is the same thing. See ``Decision``."""

    id: str
    part_id: str
    checklist_item_id: str
    judgement: Judgement | None
    decided_at: datetime
    note: str = ""
    severity: Severity | None = None
    remedy: str = ""
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class NewConclusion:
    """``id`` is the page's. ``conclusion`` None takes back the one before."""

    id: str
    part_id: str
    conclusion: Conclusion | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """One part with how its points stand. ``conclusion`` None: none, or taken back."""

    file: PartFile
    organisation_name: str
    may_decide: bool
    items: tuple[JudgedItem, ...]
    conclusion: PartConclusion | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """All parts of an inspection, the own organisation's first. ``names``: of who decided, by user id."""

    parts: list[JudgedPart]
    names: dict[str, str]


async def decide(context: ServiceContext, by: Actor, inspection_id: str, new: NewDecision) -> Decision:
    """Decide on a point, say more about it, or take back what was decided. The same again changes nothing.

    Raises:
        NotFound, NotAllowed: see the permission table, asked of the part.
        BadRequest: no such point, a time that cannot be, or parts that do not fit together.
        PartConcluded, RecordSigned: nothing more is decided in this part.
        Conflict: another decision has this id.
    """
    now = context.now()
    async with context.database.transaction() as tx:
        who, file = await _own_part(context, tx, by, inspection_id, new.part_id, Action.DECIDE)
        if new.checklist_item_id not in {item.id for item in file.permit_item.checklist}:
            raise BadRequest("The part has no such point.", where="body", field="checklist_item_id")
        if not who.inspection.created_at <= new.decided_at <= now + CLOCK_SLACK:
            raise BadRequest("Nothing can have been decided then.", where="body", field="decided_at")
        wanted = _decision(new, by, now)
        if (stored := await judging.decision(tx, wanted.id)) is not None:
            rules.require_same_decision(stored, wanted)
            return stored
        rules.require_undecided(file.part)
        rules.require_consistent(wanted, wanted.decided_at.astimezone(context.options.time_zone).date())
        before = await _standing_of(tx, file, wanted.checklist_item_id)
        await judging.add_decision(tx, wanted)
        await _keep_decision(context, tx, who, file.part, wanted, before)
    context.announce(InspectionChanged(who.inspection.id, Topic.CHECKLIST))
    if wanted.judgement is not before:
        context.announce(InspectionChanged(who.inspection.id, Topic.MOMENTS))
    return wanted


async def conclude(context: ServiceContext, by: Actor, inspection_id: str, new: NewConclusion) -> PartConclusion:
    """Conclude a part and offer its record to both sides, or take both back. The same again changes nothing.

    Raises:
        NotFound, NotAllowed: see the permission table, asked of the part.
        PartConcluded, RecordSigned, ItemsOpen, ItemsFailed, NothingFailed, RemedyMissing, ReasonMissing, NoteMissing:
            see ``domain.judging.conclude``.
        Conflict: another conclusion has this id.
    """
    async with context.database.transaction() as tx:
        who, file = await _own_part(context, tx, by, inspection_id, new.part_id, Action.CONCLUDE)
        wanted = PartConclusion(new.id, new.part_id, new.conclusion, new.reason, by.user.id, context.now())
        if (stored := await judging.conclusion(tx, wanted.id)) is not None:
            rules.require_same_conclusion(stored, wanted)
            return stored
        decisions = (await judging.decisions_of(tx, [file.part.id]))[file.part.id]
        items = rules.judged(file.permit_item.checklist, decisions)
        concluded = rules.conclude(file.part, items, wanted)
        await judging.add_conclusion(tx, wanted)
        await inspections.update_inspection(tx, _with_part(who.inspection, concluded))
        await withdraw_record(context, tx, who, concluded)
        if wanted.conclusion is not None:
            await offer_record(context, tx, who, file, items, wanted)
        await _keep_conclusion(context, tx, who, concluded, wanted)
    for topic in (Topic.CHECKLIST, Topic.CONCLUSIONS, Topic.MOMENTS):
        context.announce(InspectionChanged(who.inspection.id, topic))
    return wanted


async def show_checklist(context: ServiceContext, by: Actor, inspection_id: str) -> Checklist:
    """How all parts stand.

    Raises:
        NotFound, NotAllowed: see the permission table.
    """
    async with context.database.reading() as tx:
        who = await acting(context, tx, by, inspection_id, Action.SEE_INSPECTION)
        parts = await judged_parts(tx, who.inspection, by)
        parts.sort(
            key=lambda each: (each.file.part.organisation_path != by.user.organisation_path, not each.may_decide)
        )
        return Checklist(parts, await _names(tx, parts))


async def judged_parts(tx: Transaction, inspection: Inspection, by: Actor) -> list[JudgedPart]:
    """The parts of an inspection with how their points stand, in the order of the inspection."""
    ids = [part.id for part in inspection.parts]
    decisions, conclusions = await judging.decisions_of(tx, ids), await judging.newest_conclusions(tx, ids)
    found = []
    for file in await part_files(tx, inspection):
        organisation = await people.organisation(tx, file.case.organisation_id)
        concluded = conclusions.get(file.part.id)
        found.append(
            JudgedPart(
                file=file,
                organisation_name=organisation.name if organisation else "",
                may_decide=bool(standings_of_user(by.user, file.part.organisation_path) & PERMISSIONS[Action.DECIDE]),
                items=rules.judged(file.permit_item.checklist, decisions[file.part.id]),
                conclusion=concluded if concluded and concluded.conclusion else None,
            )
        )
    return found


async def _own_part(
    context: ServiceContext, tx: Transaction, by: Actor, inspection_id: str, part_id: str, action: Action
) -> tuple[Acting, PartFile]:
    """The part with the inspection locked, if ``by`` may do ``action`` with it."""
    who = await acting(context, tx, by, inspection_id, Action.SEE_INSPECTION, for_update=True)
    for file in await part_files(tx, who.inspection):
        if file.part.id == part_id:
            standings = standings_of_user(by.user, file.part.organisation_path)
            if not standings:
                # They see the inspection, so it is no secret that this list is another department's.
                raise NotAllowed(action=action.value)
            permit(action, standings)
            return who, file
    raise NotFound


async def _standing_of(tx: Transaction, file: PartFile, item_id: str) -> Judgement | None:
    decisions = (await judging.decisions_of(tx, [file.part.id]))[file.part.id]
    items = rules.judged(file.permit_item.checklist, decisions)
    return next(each.judgement for each in items if each.item.id == item_id)


def _decision(new: NewDecision, by: Actor, now: datetime) -> Decision:
    return Decision(
        id=new.id,
        part_id=new.part_id,
        checklist_item_id=new.checklist_item_id,
        judgement=new.judgement,
        note=new.note,
        severity=new.severity,
        remedy=new.remedy,
        deadline=new.deadline,
        decided_by=by.user.id,
        decided_at=min(new.decided_at, now),
        received_at=now,
    )


def _with_part(inspection: Inspection, changed: InspectionPart) -> Inspection:
    return replace(inspection, parts=tuple(changed if part.id == changed.id else part for part in inspection.parts))


async def _keep_decision(
    context: ServiceContext,
    tx: Transaction,
    who: Acting,
    part: InspectionPart,
    made: Decision,
    before: Judgement | None,
) -> None:
    judgement = made.judgement.value if made.judgement else ""
    await record(
        context,
        tx,
        who.name,
        "decision.made" if made.judgement else "decision.taken_back",
        f"decision:{made.id}",
        organisation_path=part.organisation_path,
        address=who.address,
        details={"inspection": who.inspection.id, "item": made.checklist_item_id, "judgement": judgement},
    )
    # Further words about the same judgement are no new moment of the call.
    if made.judgement is not before:
        await note(
            context,
            tx,
            who.inspection.id,
            "decision.made" if made.judgement else "decision.taken_back",
            actor=who.name,
            at=made.decided_at,
            moment_id=made.id,
            details={"part_id": part.id, "checklist_item_id": made.checklist_item_id, "judgement": judgement},
        )


async def _keep_conclusion(
    context: ServiceContext, tx: Transaction, who: Acting, part: InspectionPart, made: PartConclusion
) -> None:
    kind = "conclusion.made" if made.conclusion else "conclusion.taken_back"
    conclusion = made.conclusion.value if made.conclusion else ""
    await record(
        context,
        tx,
        who.name,
        kind,
        f"part:{part.id}",
        organisation_path=part.organisation_path,
        address=who.address,
        details={"inspection": who.inspection.id, "conclusion": conclusion},
    )
    await note(
        context,
        tx,
        who.inspection.id,
        kind,
        actor=who.name,
        at=made.concluded_at,
        moment_id=made.id,
        details={"part_id": part.id, "conclusion": conclusion},
    )


async def _names(tx: Transaction, parts: Iterable[JudgedPart]) -> dict[str, str]:
    ids: set[str] = set()
    for part in parts:
        ids |= {each.decision.decided_by for each in part.items if each.decision}
        ids |= {part.conclusion.concluded_by} if part.conclusion else set()
    found = [await people.user(tx, user_id) for user_id in sorted(ids)]
    return {user.id: user.display_name for user in found if user}
