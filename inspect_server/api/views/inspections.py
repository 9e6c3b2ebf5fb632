"""A whole inspection."""

from __future__ import annotations

from inspect_server.api import schemas
from inspect_server.api.views import arrivals as views
from inspect_server.api.views.cases import checklist, enterprise
from inspect_server.services.inspecting import InspectionFile, PartFile


def inspection_detail(file: InspectionFile) -> schemas.InspectionDetail:
    """A whole inspection."""
    return schemas.InspectionDetail(
        id=file.inspection.id,
        kind=file.inspection.kind,
        state=file.inspection.state,
        inspector_id=file.inspection.inspector_id,
        inspector_name=file.inspector_name,
        enterprise=enterprise(file.enterprise),
        created_at=file.inspection.created_at,
        started_at=file.inspection.started_at,
        ended_at=file.inspection.ended_at,
        parts=[_part(part) for part in file.parts],
        participants=[
            schemas.ParticipantView(
                id=participant.id,
                role=participant.role,
                display_name=participant.display_name,
                first_joined_at=participant.first_joined_at,
                left_at=participant.left_at,
            )
            for participant in file.participants
        ],
        invitations=[
            schemas.InvitationView(
                id=invited.invitation.id,
                role=invited.invitation.role,
                created_at=invited.invitation.created_at,
                expires_at=invited.invitation.expires_at,
                revoked_at=invited.invitation.revoked_at,
                accepted_by=invited.accepted_by,
            )
            for invited in file.invitations
        ],
        appointment=views.appointment(file.appointment),
        declines=[views.decline(each) for each in file.declines],
    )


def _part(file: PartFile) -> schemas.PartView:
    return schemas.PartView(
        id=file.part.id,
        case_id=file.case.id,
        case_number=file.case.number,
        permit_item_name=file.permit_item.name,
        department=file.part.department,
        conclusion=file.part.conclusion,
        checklist=checklist(file.permit_item.checklist),
    )
