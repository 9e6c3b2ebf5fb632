"""Inspections, their parts, the people in them and the invitations to them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from inspect_server.domain.inspections import Conclusion, InspectionKind, InspectionState, ParticipantRole
from storage.tables.base import Utc, choice, identifier, metadata

inspections = Table(
    "inspections",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("organisation_id", identifier(), ForeignKey("organisations.id"), nullable=False),
    Column("kind", choice(InspectionKind), nullable=False),
    Column("state", choice(InspectionState), nullable=False),
    Column("inspector_id", identifier(), ForeignKey("users.id"), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Index(None, "state", "created_at"),
)

inspection_parts = Table(
    "inspection_parts",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("case_id", identifier(), ForeignKey("cases.id"), nullable=False, index=True),
    Column("permit_item_version_id", identifier(), ForeignKey("permit_item_versions.id"), nullable=False),
    Column("department", String(200), nullable=False),
    Column("conclusion", choice(Conclusion)),
    Column("concluded_at", Utc),
    Column("sealed_at", Utc),
    UniqueConstraint("inspection_id", "case_id"),
    UniqueConstraint("inspection_id", "position"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False, index=True),
    Column("role", choice(ParticipantRole), nullable=False),
    Column("token_sha256", String(64), nullable=False),
    Column("created_by", identifier(), ForeignKey("users.id"), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("revoked_at", Utc),
    UniqueConstraint("token_sha256"),
)

# One seat per invitation, one per user and inspection: these two keep concurrent joins from making two people of one.
participants = Table(
    "participants",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("role", choice(ParticipantRole), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("user_id", identifier(), ForeignKey("users.id")),
    Column("invitation_id", identifier(), ForeignKey("invitations.id")),
    Column("consented_at", Utc),
    Column("consent_text_version", String(200), nullable=False),
    Column("first_joined_at", Utc),
    Column("left_at", Utc),
    Column("waiting_since", Utc),
    Column("admitted_at", Utc),
    Column("silenced_at", Utc),
    Column("removed_at", Utc),
    UniqueConstraint("invitation_id"),
    UniqueConstraint("inspection_id", "user_id"),
)
