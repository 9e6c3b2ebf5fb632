"""Records of inspection parts, the answers to them, their PDFs, and ratings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_records"
down_revision = "20261127_chat"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
APPENDED = ("record_answers", "record_documents", "ratings")
ASPECTS = ("overall", "efficiency", "guidance", "convenience", "platform")
OFFERED = "id, inspection_id, part_id, version, content, hash_alg, sha256, made_at"


def upgrade() -> None:
    """Create them, and the triggers that keep what was offered, signed, printed and rated."""
    op.create_table(
        "records",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("part_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash_alg", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_records_inspection_id_inspections"),
        sa.ForeignKeyConstraint(["part_id"], ["inspection_parts.id"], name="fk_records_part_id_inspection_parts"),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.UniqueConstraint("part_id", "version", name="uq_records_part_id_version"),
    )
    op.create_index("ix_records_inspection_id", "records", ["inspection_id"])
    op.create_table(
        "record_answers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("signer_name", sa.String(200), nullable=False),
        sa.Column("certificate_number", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("objection", sa.String(2000), nullable=False),
        sa.Column("evidence_id", sa.String(64), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("device", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_answers_record_id_records"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_record_answers_evidence_id_evidence"),
        sa.PrimaryKeyConstraint("id", name="pk_record_answers"),
    )
    op.create_index("ix_record_answers_record_id_answered_at", "record_answers", ["record_id", "answered_at"])
    op.create_table(
        "record_documents",
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("object_key", sa.String(500), nullable=False),
        sa.Column("byte_length", sa.BigInteger(), nullable=False),
        sa.Column("hash_alg", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_documents_record_id_records"),
        sa.PrimaryKeyConstraint("record_id", name="pk_record_documents"),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        *(sa.Column(aspect, sa.SmallInteger(), nullable=False) for aspect in ASPECTS),
        sa.Column("words", sa.String(2000), nullable=False),
        sa.Column("rated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_ratings_inspection_id_inspections"),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_ratings_participant_id_participants"),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
        sa.UniqueConstraint("inspection_id", name="uq_ratings_inspection_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def _refuse_on_sqlite() -> None:
    for table in APPENDED:
        _trigger_on_sqlite(table, "UPDATE", "append_only")
        _trigger_on_sqlite(table, "DELETE", "append_only")
    _trigger_on_sqlite("records", f"UPDATE OF {OFFERED}", "kept_as_offered")
    _trigger_on_sqlite("records", "DELETE", "kept_as_offered")


def _trigger_on_sqlite(table: str, change: str, rule: str) -> None:
    refusal = f"{table} are {rule.replace('_', '-')}"
    op.execute(
        f"CREATE TRIGGER {table}_no_{change.partition(' ')[0].lower()} BEFORE {change} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


def _refuse_on_postgresql() -> None:
    for table in APPENDED:
        _trigger_on_postgresql(table, "UPDATE OR DELETE OR TRUNCATE", "append_only")
    _trigger_on_postgresql("records", f"UPDATE OF {OFFERED} OR DELETE OR TRUNCATE", "kept_as_offered")


def _trigger_on_postgresql(table: str, changes: str, rule: str) -> None:
    refusal = f"{table} are {rule.replace('_', '-')}"
    op.execute(
        f"CREATE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_{rule} BEFORE {changes} ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}_change()"
    )
