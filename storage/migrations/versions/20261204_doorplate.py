"""What a photo shows of the doorplate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261204_doorplate"
down_revision = "20261203_epoch_clock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it stays empty for what is there, whose note says it in the language of its phone."""
    op.add_column("evidence", sa.Column("doorplate", sa.String(32), nullable=True))
