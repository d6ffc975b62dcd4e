"""When a campaign that was scheduled is to start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No campaign was scheduled before."""
    op.add_column("campaigns", sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Campaigns that still wait stay, and are started by hand."""
    op.drop_column("campaigns", "scheduled_for")
