"""Opening, looking at and ending inspections."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_server.domain import conducting
from inspect_server.domain.cases import Case, Enterprise
from inspect_server.domain.catalogue import PermitItemVersion
from inspect_server.domain.errors import NotFound
from inspect_server.domain.inspections import Inspection, InspectionKind, InspectionPart, Invitation, Participant
from inspect_server.domain.permissions import Action, permit, standings_of_user
from inspect_server.services.announcements import InspectionEnded
from inspect_server.services.auditing import record
from inspect_server.services.cases import visible_case
from inspect_server.services.context import Actor, ServiceContext
from storage import cases, catalogue, inspections, participants, people
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


async def open_inspection(context: ServiceContext, by: Actor, case_id: str, kind: InspectionKind) -> InspectionFile:
    """Open a call on a case, led by ``by``.

    Raises:
        NotFound, NotAllowed: the case is not theirs, or they are no inspector.
        Conflict: the case is in another open inspection; ``params["inspection_id"]``.
    """
    async with context.database.transaction() as tx:
        case = await visible_case(tx, by, case_id, Action.OPEN_INSPECTION, for_update=True)
        conducting.require_none_open(await inspections.open_inspection_of_case(tx, case.id))
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
        await inspections.add(tx, opened)
        await cases.set_status(tx, case.id, conducting.case_status_after_opening(case).status)
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "inspection.opened",
            f"inspection:{opened.id}",
            organisation_path=opened.organisation_path,
            address=by.address,
            details={"case": case.number, "kind": kind.value},
        )
        return await _file(tx, opened)


async def show_inspection(context: ServiceContext, by: Actor, inspection_id: str) -> InspectionFile:
    """One inspection.

    Raises:
        NotFound: there is none, or it is not of the own organisation or below.
    """
    async with context.database.reading() as tx:
        return await _file(tx, await visible_inspection(tx, by, inspection_id, Action.SEE_INSPECTION))


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
        file = await _file(tx, ended)
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


async def _settle_case(tx: Transaction, case_id: str, ended: Inspection) -> None:
    case = await cases.case(tx, case_id, for_update=True)
    if case is None:
        raise NotFound
    earlier = [listing.inspection for listing in await inspections.inspections_of_case(tx, case_id)]
    await cases.set_status(tx, case_id, conducting.case_status_after_ending(case, ended, earlier).status)


async def _file(tx: Transaction, inspection: Inspection) -> InspectionFile:
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
    )
