"""Guests on their way into a call, appointments, and how points of a checklist are prepared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261128_arrivals"
down_revision = "20261128_admission"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def upgrade() -> None:
    """Create them."""
    op.add_column("checklist_items", sa.Column("prepare", sa.Text(), nullable=False, server_default=""))
    op.add_column("checklist_items", sa.Column("example", sa.String(32), nullable=True))
    op.create_table(
        "identities",
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("job", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("acts_as_agent", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(32), nullable=True),
        sa.Column("identified_at", MOMENT, nullable=True),
        sa.Column("evidence_id", sa.String(64), nullable=True),
        _of("identities", "participant_id", "participants"),
        _of("identities", "evidence_id", "evidence"),
        sa.PrimaryKeyConstraint("participant_id", name="pk_identities"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("text_version", sa.String(200), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("device", sa.String(300), nullable=False),
        _of("consents", "inspection_id", "inspections"),
        _of("consents", "participant_id", "participants"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_inspection_id_given_at", "consents", ["inspection_id", "given_at"])
    op.create_table(
        "one_time_codes",
        sa.Column("invitation_id", sa.String(64), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _of("one_time_codes", "invitation_id", "invitations"),
        sa.PrimaryKeyConstraint("invitation_id", name="pk_one_time_codes"),
    )
    op.create_index("ix_one_time_codes_expires_at", "one_time_codes", ["expires_at"])
    op.create_table(
        "readiness",
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("checks", JSON, nullable=False),
        _of("readiness", "participant_id", "participants"),
        sa.PrimaryKeyConstraint("participant_id", name="pk_readiness"),
    )
    op.create_table(
        "declines",
        sa.Column("invitation_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        _of("declines", "invitation_id", "invitations"),
        _of("declines", "inspection_id", "inspections"),
        sa.PrimaryKeyConstraint("invitation_id", "kind", name="pk_declines"),
    )
    op.create_index("ix_declines_inspection_id", "declines", ["inspection_id"])
    op.create_table(
        "appointments",
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("planned_minutes", sa.Integer(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        _of("appointments", "inspection_id", "inspections"),
        sa.PrimaryKeyConstraint("inspection_id", name="pk_appointments"),
    )
    op.create_index("ix_appointments_state_starts_at", "appointments", ["state", "starts_at"])
