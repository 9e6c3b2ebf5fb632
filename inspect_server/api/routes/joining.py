"""What the bearer of an invitation link does. The token in the body is the right; no sign-in."""

from __future__ import annotations

from inspect_server.api import schemas, views
from inspect_server.api.callers import Anybody
from inspect_server.api.operations import Operations
from inspect_server.domain.errors import (
    CodeExpired,
    CodeWrong,
    ConsentMissing,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
)
from inspect_server.services import calling, inviting

operations = Operations()
LINK_ERRORS = (InvitationInvalid, InvitationExpired, InvitationRevoked, InspectionEnded)


@operations.post("/api/join/open", *LINK_ERRORS)
async def open_invitation(anybody: Anybody, body: schemas.InvitationToken) -> schemas.InvitationOpened:
    """Who is asking and why, before anybody agrees to anything."""
    return views.invitation_opened(await inviting.open_invitation(anybody.services, body.token))


@operations.post("/api/join/accept", *LINK_ERRORS, ConsentMissing, CodeWrong, CodeExpired)
async def accept_invitation(anybody: Anybody, body: schemas.AcceptInvitation) -> schemas.Accepted:
    """Take the seat, with consent to the recording."""
    participant = await inviting.accept_invitation(
        anybody.services,
        body.token,
        display_name=body.display_name,
        consent=body.consent,
        consent_text_version=body.consent_text_version,
        address=anybody.address,
        claim=views.arrivals.claim(body.identity),
    )
    return schemas.Accepted(participant_id=participant.id, inspection_id=participant.inspection_id)


@operations.post("/api/join/tickets", *LINK_ERRORS, ConsentMissing)
async def issue_invited_ticket(anybody: Anybody, body: schemas.InvitationToken) -> schemas.Ticket:
    """A ticket into the room for who accepted."""
    issued = await calling.ticket_for_invited(anybody.services, body.token)
    return schemas.Ticket(ticket=issued.token, expires_at=issued.expires_at)
