"""Guests on their way into a call: identity, consents, codes, readiness, refusals; and the appointment."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from inspect_server.domain.appointments import AppointmentState
from inspect_server.domain.declining import DeclineKind
from inspect_server.domain.identifying import IdentityMethod
from storage.tables.base import Utc, choice, identifier, metadata

identities = Table(
    "identities",
    metadata,
    Column("participant_id", identifier(), ForeignKey("participants.id"), primary_key=True),
    Column("job", String(200), nullable=False),
    Column("phone", String(30), nullable=False),
    Column("acts_as_agent", Boolean, nullable=False),
    Column("method", choice(IdentityMethod)),
    Column("identified_at", Utc),
    Column("evidence_id", identifier(), ForeignKey("evidence.id")),
)

consents = Table(
    "consents",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id"), nullable=False),
    Column("text_version", String(200), nullable=False),
    Column("given_at", Utc, nullable=False),
    Column("address", String(64), nullable=False),
    Column("device", String(300), nullable=False),
    Index(None, "inspection_id", "given_at"),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("invitation_id", identifier(), ForeignKey("invitations.id"), primary_key=True),
    Column("phone", String(30), nullable=False),
    Column("code_sha256", String(64), nullable=False),
    Column("sent_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
)

readiness = Table(
    "readiness",
    metadata,
    Column("participant_id", identifier(), ForeignKey("participants.id"), primary_key=True),
    Column("checked_at", Utc, nullable=False),
    Column("checks", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
)

declines = Table(
    "declines",
    metadata,
    Column("invitation_id", identifier(), ForeignKey("invitations.id"), primary_key=True),
    Column("kind", choice(DeclineKind), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False, index=True),
    Column("reason", String(500), nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("settled_at", Utc),
)

appointments = Table(
    "appointments",
    metadata,
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), primary_key=True),
    Column("starts_at", Utc, nullable=False),
    Column("planned_minutes", Integer, nullable=False),
    Column("grace_minutes", Integer, nullable=False),
    Column("state", choice(AppointmentState), nullable=False),
    Index(None, "state", "starts_at"),
)
