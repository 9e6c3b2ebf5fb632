"""Audit events can be added and read, nothing else: the database itself refuses the rest."""

from __future__ import annotations

from alembic import op

revision = "20261122_keep_audit_events"
down_revision = "20261122_first_tables"
branch_labels = None
depends_on = None

REFUSAL = "audit events are append-only"

SQLITE = tuple(
    f"""
    CREATE TRIGGER audit_events_no_{change.lower()} BEFORE {change} ON audit_events
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for change in ("UPDATE", "DELETE")
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)


def upgrade() -> None:
    """Install the triggers of this database."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
