"""What an approved edition was made from, so that it can be said which file changed since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of earlier approvals it is not known."""
    op.add_column("approvals", sa.Column("sources", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Approvals themselves stay."""
    op.drop_column("approvals", "sources")
