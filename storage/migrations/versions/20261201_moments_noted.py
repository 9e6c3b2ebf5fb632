"""When the server had each moment, so that pages can ask for what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261201_moments_noted"
down_revision = "20261130_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it may stay empty, since a release that still runs does not fill it."""
    op.add_column("moments", sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE moments SET noted_at = at")
