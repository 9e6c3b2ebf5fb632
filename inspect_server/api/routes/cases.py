"""Cases and the catalogue."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from inspect_server.api import schemas, views
from inspect_server.api.callers import Staff
from inspect_server.api.operations import Operations
from inspect_server.domain.cases import CaseStatus
from inspect_server.domain.errors import Conflict, NotAllowed, NotFound
from inspect_server.services import cases, catalogue

operations = Operations()


class CaseQuery(schemas.Body):
    """``query`` matches number, external id, enterprise name and credit code."""

    query: Annotated[str, StringConstraints(max_length=100)] = ""
    permit_item_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    status: CaseStatus | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


@operations.get("/api/permit-items", NotAllowed)
async def list_permit_items(staff: Staff) -> schemas.PermitItems:
    """The newest version of every permit item."""
    versions = await catalogue.list_permit_items(staff.services, staff.actor)
    return schemas.PermitItems(items=[views.permit_item(version) for version in versions])


@operations.get("/api/cases", NotAllowed)
async def list_cases(staff: Staff, query: CaseQuery) -> schemas.CaseList:
    """One page of the cases of the own organisation and below, newest first."""
    search = cases.CaseSearch(
        query=query.query, permit_item_id=query.permit_item_id, status=query.status, page=query.page
    )
    page = await cases.list_cases(staff.services, staff.actor, search)
    return schemas.CaseList(
        items=[views.case_row(listing) for listing in page.listings],
        total=page.total,
        page=query.page,
        page_size=cases.PAGE_SIZE,
    )


@operations.post("/api/cases", NotAllowed, NotFound, Conflict, status=201)
async def open_case(staff: Staff, body: schemas.NewCase) -> schemas.CaseDetail:
    """Open a case of the own organisation."""
    draft = cases.CaseDraft(
        permit_item_id=body.permit_item_id,
        enterprise_name=body.enterprise.name,
        credit_code=body.enterprise.credit_code,
        address=body.enterprise.address,
        contact_name=body.enterprise.contact_name,
        contact_phone=body.enterprise.contact_phone,
        external_id=body.external_id,
    )
    return views.case_detail(await cases.open_case(staff.services, staff.actor, draft))


@operations.get("/api/cases/{case_id}", NotAllowed, NotFound)
async def show_case(staff: Staff, case_id: str) -> schemas.CaseDetail:
    """One case with its checklist and inspections."""
    return views.case_detail(await cases.show_case(staff.services, staff.actor, case_id))
