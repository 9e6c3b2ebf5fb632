"""Cases, their enterprises and their checklists."""

from __future__ import annotations

from inspect_server.api import schemas
from inspect_server.api.views import arrivals as views
from inspect_server.domain.cases import Enterprise
from inspect_server.domain.catalogue import ChecklistItem, PermitItemVersion
from inspect_server.services.cases import CaseFile, CaseListing, InspectionOfCase


def permit_item(version: PermitItemVersion) -> schemas.PermitItemView:
    """A permit item without its checklist."""
    return schemas.PermitItemView(
        version_id=version.id,
        permit_item_id=version.permit_item_id,
        number=version.number,
        code=version.code,
        name=version.name,
        department=version.department,
        is_sample=version.is_sample,
    )


def case_row(listing: CaseListing) -> schemas.CaseRow:
    """One line of the case list."""
    return schemas.CaseRow(
        id=listing.id,
        number=listing.number,
        external_id=listing.external_id,
        enterprise_name=listing.enterprise_name,
        permit_item_name=listing.permit_item_name,
        organisation_name=listing.organisation_name,
        status=listing.status,
        created_at=listing.created_at,
        last_inspection_at=listing.last_inspection_at,
        live_inspection_id=listing.live_inspection_id,
        live_picture_count=listing.live_picture_count,
    )


def case_detail(file: CaseFile) -> schemas.CaseDetail:
    """A whole case."""
    return schemas.CaseDetail(
        id=file.case.id,
        number=file.case.number,
        external_id=file.case.external_id,
        organisation_name=file.organisation.name,
        status=file.case.status,
        created_at=file.case.created_at,
        enterprise=enterprise(file.enterprise),
        permit_item=permit_item(file.permit_item),
        checklist=checklist(file.permit_item.checklist),
        inspections=[_inspection_row(held) for held in file.inspections],
    )


def _inspection_row(held: InspectionOfCase) -> schemas.InspectionRow:
    return schemas.InspectionRow(
        id=held.inspection.id,
        kind=held.inspection.kind,
        state=held.inspection.state,
        inspector_name=held.inspector_name,
        created_at=held.inspection.created_at,
        started_at=held.inspection.started_at,
        ended_at=held.inspection.ended_at,
        footage_ms=held.footage_ms,
        gap_count=held.gap_count,
        picture_count=held.picture_count,
        skip_count=held.skip_count,
        appointment=views.appointment(held.appointment),
        declines=[views.decline(each) for each in held.declines],
    )


def enterprise(known: Enterprise) -> schemas.EnterpriseView:
    """An enterprise as its case knows it."""
    return schemas.EnterpriseView(
        id=known.id,
        name=known.name,
        credit_code=known.credit_code,
        address=known.address,
        contact_name=known.contact_name,
        contact_phone=known.contact_phone,
    )


def checklist(items: tuple[ChecklistItem, ...]) -> list[schemas.ChecklistItemView]:
    """The points to verify, in their order."""
    return [checklist_item(item) for item in items]


def checklist_item(item: ChecklistItem) -> schemas.ChecklistItemView:
    """One point to verify."""
    return schemas.ChecklistItemView(
        id=item.id,
        position=item.position,
        area=item.area,
        text=item.text,
        show=item.show,
        severity=item.severity,
        required=item.required,
        remote=item.remote,
        why_not_remote=item.why_not_remote,
        prepare=item.prepare,
        example=item.example,
    )
