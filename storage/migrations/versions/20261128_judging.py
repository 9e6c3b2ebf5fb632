"""Decisions on checklist items, conclusions of parts, and when a part's record was signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261128_judging"
down_revision = "20261127_challenges"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("decisions", "part_conclusions")


def upgrade() -> None:
    """Create them, and the triggers that keep them append-only."""
    op.add_column("inspection_parts", sa.Column("sealed_at", MOMENT, nullable=True))
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("part_id", sa.String(64), nullable=False),
        sa.Column("checklist_item_id", sa.String(64), nullable=False),
        sa.Column("judgement", sa.String(32), nullable=True),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("severity", sa.String(32), nullable=True),
        sa.Column("remedy", sa.String(2000), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["inspection_parts.id"], name="fk_decisions_part_id_inspection_parts"),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name="fk_decisions_decided_by_users"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_part_id_decided_at", "decisions", ["part_id", "decided_at"])
    op.create_table(
        "part_conclusions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("part_id", sa.String(64), nullable=False),
        sa.Column("conclusion", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("concluded_by", sa.String(64), nullable=False),
        sa.Column("concluded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"], ["inspection_parts.id"], name="fk_part_conclusions_part_id_inspection_parts"
        ),
        sa.ForeignKeyConstraint(["concluded_by"], ["users.id"], name="fk_part_conclusions_concluded_by_users"),
        sa.PrimaryKeyConstraint("id", name="pk_part_conclusions"),
    )
    op.create_index("ix_part_conclusions_part_id_concluded_at", "part_conclusions", ["part_id", "concluded_at"])
    for table in TABLES:
        _keep(table)


def _keep(table: str) -> None:
    """Rows are added and read, nothing else: the database itself refuses the rest."""
    refusal = f"{table} are append-only"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}_change()"
    )
