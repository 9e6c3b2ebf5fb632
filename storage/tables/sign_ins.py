"""Server-side sign-ins, and failed attempts for the rate limit."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from storage.tables.base import Utc, identifier, metadata

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("token_sha256", String(64), nullable=False),
    Column("user_id", identifier(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf_token", String(128), nullable=False),
    Column("remote_address", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("last_seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
    Column("revoked_at", Utc),
    UniqueConstraint("token_sha256"),
)

failed_attempts = Table(
    "failed_attempts",
    metadata,
    Column("counter", String(300), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Utc, nullable=False, index=True),
)
