"""Inspections, invitations to them, and tickets into their rooms."""

from __future__ import annotations

from datetime import timedelta

from inspect_server.api import schemas, views
from inspect_server.api.callers import Staff
from inspect_server.api.operations import Operations
from inspect_server.domain.errors import Conflict, InspectionEnded, NotAllowed, NotFound, OtherEnterprise
from inspect_server.services import calling, inspecting, inviting

operations = Operations()


@operations.post("/api/cases/{case_id}/inspections", NotAllowed, NotFound, Conflict, OtherEnterprise, status=201)
async def open_inspection(staff: Staff, case_id: str, body: schemas.NewInspection) -> schemas.InspectionDetail:
    """Open a call on a case, or on several of one enterprise, now or at an agreed time."""
    plan = inspecting.Plan(body.appointment.starts_at, body.appointment.planned_minutes) if body.appointment else None
    opened = await inspecting.open_inspection(
        staff.services, staff.actor, case_id, body.kind, further_case_ids=body.further_case_ids, plan=plan
    )
    return views.inspection_detail(opened)


@operations.get("/api/inspections/{inspection_id}", NotAllowed, NotFound)
async def show_inspection(staff: Staff, inspection_id: str) -> schemas.InspectionDetail:
    """One inspection with its parts, people and invitations."""
    return views.inspection_detail(await inspecting.show_inspection(staff.services, staff.actor, inspection_id))


@operations.post("/api/inspections/{inspection_id}/end", NotAllowed, NotFound, InspectionEnded)
async def end_inspection(staff: Staff, inspection_id: str) -> schemas.InspectionDetail:
    """End the call for everybody, for good."""
    return views.inspection_detail(await inspecting.end_inspection(staff.services, staff.actor, inspection_id))


@operations.post("/api/inspections/{inspection_id}/invitations", NotAllowed, NotFound, InspectionEnded, status=201)
async def invite(staff: Staff, inspection_id: str, body: schemas.NewInvitation) -> schemas.InvitationCreated:
    """Make a link with its QR code for one person."""
    made = await inviting.invite(
        staff.services,
        staff.actor,
        inspection_id,
        body.role,
        valid_for=timedelta(minutes=body.valid_minutes) if body.valid_minutes else None,
    )
    return schemas.InvitationCreated(
        id=made.invitation.id, link=made.link, qr_svg=made.qr_svg, expires_at=made.invitation.expires_at
    )


@operations.delete("/api/invitations/{invitation_id}", NotAllowed, NotFound)
async def revoke_invitation(staff: Staff, invitation_id: str) -> None:
    """Take an invitation back; its participant leaves the room."""
    await inviting.revoke_invitation(staff.services, staff.actor, invitation_id)


@operations.post("/api/inspections/{inspection_id}/tickets", NotAllowed, NotFound, InspectionEnded)
async def issue_staff_ticket(staff: Staff, inspection_id: str) -> schemas.Ticket:
    """A ticket into the room for the signed-in inspector."""
    issued = await calling.ticket_for_staff(staff.services, staff.actor, inspection_id)
    return schemas.Ticket(ticket=issued.token, expires_at=issued.expires_at)
