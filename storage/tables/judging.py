"""Decisions on checklist items and conclusions of parts. Triggers refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table

from inspect_server.domain.catalogue import Severity
from inspect_server.domain.inspections import Conclusion
from inspect_server.domain.judging import Judgement
from storage.tables.base import Utc, choice, identifier, metadata

decisions = Table(
    "decisions",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("part_id", identifier(), ForeignKey("inspection_parts.id"), nullable=False),
    Column("checklist_item_id", identifier(), nullable=False),
    Column("judgement", choice(Judgement)),
    Column("note", String(2000), nullable=False),
    Column("severity", choice(Severity)),
    Column("remedy", String(2000), nullable=False),
    Column("deadline", Date),
    Column("decided_by", identifier(), ForeignKey("users.id"), nullable=False),
    Column("decided_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Index(None, "part_id", "decided_at"),
)

part_conclusions = Table(
    "part_conclusions",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("part_id", identifier(), ForeignKey("inspection_parts.id"), nullable=False),
    Column("conclusion", choice(Conclusion)),
    Column("reason", String(2000), nullable=False),
    Column("concluded_by", identifier(), ForeignKey("users.id"), nullable=False),
    Column("concluded_at", Utc, nullable=False),
    Index(None, "part_id", "concluded_at"),
)
