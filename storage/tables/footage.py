"""The footage index: which bytes in the object store show what and when, and what is missing."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from inspect_server.domain.footage import GapReason, Medium, SegmentKind
from storage.tables.base import Utc, choice, identifier, metadata

tracks = Table(
    "tracks",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False, index=True),
    Column("participant_id", identifier(), ForeignKey("participants.id"), nullable=False),
    Column("source", String(32), nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("participant_id", "source"),
)

epochs = Table(
    "epochs",
    metadata,
    Column("track_id", identifier(), ForeignKey("tracks.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("began_at", Utc, nullable=False),
    Column("preceded_by", choice(GapReason)),
    Column("clock_offset_ms", Double),
    Column("clock_source", String(200)),
)

# ``ended_at`` is started_at + duration_ms, kept so that both databases can take its maximum.
segments = Table(
    "segments",
    metadata,
    Column("track_id", identifier(), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("kind", choice(SegmentKind), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc, nullable=False),
    Column("duration_ms", Double, nullable=False),
    Column("byte_length", BigInteger, nullable=False),
    Column("object_key", String(500), nullable=False),
    Column("object_offset", BigInteger, nullable=False),
    Column("hash_alg", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("previous_sha256", String(64), nullable=False),
    Column("codecs", String(100), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("has_video", Boolean, nullable=False),
    Column("has_audio", Boolean, nullable=False),
    Column("starts_with_keyframe", Boolean, nullable=False),
    Column("recovered", Boolean, nullable=False),
    ForeignKeyConstraint(["track_id", "epoch"], ["epochs.track_id", "epochs.number"]),
    CheckConstraint("sequence >= 0", name="sequence_from_zero"),
    CheckConstraint("duration_ms >= 0", name="duration_not_negative"),
    CheckConstraint("byte_length >= 0 AND object_offset >= 0", name="bytes_not_negative"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("track_id", identifier(), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc, nullable=False),
    Column("reason", choice(GapReason), nullable=False),
    Column("medium", choice(Medium), nullable=True),
    ForeignKeyConstraint(["track_id", "epoch"], ["epochs.track_id", "epochs.number"]),
    CheckConstraint("number >= 0", name="number_from_zero"),
    CheckConstraint("ended_at >= started_at", name="ends_after_start"),
)
