"""Two indexes less. Each cost every unsubscribe request one more page of the file, at a random place.

Suppressions are found by key and hash, as their primary key has them. Who gets an audience is asked once a campaign,
and to look through all subscriptions takes no longer than by an index that names most of them.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is lost."""
    op.drop_index("suppressions_by_hash", "suppressions")
    op.drop_index("subscriptions_by_audience", "subscriptions")


def downgrade() -> None:
    """As it was."""
    op.create_index("subscriptions_by_audience", "subscriptions", ["audience", "ended_at"])
    op.create_index("suppressions_by_hash", "suppressions", ["email_hash"])
