"""A call that waits for a newcomer: one demo case has an open inspection, and a phone can join by one printed link."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from inspect_server.domain.inspections import InspectionKind, ParticipantRole
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.inspecting import open_inspection
from inspect_server.services.inviting import invite
from storage import cases, inspections, people

CASE: Final = "SP-2026-100231"
INSPECTOR: Final = "chen"
# Each start makes a new link, since only hashes of the old ones are kept; these few hours let them go by themselves.
LINK_VALID_FOR: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class FirstCall:
    """The inspector opens the case of this number; the phone opens ``link``, which is a secret."""

    case_number: str
    enterprise_name: str
    link: str = field(repr=False)


async def prepare_first_call(context: ServiceContext) -> FirstCall:
    """Open the demo case's inspection where none is open, and make a link for the enterprise.

    Raises:
        LookupError: the demo data is not loaded.
    """
    async with context.database.reading() as tx:
        case = await cases.case_by_external_id(tx, CASE)
        credentials = await people.credentials(tx, INSPECTOR)
        enterprise = await cases.enterprise(tx, case.enterprise_id) if case else None
        under_way = await inspections.open_inspection_of_case(tx, case.id) if case else None
    if case is None or credentials is None or enterprise is None:
        raise LookupError("the demo data is not loaded")
    inspector = Actor(credentials.user, address="")
    inspection = under_way or (await open_inspection(context, inspector, case.id, InspectionKind.INITIAL)).inspection
    made = await invite(context, inspector, inspection.id, ParticipantRole.ENTERPRISE, valid_for=LINK_VALID_FOR)
    return FirstCall(case.number, enterprise.name, made.link)
