"""Which import brought a suppression, so that it can be taken back; and people are found among its changes at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Earlier imports brought none."""
    op.add_column("suppressions", sa.Column("import_id", sa.Integer(), nullable=True))
    op.create_index("import_changes_by_subscriber", "import_changes", ["subscriber_id"])


def downgrade() -> None:
    """Suppressions themselves stay."""
    op.drop_index("import_changes_by_subscriber", "import_changes")
    op.drop_column("suppressions", "import_id")
