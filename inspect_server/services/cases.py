"""Finding, opening and looking at cases."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_server.domain.appointments import Appointment
from inspect_server.domain.cases import Case, CaseStatus, Enterprise
from inspect_server.domain.catalogue import PermitItemVersion
from inspect_server.domain.declining import Decline
from inspect_server.domain.errors import NotFound
from inspect_server.domain.inspections import Inspection
from inspect_server.domain.moments import PHOTO_SKIPPED
from inspect_server.domain.people import Organisation
from inspect_server.domain.permissions import Action, permit, standings_of_user
from inspect_server.services.auditing import record
from inspect_server.services.context import Actor, ServiceContext
from storage import appointments, arrivals, cases, catalogue, evidence, footage_amounts, inspections, moments, people
from storage.cases import CaseListing, CasePage
from storage.engine import Transaction

__all__ = [
    "CaseDraft",
    "CaseFile",
    "CaseListing",
    "CasePage",
    "CaseSearch",
    "InspectionOfCase",
    "list_cases",
    "open_case",
    "show_case",
    "visible_case",
]

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """What to look for; ``page`` counts from 1."""

    query: str = ""
    permit_item_id: str | None = None
    status: CaseStatus | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class InspectionOfCase:
    """One inspection in the case's history."""

    inspection: Inspection
    inspector_name: str
    footage_ms: float
    gap_count: int
    picture_count: int
    skip_count: int
    appointment: Appointment | None
    declines: list[Decline]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that its page shows."""

    case: Case
    enterprise: Enterprise
    permit_item: PermitItemVersion
    organisation: Organisation
    inspections: list[InspectionOfCase]


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """What opens a case. The enterprise's id is given here."""

    permit_item_id: str
    enterprise_name: str
    credit_code: str = ""
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    external_id: str | None = None


async def list_cases(context: ServiceContext, by: Actor, search: CaseSearch) -> CasePage:
    """One page of the cases of the own organisation and below, newest first."""
    permit(Action.SEE_CASE, standings_of_user(by.user, by.user.organisation_path))
    wanted = cases.CaseFilter(
        organisation_path=by.user.organisation_path,
        query=search.query.strip(),
        permit_item_id=search.permit_item_id,
        status=search.status,
    )
    async with context.database.reading() as tx:
        return await cases.page(tx, wanted, limit=PAGE_SIZE, offset=(search.page - 1) * PAGE_SIZE)


async def show_case(context: ServiceContext, by: Actor, case_id: str) -> CaseFile:
    """One case.

    Raises:
        NotFound: there is none, or it is not of the own organisation or below.
    """
    async with context.database.reading() as tx:
        case = await visible_case(tx, by, case_id, Action.SEE_CASE)
        return await _file(context, tx, case)


async def open_case(context: ServiceContext, by: Actor, draft: CaseDraft) -> CaseFile:
    """A new case of the own organisation, with the newest version of the permit item.

    Raises:
        NotAllowed: only inspectors and administrators open cases.
        NotFound: no such permit item.
        Conflict: another case has this external id.
    """
    permit(Action.OPEN_CASE, standings_of_user(by.user, by.user.organisation_path))
    now = context.now()
    year = f"{now.astimezone(context.options.time_zone):%Y}"  # as the office's calendar says
    enterprise = Enterprise(
        id=context.new_id(),
        name=draft.enterprise_name,
        credit_code=draft.credit_code,
        address=draft.address,
        contact_name=draft.contact_name,
        contact_phone=draft.contact_phone,
    )
    async with context.database.transaction() as tx:
        version = await catalogue.newest_version(tx, draft.permit_item_id)
        if version is None:
            raise NotFound(what="permit_item")
        case = Case(
            id=context.new_id(),
            number=f"YK{year}-{await cases.next_serial(tx, year):06d}",
            external_id=draft.external_id,
            organisation_id=by.user.organisation_id,
            organisation_path=by.user.organisation_path,
            enterprise_id=enterprise.id,
            permit_item_version_id=version.id,
            status=CaseStatus.OPEN,
            created_at=now,
        )
        await cases.add_enterprise(tx, enterprise)
        await cases.add_case(tx, case)
        await record(
            context,
            tx,
            f"user:{by.user.id}",
            "case.opened",
            f"case:{case.id}",
            organisation_path=case.organisation_path,
            address=by.address,
            details={"number": case.number},
        )
        return await _file(context, tx, case)


async def visible_case(tx: Transaction, by: Actor, case_id: str, action: Action, *, for_update: bool = False) -> Case:
    """The case, if ``by`` may do ``action`` with it.

    Raises:
        NotFound, NotAllowed: see ``domain.permissions``.
    """
    case = await cases.case(tx, case_id, for_update=for_update)
    if case is None:
        raise NotFound
    permit(action, standings_of_user(by.user, case.organisation_path))
    return case


async def _file(context: ServiceContext, tx: Transaction, case: Case) -> CaseFile:
    enterprise = await cases.enterprise(tx, case.enterprise_id)
    version = await catalogue.version(tx, case.permit_item_version_id)
    organisation = await people.organisation(tx, case.organisation_id)
    if enterprise is None or version is None or organisation is None:
        raise NotFound
    listings = await inspections.inspections_of_case(tx, case.id)
    ids = [listing.inspection.id for listing in listings]
    totals = await footage_amounts.totals(
        tx,
        ids,
        now=context.now(),
        is_awaited=context.track_uploads_pending,
    )
    times = await appointments.of_inspections(tx, ids)
    pictures = await evidence.picture_counts(tx, ids)
    skips = await moments.counts(tx, ids, PHOTO_SKIPPED)
    held = [
        InspectionOfCase(
            listing.inspection,
            listing.inspector_name,
            totals[listing.inspection.id].footage_ms,
            totals[listing.inspection.id].gap_count,
            pictures.get(listing.inspection.id, 0),
            skips.get(listing.inspection.id, 0),
            times.get(listing.inspection.id),
            await arrivals.declines_of(tx, listing.inspection.id),
        )
        for listing in listings
    ]
    return CaseFile(case, enterprise, version, organisation, held)
