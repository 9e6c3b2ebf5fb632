"""What people in a call wrote to each other."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from inspect_server.domain.chat import MAX_CHAT_TEXT
from inspect_server.domain.inspections import ParticipantRole
from storage.tables.base import Utc, choice, identifier, metadata

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id")),
    Column("author", String(100), nullable=False),
    Column("author_name", String(200), nullable=False),
    Column("role", choice(ParticipantRole), nullable=False),
    Column("text", String(MAX_CHAT_TEXT), nullable=False),
    Column("sent_at", Utc, nullable=False),
    Index(None, "inspection_id", "sent_at"),
)
