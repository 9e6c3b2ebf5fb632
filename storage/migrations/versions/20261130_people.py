"""Who was silenced or removed, and what experts have written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261130_people"
down_revision = "20261129_records"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REFUSAL = "opinions are append-only"


def upgrade() -> None:
    """Add the columns and the table, and the triggers that keep it append-only."""
    op.add_column("participants", sa.Column("silenced_at", MOMENT, nullable=True))
    op.add_column("participants", sa.Column("removed_at", MOMENT, nullable=True))
    op.create_table(
        "opinions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("part_id", sa.String(64), nullable=False),
        sa.Column("checklist_item_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("author_name", sa.String(200), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_opinions_inspection_id_inspections"),
        sa.ForeignKeyConstraint(["part_id"], ["inspection_parts.id"], name="fk_opinions_part_id_inspection_parts"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_opinions_participant_id_participants"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
    )
    op.create_index("ix_opinions_inspection_id_given_at", "opinions", ["inspection_id", "given_at"])
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER opinions_no_{change.lower()} BEFORE {change} ON opinions "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_opinions_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER opinions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opinions "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_opinions_change()"
    )
