"""Suppressions are found by key and hash, as their primary key has them; an index of hashes alone is written for nothing.

With random hashes it cost every unsubscribe request one more page of the file.
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


def downgrade() -> None:
    """As it was."""
    op.create_index("suppressions_by_hash", "suppressions", ["email_hash"])
