"""What several workers share: campaigns handed to them, places in time for rate limits, and an index of who is next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No campaign was handed to workers before."""
    op.add_column("campaigns", sa.Column("queued", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("deliveries_by_state", "deliveries")
    op.create_index("deliveries_by_state", "deliveries", ["campaign_id", "state", "id"])
    op.create_table(
        "paces", sa.Column("transport", sa.Text(), primary_key=True), sa.Column("last", sa.BigInteger(), nullable=False)
    )
    op.create_table(
        "places",
        sa.Column("transport", sa.Text(), primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float(), nullable=False),
    )


def downgrade() -> None:
    """Campaigns that workers were at are gone on with by hand."""
    op.drop_table("places")
    op.drop_table("paces")
    op.drop_index("deliveries_by_state", "deliveries")
    op.create_index("deliveries_by_state", "deliveries", ["campaign_id", "state"])
    op.drop_column("campaigns", "queued")
