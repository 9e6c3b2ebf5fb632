"""Registered sites of enterprises, and the positions that people reported in calls."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, Index, String, Table

from inspect_server.domain.geometry import Datum
from storage.tables.base import Utc, choice, identifier, metadata

sites = Table(
    "sites",
    metadata,
    Column("enterprise_id", identifier(), ForeignKey("enterprises.id"), primary_key=True),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("given_in", choice(Datum), nullable=False),
    Column("set_by", String(100), nullable=False),
    Column("set_at", Utc, nullable=False),
)

position_reports = Table(
    "position_reports",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("accuracy_m", Double, nullable=False),
    Index(None, "inspection_id", "at"),
    CheckConstraint("accuracy_m >= 0", name="accuracy_not_negative"),
)
