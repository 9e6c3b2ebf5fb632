"""Evidence and moments of an inspection."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Double, ForeignKey, Index, Integer, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from inspect_server.domain.evidence import DoorplateStep, EvidenceKind, MediaType, PositionSource
from storage.tables.base import Utc, choice, identifier, metadata

evidence = Table(
    "evidence",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("part_id", identifier(), ForeignKey("inspection_parts.id")),
    Column("checklist_item_id", identifier()),
    Column("kind", choice(EvidenceKind), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id")),
    Column("author", String(100), nullable=False),
    Column("taken_at", Utc, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("file_taken_at", Utc),
    Column("note", String(2000), nullable=False),
    Column("doorplate", choice(DoorplateStep)),
    Column("device", String(300), nullable=False),
    Column("media_type", choice(MediaType)),
    Column("byte_length", BigInteger, nullable=False),
    Column("hash_alg", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("object_key", String(500), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("accuracy_m", Double),
    Column("position_source", choice(PositionSource)),
    Column("position_at", Utc),
    Column("drawing", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    Column("withdrawn_at", Utc),
    Index(None, "inspection_id", "taken_at"),
    CheckConstraint("byte_length >= 0", name="bytes_not_negative"),
)

moments = Table(
    "moments",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id")),
    Column("actor", String(100), nullable=False),
    Column("details", JSON().with_variant(JSONB(), "postgresql"), nullable=False),
    Column("noted_at", Utc),
    Index(None, "inspection_id", "at"),
)
