"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _hash(name: str, length: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    """Everything: the list, the consent, the campaigns."""
    _list_tables()
    _consent_tables()
    _edition_tables()
    _campaign_tables()


def downgrade() -> None:
    """There is nothing before the first tables."""
    raise NotImplementedError("The first tables cannot be taken back: delete the database instead.")


def _list_tables() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("source", ""),
        _moment("at"),
        _number("added"),
        _number("changed"),
        _moment("undone_at", nullable=True),
    )
    op.create_table(
        "subscribers",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        _text("email"),
        sa.Column("email_key", sa.Text(), nullable=False, unique=True),
        _text("name", ""),
        _text("agency", ""),
        _text("area", ""),
        _text("language", ""),
        sa.Column("shared", sa.Boolean(), nullable=False),
        _text("suppressed", ""),
        _moment("created_at"),
        sa.Column("import_id", sa.Integer(), sa.ForeignKey("imports.id")),
    )
    op.create_table(
        "import_changes",
        sa.Column("import_id", sa.Integer(), sa.ForeignKey("imports.id"), primary_key=True),
        sa.Column(
            "subscriber_id",
            sa.BigInteger(),
            sa.ForeignKey("subscribers.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        _text("before"),
        _text("audiences"),
    )


def _consent_tables() -> None:
    op.create_table(
        "subscriptions",
        sa.Column(
            "subscriber_id",
            sa.BigInteger(),
            sa.ForeignKey("subscribers.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("audience", sa.Text(), primary_key=True),
        _text("basis", ""),
        _text("source", ""),
        _text("wording_version", ""),
        _moment("confirmed_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.Column("import_id", sa.Integer(), sa.ForeignKey("imports.id")),
        sqlite_with_rowid=False,
    )
    op.create_index("subscriptions_by_audience", "subscriptions", ["audience", "ended_at"])
    op.create_table(
        "consent_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False, index=True),
        _text("audience"),
        _text("what"),
        _text("source", ""),
        _text("wording_version", ""),
        _moment("at"),
    )
    op.create_table(
        "suppressions",
        sa.Column("key_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("email_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("scope", sa.Text(), primary_key=True),
        _text("reason"),
        _text("source", ""),
        _moment("at"),
    )
    op.create_index("suppressions_by_hash", "suppressions", ["email_hash"])
    op.create_table(
        "key_checks",
        sa.Column("key_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
    )


def _edition_tables() -> None:
    op.create_table(
        "blobs", sa.Column("hash", sa.String(64), primary_key=True), sa.Column("data", sa.LargeBinary(), nullable=False)
    )
    op.create_table(
        "editions", sa.Column("hash", sa.String(64), primary_key=True), _text("document"), _moment("frozen_at")
    )
    op.create_table(
        "edition_parts",
        sa.Column("edition_hash", sa.String(64), sa.ForeignKey("editions.hash"), primary_key=True),
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("blob", sa.String(64), sa.ForeignKey("blobs.hash"), nullable=False),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("edition_hash", sa.String(64), nullable=False, index=True),
        sa.Column("issue_path", sa.Text(), nullable=False, index=True),
        _text("name"),
        _text("role", ""),
        _moment("at"),
        _text("accepted", "{}"),
        _moment("withdrawn_at", nullable=True),
    )


def _campaign_tables() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("edition_hash", sa.String(64), sa.ForeignKey("editions.hash"), nullable=False),
        sa.Column("issue_path", sa.Text(), nullable=False, index=True),
        *(_text(name) for name in ("series", "audience", "subject", "title")),
        sa.Column("test", sa.Boolean(), nullable=False),
        _text("repeat", ""),
        _hash("state", 10),
        _text("reason", ""),
        _text("transport", ""),
        _number("frozen"),
        _moment("created_at"),
        _moment("changed_at"),
    )
    op.create_index("campaigns_by_series", "campaigns", ["series", "audience"])
    op.create_table(
        "campaign_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("campaign_id", sa.String(32), sa.ForeignKey("campaigns.id"), nullable=False, index=True),
        _moment("at"),
        _hash("state", 10),
        _text("reason", ""),
        _text("by", ""),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("campaign_id", sa.String(32), sa.ForeignKey("campaigns.id"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        _hash("state", 10),
        _number("attempts"),
        _moment("not_before", nullable=True),
        sa.Column("lease_owner", sa.String(64)),
        _moment("lease_until", nullable=True),
        *(_text(name, "") for name in ("provider_id", "reason", "decision")),
        _moment("changed_at"),
        sqlite_with_rowid=False,
    )
    op.create_index("deliveries_once", "deliveries", ["campaign_id", "subscriber_id"], unique=True)
    op.create_index("deliveries_by_state", "deliveries", ["campaign_id", "state"])
