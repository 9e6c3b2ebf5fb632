"""What an invitation shows before anybody agrees."""

from __future__ import annotations

from inspect_server.api import schemas
from inspect_server.api.views import arrivals as views
from inspect_server.api.views.cases import checklist
from inspect_server.domain.admitting import must_wait
from inspect_server.domain.inviting import CONSENT_TEXT_VERSION
from inspect_server.domain.waiting_line import USUAL_DURATION
from inspect_server.services.inviting import InvitationOffer


def invitation_opened(offer: InvitationOffer) -> schemas.InvitationOpened:
    """Who is asking and why."""
    part = offer.parts[0]
    return schemas.InvitationOpened(
        inspection_id=offer.inspection.id,
        role=offer.invitation.role,
        state=offer.inspection.state,
        organisation_name=offer.organisation.name,
        department=part.part.department,
        inspector_name=offer.inspector.display_name,
        inspector_certificate=offer.inspector.certificate_number,
        enterprise_name=offer.enterprise.name,
        enterprise_address=offer.enterprise.address,
        permit_item_name=part.permit_item.name,
        case_number=part.case.number,
        kind=offer.inspection.kind,
        expires_at=offer.invitation.expires_at,
        server_time=offer.opened_at,
        consent_text_version=CONSENT_TEXT_VERSION,
        accepted=offer.seated is not None,
        admitted=offer.seated is not None and not must_wait(offer.seated),
        participant_name=offer.seated.display_name if offer.seated else "",
        identity=views.identity(offer.identity),
        can_send_codes=offer.can_send_codes,
        appointment=views.appointment(offer.appointment),
        usual_minutes=round(USUAL_DURATION.total_seconds() / 60),
        declines=[views.decline(each) for each in offer.declines],
        checklist=[item for part in offer.parts for item in checklist(part.permit_item.checklist)],
    )
