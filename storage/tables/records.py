"""Records of inspection parts, the answers to them, their PDFs, and ratings.

Triggers keep the text of a record as it was offered, and refuse every change of the other three.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from inspect_server.domain.record import AnswerKind, RecordState, Side
from storage.tables.base import Utc, choice, identifier, metadata

records = Table(
    "records",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False, index=True),
    Column("part_id", identifier(), ForeignKey("inspection_parts.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", choice(RecordState), nullable=False),
    Column("content", Text, nullable=False),
    Column("hash_alg", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("settled_at", Utc),
    UniqueConstraint("part_id", "version"),
)

record_answers = Table(
    "record_answers",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("record_id", identifier(), ForeignKey("records.id"), nullable=False),
    Column("side", choice(Side), nullable=False),
    Column("kind", choice(AnswerKind), nullable=False),
    Column("author", String(100), nullable=False),
    Column("signer_name", String(200), nullable=False),
    Column("certificate_number", String(100), nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("objection", String(2000), nullable=False),
    Column("evidence_id", identifier(), ForeignKey("evidence.id")),
    Column("answered_at", Utc, nullable=False),
    Column("address", String(64), nullable=False),
    Column("device", String(300), nullable=False),
    Index(None, "record_id", "answered_at"),
)

record_documents = Table(
    "record_documents",
    metadata,
    Column("record_id", identifier(), ForeignKey("records.id"), primary_key=True),
    Column("object_key", String(500), nullable=False),
    Column("byte_length", BigInteger, nullable=False),
    Column("hash_alg", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made_at", Utc, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", identifier(), primary_key=True),
    Column("inspection_id", identifier(), ForeignKey("inspections.id"), nullable=False),
    Column("participant_id", identifier(), ForeignKey("participants.id"), nullable=False),
    *(
        Column(aspect, SmallInteger, nullable=False)
        for aspect in ("overall", "efficiency", "guidance", "convenience", "platform")
    ),
    Column("words", String(2000), nullable=False),
    Column("rated_at", Utc, nullable=False),
    UniqueConstraint("inspection_id"),
)
