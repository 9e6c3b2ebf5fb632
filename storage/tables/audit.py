"""Audit events. Triggers of the first migration refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.base import Utc, identifier, metadata

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("at", Utc, nullable=False, index=True),
    Column("actor", String(100), nullable=False),
    Column("action", String(100), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("organisation_path", String(1000), nullable=False),
    Column("remote_address", String(64), nullable=False),
    Column("details", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    Index(None, "subject", "at"),
)
