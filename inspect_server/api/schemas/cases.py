"""The catalogue, and the cases with their enterprises."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from inspect_server.api.schemas.arrivals import AppointmentView, DeclineView
from inspect_server.api.schemas.base import Body, ShortText
from inspect_server.domain.cases import CaseStatus
from inspect_server.domain.catalogue import Example, RemoteJudgement, Severity
from inspect_server.domain.inspections import InspectionKind, InspectionState


class ChecklistItemView(Body):
    """``prepare``: what to have ready before the call, empty if nothing; ``example``: which drawing shows it."""

    id: str
    position: int
    area: str
    text: str
    show: str
    severity: Severity
    required: bool
    remote: RemoteJudgement
    why_not_remote: str
    prepare: str
    example: Example | None


class PermitItemView(Body):
    version_id: str
    permit_item_id: str
    number: int
    code: str
    name: str
    department: str
    is_sample: bool


class PermitItems(Body):
    items: list[PermitItemView]


class EnterpriseView(Body):
    id: str
    name: str
    credit_code: str
    address: str
    contact_name: str
    contact_phone: str


class NewEnterprise(Body):
    name: ShortText
    credit_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=18)] = ""
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    contact_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    contact_phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = ""


class NewCase(Body):
    """Opens a case of the signed-in user's organisation with the newest version of the permit item.

    ``external_id``: null if no other system knows the case; two cases cannot share one, so an empty text is refused.
    """

    permit_item_id: str
    enterprise: NewEnterprise
    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None


class CaseRow(Body):
    """One line of the list. ``live_picture_count``: pictures and clips that the open inspection has so far."""

    id: str
    number: str
    external_id: str | None
    enterprise_name: str
    permit_item_name: str
    organisation_name: str
    status: CaseStatus
    created_at: AwareDatetime
    last_inspection_at: AwareDatetime | None
    live_inspection_id: str | None
    live_picture_count: int


class CaseList(Body):
    """One page of cases, newest first; ``total`` counts all that match."""

    items: list[CaseRow]
    total: int
    page: int
    page_size: int


class InspectionRow(Body):
    """``skip_count``: how often somebody on the site said of which point no picture comes."""

    id: str
    kind: InspectionKind
    state: InspectionState
    inspector_name: str
    created_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    footage_ms: float
    gap_count: int
    picture_count: int
    skip_count: int
    appointment: AppointmentView | None
    declines: list[DeclineView]


class CaseDetail(Body):
    id: str
    number: str
    external_id: str | None
    organisation_name: str
    status: CaseStatus
    created_at: AwareDatetime
    enterprise: EnterpriseView
    permit_item: PermitItemView
    checklist: list[ChecklistItemView]
    inspections: list[InspectionRow]
