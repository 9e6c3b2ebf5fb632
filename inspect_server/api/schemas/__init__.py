"""What goes over HTTP: request and response bodies, a module per noun. The pages' TypeScript types come from here.

All times are ISO 8601 UTC with ``Z``; durations in milliseconds (``_ms``).
"""

from inspect_server.api.schemas.base import Body, Problem, ShortText, Token
from inspect_server.api.schemas.cases import (
    CaseDetail,
    CaseList,
    CaseRow,
    ChecklistItemView,
    EnterpriseView,
    InspectionRow,
    NewCase,
    NewEnterprise,
    PermitItems,
    PermitItemView,
)
from inspect_server.api.schemas.footage import ExtentView, FootageIndex, GapView, TrackFootage
from inspect_server.api.schemas.health import Health
from inspect_server.api.schemas.inspections import (
    AccessGiven,
    InspectionDetail,
    InvitationCreated,
    InvitationView,
    NewAccess,
    NewInspection,
    NewInvitation,
    ParticipantView,
    PartView,
    Ticket,
)
from inspect_server.api.schemas.joining import Accepted, AcceptInvitation, InvitationOpened, InvitationToken
from inspect_server.api.schemas.signing_in import Me, SignIn

__all__ = [
    "AcceptInvitation",
    "Accepted",
    "AccessGiven",
    "Body",
    "CaseDetail",
    "CaseList",
    "CaseRow",
    "ChecklistItemView",
    "EnterpriseView",
    "ExtentView",
    "FootageIndex",
    "GapView",
    "Health",
    "InspectionDetail",
    "InspectionRow",
    "InvitationCreated",
    "InvitationOpened",
    "InvitationToken",
    "InvitationView",
    "Me",
    "NewAccess",
    "NewCase",
    "NewEnterprise",
    "NewInspection",
    "NewInvitation",
    "PartView",
    "ParticipantView",
    "PermitItemView",
    "PermitItems",
    "Problem",
    "ShortText",
    "SignIn",
    "Ticket",
    "Token",
    "TrackFootage",
]
