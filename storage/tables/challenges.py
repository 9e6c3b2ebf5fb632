"""Live challenges of inspections."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from inspect_server.domain.challenges import Outcome, Task
from storage.tables.base import Utc, choice, identifier, metadata

challenges = Table(
    "challenges",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id"), nullable=False),
    Column("task", choice(Task), nullable=False),
    Column("code", String(16), nullable=False),
    Column("asked_by", String(100), nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("outcome", choice(Outcome)),
    Column("ended_at", Utc),
    Column("ended_by", String(100), nullable=False),
    Index(None, "inspection_id", "asked_at"),
)
