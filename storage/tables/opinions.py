"""Opinions of experts. Triggers refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from inspect_server.domain.opinions import MAX_OPINION_TEXT
from storage.tables.base import Utc, identifier, metadata

opinions = Table(
    "opinions",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("part_id", identifier(), ForeignKey("inspection_parts.id"), nullable=False),
    Column("checklist_item_id", identifier(), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id"), nullable=False),
    Column("author_name", String(200), nullable=False),
    Column("text", String(MAX_OPINION_TEXT), nullable=False),
    Column("given_at", Utc, nullable=False),
    Index(None, "inspection_id", "given_at"),
)
