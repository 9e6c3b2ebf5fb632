"""How far the server's clock was off when a recording began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261203_epoch_clock"
down_revision = "20261202_position_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; they stay empty for what is there, for nobody compared the clock then."""
    op.add_column("epochs", sa.Column("clock_offset_ms", sa.Double(), nullable=True))
    op.add_column("epochs", sa.Column("clock_source", sa.String(200), nullable=True))
