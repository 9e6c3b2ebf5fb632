"""Registered sites of enterprises, and positions reported in calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127_whereabouts"
down_revision = "20261127_file_taken_at"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "sites",
        sa.Column("enterprise_id", sa.String(64), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("given_in", sa.String(32), nullable=False),
        sa.Column("set_by", sa.String(100), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name="fk_sites_enterprise_id_enterprises"),
        sa.PrimaryKeyConstraint("enterprise_id", name="pk_sites"),
    )
    op.create_table(
        "position_reports",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name="fk_position_reports_inspection_id_inspections"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_position_reports_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_position_reports"),
        sa.CheckConstraint("accuracy_m >= 0", name="ck_position_reports_accuracy_not_negative"),
    )
    op.create_index("ix_position_reports_inspection_id_at", "position_reports", ["inspection_id", "at"])
