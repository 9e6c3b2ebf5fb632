"""Opening, looking at and ending inspections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inspect_server.domain import appointments as appointing
from inspect_server.domain import conducting
from inspect_server.domain.appointments import Appointment
from inspect_server.domain.cases import Case, Enterprise
from inspect_server.domain.catalogue import PermitItemVersion
from inspect_server.domain.declining import Decline
from inspect_server.domain.errors import NotFound
from inspect_server.domain.inspections import Inspection, InspectionKind, InspectionPart, Invitation, Participant
from inspect_server.domain.permissions import Action, permit, standings_of_user
from inspect_server.services.announcements import InspectionEnded
from inspect_server.services.auditing import record
from inspect_server.services.cases import visible_case
from inspect_server.services.context import Actor, ServiceContext
from storage import appointments, arrivals, cases, catalogue, inspections, participants, people
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class PartFile:
    """One part with its case and checklist."""

    part: InspectionPart
    case: Case
    permit_item: PermitItemVersion


@dataclass(frozen=True, slots=True)
class InvitationFile:
    """An invitation with the name of who accepted it, None so far."""

    invitation: Invitation
    accepted_by: str | None


@dataclass(frozen=True, slots=True)
class InspectionFile:
    """An inspection with everything that its page shows."""

    inspection: Inspection
    inspector_name: str
    enterprise: Enterprise
    parts: list[PartFile]
    participants: list[Participant]
    invitations: list[InvitationFile]
    appointment: Appointment | None
    declines: list[Decline]


@dataclass(frozen=True, slots=True)
class Plan:
    """When a call is to be. ``starts_at`` aware UTC."""

    starts_at: datetime
    minutes: int


async def open_inspection(
    context: ServiceContext,
    by: Actor,
    case_id: str,
    kind: InspectionKind,
    *,
    further_case_ids: Sequence[str] = (),
    plan: Plan | None = None,
) -> InspectionFile:
    """Open a call on a case, and on further ones of the same enterprise, led by ``by``; ``plan`` None: now.

    Raises:
        NotFound, NotAllowed: a case is not theirs, or they are no inspector.
        OtherEnterprise: a further case is about somebody else.
        BadRequest: the planned time is over.
        Conflict: a case is in another open inspection; ``params["inspection_id"]``.
    """
    async with context.database.transaction() as tx:
        # Always in the same order, so that two who open at once do not wait for each other.
        free = {each: await _free_case(tx, by, each) for each in sorted({case_id, *further_case_ids})}
        case = free.pop(case_id)
        version = await catalogue.version(tx, case.permit_item_version_id)
        opened = conducting.open_inspection(
            case,
            kind,
            department=version.department if version else "",
            by=by.user,
            inspection_id=context.new_id(),
            part_id=context.new_id(),
            now=context.now(),
        )
        await cases.set_status(tx, case.id, conducting.case_status_after_opening(case).status)
        for further in free.values():
            opened = await add_case(context, tx, opened, further)
        await inspections.add(tx, opened)
        if plan is not None:
            agreed = appointing.plan(
                opened.id,
                None,
                starts_at=plan.starts_at,
                minutes=plan.minutes,
                grace_minutes=context.options.grace_minutes,
                now=context.now(),
            )
            await appointments.put(tx, agreed)
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "inspection.opened",
            f"inspection:{opened.id}",
            organisation_path=opened.organisation_path,
            address=by.address,
            details={"case": case.number, "kind": kind.value, "parts": str(len(opened.parts))},
        )
        return await inspection_file(tx, opened)


async def show_inspection(context: ServiceContext, by: Actor, inspection_id: str) -> InspectionFile:
    """One inspection.

    Raises:
        NotFound: there is none, or it is not of the own organisation or below.
    """
    async with context.database.reading() as tx:
        return await inspection_file(tx, await visible_inspection(tx, by, inspection_id, Action.SEE_INSPECTION))


async def end_inspection(context: ServiceContext, by: Actor, inspection_id: str) -> InspectionFile:
    """End the call for everybody, for good.

    Raises:
        NotFound, NotAllowed: see the permission table.
        InspectionEnded: somebody did so before.
    """
    now = context.now()
    async with context.database.transaction() as tx:
        inspection = await visible_inspection(tx, by, inspection_id, Action.END_INSPECTION, for_update=True)
        ended = conducting.end_inspection(inspection, now)
        await inspections.update_inspection(tx, ended)
        await participants.mark_all_left(tx, ended.id, now=now)
        for part in ended.parts:
            await _settle_case(tx, part.case_id, ended)
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "inspection.ended",
            f"inspection:{ended.id}",
            organisation_path=ended.organisation_path,
            address=by.address,
        )
        file = await inspection_file(tx, ended)
    context.announce(InspectionEnded(ended.id))
    return file


async def visible_inspection(
    tx: Transaction, by: Actor, inspection_id: str, action: Action, *, for_update: bool = False
) -> Inspection:
    """The inspection, if ``by`` may do ``action`` with it.

    Raises:
        NotFound, NotAllowed: see ``domain.permissions``.
    """
    inspection = await inspections.inspection(tx, inspection_id, for_update=for_update)
    if inspection is None:
        raise NotFound
    permit(action, standings_of_user(by.user, inspection.organisation_path, inspection))
    return inspection


async def part_files(tx: Transaction, inspection: Inspection) -> list[PartFile]:
    """The parts with their cases and checklists, in their order."""
    known_cases = await cases.cases_by_id(tx, [part.case_id for part in inspection.parts])
    versions = await catalogue.versions(tx, [part.permit_item_version_id for part in inspection.parts])
    return [
        PartFile(part, known_cases[part.case_id], versions[part.permit_item_version_id]) for part in inspection.parts
    ]


async def enterprise_of(tx: Transaction, parts: list[PartFile]) -> Enterprise:
    """Whose site it is; all parts of one inspection are about the same."""
    enterprise = await cases.enterprise(tx, parts[0].case.enterprise_id)
    if enterprise is None:
        raise NotFound
    return enterprise


async def add_case(context: ServiceContext, tx: Transaction, inspection: Inspection, case: Case) -> Inspection:
    """The inspection with a part for ``case``, which counts as being inspected from now on; the part is not stored yet.

    Raises:
        InspectionEnded, OtherEnterprise: see ``domain.conducting.add_part``.
    """
    version = await catalogue.version(tx, case.permit_item_version_id)
    enterprise = await cases.enterprise(tx, case.enterprise_id)
    if version is None or enterprise is None:
        raise NotFound
    joint = conducting.add_part(
        inspection,
        case,
        department=version.department,
        about=await enterprise_of(tx, await part_files(tx, inspection)),
        enterprise=enterprise,
        part_id=context.new_id(),
    )
    await cases.set_status(tx, case.id, conducting.case_status_after_opening(case).status)
    return joint


async def _free_case(tx: Transaction, by: Actor, case_id: str) -> Case:
    """A case that ``by`` may inspect and that is in no open inspection, locked."""
    case = await visible_case(tx, by, case_id, Action.OPEN_INSPECTION, for_update=True)
    conducting.require_none_open(await inspections.open_inspection_of_case(tx, case.id))
    return case


async def _settle_case(tx: Transaction, case_id: str, ended: Inspection) -> None:
    case = await cases.case(tx, case_id, for_update=True)
    if case is None:
        raise NotFound
    earlier = [listing.inspection for listing in await inspections.inspections_of_case(tx, case_id)]
    await cases.set_status(tx, case_id, conducting.case_status_after_ending(case, ended, earlier).status)


async def inspection_file(tx: Transaction, inspection: Inspection) -> InspectionFile:
    """An inspection with everything that its page shows."""
    parts = await part_files(tx, inspection)
    inspector = await people.user(tx, inspection.inspector_id)
    seated = await participants.participants_of(tx, inspection.id)
    names = {participant.invitation_id: participant.display_name for participant in seated}
    invited = await participants.invitations_of(tx, inspection.id)
    return InspectionFile(
        inspection=inspection,
        inspector_name=inspector.display_name if inspector else "",
        enterprise=await enterprise_of(tx, parts),
        parts=parts,
        participants=seated,
        invitations=[InvitationFile(invitation, names.get(invitation.id)) for invitation in invited],
        appointment=await appointments.of_inspection(tx, inspection.id),
        declines=await arrivals.declines_of(tx, inspection.id),
    )
