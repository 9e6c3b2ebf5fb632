"""Guests wait until they are admitted. Who was in a call before has been let in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261128_admission"
down_revision = "20261128_judging"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the two times."""
    op.add_column("participants", sa.Column("waiting_since", MOMENT, nullable=True))
    op.add_column("participants", sa.Column("admitted_at", MOMENT, nullable=True))
    op.execute("UPDATE participants SET admitted_at = first_joined_at WHERE first_joined_at IS NOT NULL")
