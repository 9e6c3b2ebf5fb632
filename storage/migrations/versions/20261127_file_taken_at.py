"""What a file says of the time at which it was taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261127_file_taken_at"
down_revision = "20261127_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; unknown for what is there."""
    op.add_column("evidence", sa.Column("file_taken_at", sa.DateTime(timezone=True), nullable=True))
