"""Sign-ups that wait for confirmation, what people were told, and the queue of mails that the public service writes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables; nobody's data is touched."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "wordings",
        sa.Column("version", sa.String(16), primary_key=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("first_at", moment, nullable=False),
    )
    op.create_table(
        "signups",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False, index=True),
        sa.Column("audiences", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False, server_default=""),
        sa.Column("wording_version", sa.Text, nullable=False, server_default=""),
        sa.Column("asked_at", moment, nullable=False, index=True),
        sa.Column("confirmed_at", moment),
    )
    op.create_table(
        "service_mails",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("audiences", sa.Text, nullable=False, server_default=""),
        sa.Column("language", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("created_at", moment, nullable=False),
        sa.Index("service_mails_waiting", "state", "not_before"),
    )


def downgrade() -> None:
    """What still waits for confirmation is lost; those people sign up again."""
    for table in ("service_mails", "signups", "wordings"):
        op.drop_table(table)
