"""Evidence and moments of inspections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_evidence"
down_revision = "20261122_keep_audit_events"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("part_id", sa.String(64), nullable=True),
        sa.Column("checklist_item_id", sa.String(64), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=True),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("device", sa.String(300), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=True),
        sa.Column("byte_length", sa.BigInteger(), nullable=False),
        sa.Column("hash_alg", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("object_key", sa.String(500), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_source", sa.String(32), nullable=True),
        sa.Column("drawing", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_evidence_inspection_id_inspections"),
        sa.ForeignKeyConstraint(["part_id"], ["inspection_parts.id"], name="fk_evidence_part_id_inspection_parts"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_evidence_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.CheckConstraint("byte_length >= 0", name="ck_evidence_bytes_not_negative"),
    )
    op.create_index("ix_evidence_inspection_id_taken_at", "evidence", ["inspection_id", "taken_at"])
    op.create_table(
        "moments",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=True),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_moments_inspection_id_inspections"),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_moments_participant_id_participants"),
        sa.PrimaryKeyConstraint("id", name="pk_moments"),
    )
    op.create_index("ix_moments_inspection_id_at", "moments", ["inspection_id", "at"])
