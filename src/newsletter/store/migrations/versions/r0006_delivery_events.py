"""What mail services tell of messages afterwards, each kept once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was told before."""
    op.create_table(
        "delivery_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("delivery_id", sa.String(32), nullable=True, index=True),
        sa.Column("kind", sa.String(12), nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("source", "event_id", "reason")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """The states of deliveries and the suppressions stay."""
    op.drop_table("delivery_events")
