"""Enterprises, cases, and the counters that number cases."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from inspect_server.domain.cases import CaseStatus
from storage.tables.base import Utc, choice, identifier, metadata

enterprises = Table(
    "enterprises",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("credit_code", String(18), nullable=False),
    Column("address", String(500), nullable=False),
    Column("contact_name", String(100), nullable=False),
    Column("contact_phone", String(30), nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("number", String(100), nullable=False),
    Column("external_id", String(100)),
    Column("organisation_id", identifier(), ForeignKey("organisations.id"), nullable=False),
    Column("enterprise_id", identifier(), ForeignKey("enterprises.id"), nullable=False, index=True),
    Column("permit_item_version_id", identifier(), ForeignKey("permit_item_versions.id"), nullable=False, index=True),
    Column("status", choice(CaseStatus), nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("number"),
    UniqueConstraint("external_id"),
    Index(None, "organisation_id", "created_at"),
)

case_serials = Table(
    "case_serials",
    metadata,
    Column("series", String(100), primary_key=True),
    Column("last", Integer, nullable=False),
)
