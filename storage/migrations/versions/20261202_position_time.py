"""When the position of evidence was measured."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261202_position_time"
down_revision = "20261201_moments_noted"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it stays empty for what is there, of whose position nobody knows the time."""
    op.add_column("evidence", sa.Column("position_at", sa.DateTime(timezone=True), nullable=True))
