"""One-time tickets for the signalling WebSocket."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from storage.tables.base import Utc, identifier, metadata

tickets = Table(
    "tickets",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("participant_id", identifier(), ForeignKey("participants.id"), nullable=False, index=True),
    Column("expires_at", Utc, nullable=False, index=True),
)
