"""The tables. Migrations make them; `tests/unit/store` proves that the two agree.

Portable SQL: SQLite today, PostgreSQL with the same statements. Moments are kept in UTC and handed out aware.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)

from newsletter.store.columns import Utc

HEAD = "0008"  # the newest migration: what an open database must be at
EVERYWHERE = "*"  # the scope of a suppression that holds for every audience

metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="", server_default="")


def _subscriber() -> Column[int]:
    """A part of a primary key; the row goes when the person is erased."""
    person = ForeignKey("subscribers.id", ondelete="CASCADE")
    return Column("subscriber_id", BigInteger, person, primary_key=True, autoincrement=False)


subscribers = Table(
    "subscribers", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random, 63 bits
    Column("email", Text, nullable=False),  # as typed
    Column("email_key", Text, nullable=False, unique=True),  # as compared
    _text("name"), _text("agency"), _text("area"), _text("language"),
    Column("shared", Boolean, nullable=False, default=False),
    _text("suppressed"),  # the reason why it is never mailed; the rule itself is in `suppressions`
    Column("created_at", Utc, nullable=False),
    Column("import_id", Integer, ForeignKey("imports.id")),
)  # fmt: skip

subscriptions = Table(
    "subscriptions", metadata,
    _subscriber(),
    Column("audience", Text, primary_key=True),
    _text("basis"),  # "consent", "public task": why we may write (UK GDPR article 6)
    _text("source"),  # where it came from
    _text("wording_version"),  # what the person was told
    Column("confirmed_at", Utc),
    Column("ended_at", Utc),  # None: active
    Column("import_id", Integer, ForeignKey("imports.id")),
    sqlite_with_rowid=False,
)  # fmt: skip

consent_events = Table(  # append-only; the rows of an erased person go with the person
    "consent_events", metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", BigInteger, nullable=False, index=True),
    Column("audience", Text, nullable=False),
    Column("what", Text, nullable=False),  # subscribed, unsubscribed, resubscribed, suppressed
    _text("source"), _text("wording_version"),
    Column("at", Utc, nullable=False),
)  # fmt: skip

suppressions = Table(
    "suppressions", metadata,
    Column("key_id", Integer, primary_key=True, autoincrement=False),
    Column("email_hash", LargeBinary(32), primary_key=True),  # HMAC-SHA256(key, address_key)
    Column("scope", Text, primary_key=True),  # an audience, or EVERYWHERE
    Column("reason", Text, nullable=False),
    _text("source"),
    Column("at", Utc, nullable=False),
    Column("import_id", Integer),  # the import that brought it, so that it can be taken back
)  # fmt: skip

key_checks = Table(  # tells whether a hash key is still the one that suppressions were made with
    "key_checks", metadata,
    Column("key_id", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary(32), nullable=False),
)  # fmt: skip

imports = Table(
    "imports", metadata,
    Column("id", Integer, primary_key=True),
    _text("source"),
    Column("at", Utc, nullable=False),
    Column("added", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),
    Column("undone_at", Utc),
)  # fmt: skip

import_changes = Table(  # what an import found, so that it can be taken back
    "import_changes", metadata,
    Column("import_id", Integer, ForeignKey("imports.id"), primary_key=True),
    _subscriber(),
    Column("before", Text, nullable=False),  # JSON: field -> [before, after]; "{}" for a new subscriber
    Column("audiences", Text, nullable=False),  # JSON: audiences it added
    Index("import_changes_by_subscriber", "subscriber_id"),
)  # fmt: skip

blobs = Table(
    "blobs", metadata, Column("hash", String(64), primary_key=True), Column("data", LargeBinary, nullable=False)
)

editions = Table(
    "editions", metadata,
    Column("hash", String(64), primary_key=True),
    Column("document", Text, nullable=False),  # JSON: the edition without its bytes
    Column("frozen_at", Utc, nullable=False),
)  # fmt: skip

edition_parts = Table(
    "edition_parts", metadata,
    Column("edition_hash", String(64), ForeignKey("editions.hash"), primary_key=True),
    Column("kind", String(10), primary_key=True),  # rendition, asset
    Column("name", Text, primary_key=True),
    Column("blob", String(64), ForeignKey("blobs.hash"), nullable=False),
)  # fmt: skip

campaigns = Table(
    "campaigns", metadata,
    Column("id", String(32), primary_key=True),
    Column("edition_hash", String(64), ForeignKey("editions.hash"), nullable=False),
    Column("issue_path", Text, nullable=False, index=True),
    Column("series", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("test", Boolean, nullable=False, default=False),
    _text("repeat"),
    Column("state", String(10), nullable=False),
    _text("reason"), _text("transport"),
    Column("frozen", Integer, nullable=False),  # recipients at the freeze: what the sum must come to
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("scheduled_for", Utc),  # when it is to start; None: as soon as somebody says so
    Column("queued", Boolean, nullable=False, default=False, server_default=false()),  # workers are to send it
    Index("campaigns_by_series", "series", "audience"),
)  # fmt: skip

campaign_events = Table(  # append-only
    "campaign_events", metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", String(32), ForeignKey("campaigns.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("state", String(10), nullable=False),  # the state it went to
    _text("reason"), _text("by"),
)  # fmt: skip

deliveries = Table(  # no address here: it is read from the subscriber when the message is made
    "deliveries", metadata,
    Column("id", String(32), primary_key=True),
    Column("campaign_id", String(32), ForeignKey("campaigns.id"), nullable=False),
    Column("subscriber_id", BigInteger, nullable=False),  # not a foreign key: it outlives the person
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Utc),  # state failed: when to try again
    Column("lease_owner", String(64)),
    Column("lease_until", Utc),
    _text("provider_id"), _text("reason"), _text("decision"),
    Column("changed_at", Utc, nullable=False),
    Index("deliveries_once", "campaign_id", "subscriber_id", unique=True),
    Index("deliveries_by_state", "campaign_id", "state", "id"),
    sqlite_with_rowid=False,
)  # fmt: skip

delivery_events = Table(  # what mail services told afterwards; no address here
    "delivery_events", metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # what makes it the same event when it comes again
    Column("delivery_id", String(32), index=True),  # not a foreign key; None: told of an address alone
    Column("kind", String(12), nullable=False),
    _text("source"), _text("event_id"), _text("reason"),
    Column("at", Utc, nullable=False),  # when it happened, as the service says
    Column("recorded_at", Utc, nullable=False),
)  # fmt: skip

paces = Table(  # rate limits that several workers keep together
    "paces", metadata,
    Column("transport", Text, primary_key=True),  # its name
    Column("last", BigInteger, nullable=False),  # the newest place's number
)  # fmt: skip

places = Table(  # moments at which a message may leave, taken one after the other; old ones are removed
    "places", metadata,
    Column("transport", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),  # seconds since 1970, by the database's clock
)  # fmt: skip

approvals = Table(
    "approvals", metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_hash", String(64), nullable=False, index=True),
    Column("issue_path", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    _text("role"),
    Column("at", Utc, nullable=False),
    Column("accepted", Text, nullable=False, default="{}", server_default="{}"),  # JSON: code of a check -> reason
    Column("sources", Text, nullable=False, default="{}", server_default="{}"),  # JSON: file -> SHA-256
    Column("withdrawn_at", Utc),
)  # fmt: skip

wordings = Table(  # what people were told when they signed up, word for word
    "wordings", metadata,
    Column("version", String(16), primary_key=True),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("first_at", Utc, nullable=False),
)  # fmt: skip

signups = Table(  # asked for on the public page; nothing is subscribed until the mailbox's owner confirms
    "signups", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # random, 63 bits: tokens hold it
    Column("email", Text, nullable=False),  # as typed
    Column("email_key", Text, nullable=False, index=True),  # as compared
    Column("audiences", Text, nullable=False),  # JSON: names
    _text("language"), _text("wording_version"),
    Column("asked_at", Utc, nullable=False, index=True),
    Column("confirmed_at", Utc),
)  # fmt: skip

service_mails = Table(  # what the service itself has to write to one person; no address here
    "service_mails", metadata,
    Column("id", String(32), primary_key=True),  # grows with time: new rows stand together in the file
    Column("kind", String(10), nullable=False),  # signup, welcome, goodbye
    Column("person_id", BigInteger, nullable=False),  # a sign-up's id, else a subscriber's
    _text("audiences"),  # JSON: names
    _text("language"),
    Column("state", String(10), nullable=False),  # as of deliveries: pending, intent, accepted, refused, ...
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Utc, nullable=False),
    _text("reason"),
    Column("created_at", Utc, nullable=False),
    Index("service_mails_waiting", "state", "not_before"),
)  # fmt: skip
