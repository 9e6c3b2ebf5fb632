"""Joint inspections (联合勘验, 一业一证): several cases of one enterprise, of different departments, in one call."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_server.domain import conducting
from inspect_server.domain.cases import Enterprise
from inspect_server.domain.errors import NotFound
from inspect_server.domain.inspections import Inspection
from inspect_server.domain.permissions import Action
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import record
from inspect_server.services.cases import visible_case
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import InspectionFile, add_case, inspection_file
from storage import cases, inspections, people
from storage.cases import CaseFilter, CaseListing
from storage.engine import Transaction

MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class OpenCall:
    """An open inspection of the same enterprise by another department of the office."""

    inspection: Inspection
    inspector_name: str
    permit_item_names: list[str]


@dataclass(frozen=True, slots=True)
class JointOffers:
    """What a case can be inspected together with.

    ``cases``: further ones of the enterprise that one may inspect oneself; ``calls``: open inspections that one may
    join with this case.
    """

    cases: list[CaseListing]
    calls: list[OpenCall]


async def joint_offers(context: ServiceContext, by: Actor, case_id: str) -> JointOffers:
    """What a case can be inspected together with; nothing, if the enterprise has no credit code to be known by.

    Raises:
        NotFound, NotAllowed: the case is not theirs, or they are no inspector.
    """
    async with context.database.reading() as tx:
        case = await visible_case(tx, by, case_id, Action.OPEN_INSPECTION)
        enterprise = await _enterprise(tx, case.enterprise_id)
        if not enterprise.credit_code:
            return JointOffers([], [])
        root = f"/{case.organisation_path.split('/')[1]}/"
        everywhere = await cases.page(
            tx, CaseFilter(organisation_path=root, credit_code=enterprise.credit_code), limit=MOST_OFFERED
        )
        own = await cases.page(
            tx,
            CaseFilter(organisation_path=by.user.organisation_path, credit_code=enterprise.credit_code),
            limit=MOST_OFFERED,
        )
        under_way = {each.live_inspection_id for each in everywhere.listings if each.live_inspection_id}
        calls = [await _call(tx, inspection_id) for inspection_id in sorted(under_way)]
    return JointOffers(
        cases=[each for each in own.listings if each.id != case.id and each.live_inspection_id is None],
        calls=[each for each in calls if case.id not in {part.case_id for part in each.inspection.parts}],
    )


async def join_with_case(context: ServiceContext, by: Actor, inspection_id: str, case_id: str) -> InspectionFile:
    """Make a case a part of an open inspection of the same enterprise. Doing so twice changes nothing.

    Whoever inspects the case may do so: that is how another department comes in.

    Raises:
        NotFound, NotAllowed: the case is not theirs, they are no inspector, or there is no such inspection.
        InspectionEnded: it is over.
        OtherEnterprise: it is about somebody else.
        Conflict: the case is in another open inspection; ``params["inspection_id"]``.
    """
    async with context.database.transaction() as tx:
        inspection = await inspections.inspection(tx, inspection_id, for_update=True)
        case = await visible_case(tx, by, case_id, Action.OPEN_INSPECTION, for_update=True)
        if inspection is None:
            raise NotFound
        if case.id in {part.case_id for part in inspection.parts}:
            return await inspection_file(tx, inspection)
        conducting.require_none_open(await inspections.open_inspection_of_case(tx, case.id))
        joint = await add_case(context, tx, inspection, case)
        await inspections.add_part(tx, joint.parts[-1])
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "inspection.part_added",
            f"inspection:{inspection.id}",
            organisation_path=case.organisation_path,
            address=by.address,
            details={"case": case.number},
        )
        file = await inspection_file(tx, joint)
    context.announce(InspectionChanged(inspection.id, Topic.CHECKLIST))
    return file


async def _enterprise(tx: Transaction, enterprise_id: str) -> Enterprise:
    enterprise = await cases.enterprise(tx, enterprise_id)
    if enterprise is None:
        raise NotFound
    return enterprise


async def _call(tx: Transaction, inspection_id: str) -> OpenCall:
    inspection = await inspections.inspection(tx, inspection_id)
    if inspection is None:
        raise NotFound
    leader = await people.user(tx, inspection.inspector_id)
    file = await inspection_file(tx, inspection)
    return OpenCall(inspection, leader.display_name if leader else "", [part.permit_item.name for part in file.parts])
