"""Everything held on one person, and nothing of anybody else (UK GDPR article 15)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from newsletter.models.addresses import address_key
from newsletter.store import signups
from newsletter.store.consent import AddressHasher
from newsletter.store.schema import (
    campaigns,
    consent_events,
    deliveries,
    delivery_events,
    import_changes,
    imports,
    subscribers,
    subscriptions,
    suppressions,
)

Record = dict[str, Any]


def about(connection: Connection, hasher: AddressHasher, email: str) -> Record:
    """The subscriber (None if there is none), what they get and got, the log, what was sent, and what bars them."""
    person = connection.execute(select(subscribers).where(subscribers.c.email_key == address_key(email))).one_or_none()
    return {
        "asked_for": email,
        "subscriber": _subscriber(connection, person) if person else None,
        "subscriptions": _mine(connection, subscriptions, person, _SUBSCRIPTION) if person else [],
        "consent_log": _mine(connection, consent_events, person, _EVENT) if person else [],
        "sign_ups": signups.held(connection, email),
        "suppressions": _suppressions(connection, hasher, email),
        "imports": _imports(connection, person) if person else [],
        "deliveries": _deliveries(connection, person) if person else [],
        "delivery_events": _told(connection, person) if person else [],
    }


_SUBSCRIPTION = ("audience", "basis", "source", "wording_version", "confirmed_at", "ended_at")
_EVENT = ("at", "audience", "what", "source", "wording_version")


def _subscriber(connection: Connection, person: Row[Any]) -> Record:
    names = ("email", "name", "agency", "area", "language", "shared", "suppressed", "created_at")
    return {name: getattr(person, name) for name in names}


def _mine(connection: Connection, table: Table, person: Row[Any], names: Sequence[str]) -> list[Record]:
    query = select(*(table.c[name] for name in names)).where(table.c.subscriber_id == person.id)
    order = table.c.id if "id" in table.c else table.c.audience
    return [dict(row._mapping) for row in connection.execute(query.order_by(order))]


def _suppressions(connection: Connection, hasher: AddressHasher, email: str) -> list[Record]:
    """They are kept under a hash, and stay when the person is erased."""
    columns = suppressions.c
    query = select(columns.scope, columns.reason, columns.source, columns.at)
    found = connection.execute(query.where(hasher.among(hasher.hashes(email))).order_by(columns.scope))
    return [dict(row._mapping) for row in found]


def _imports(connection: Connection, person: Row[Any]) -> list[Record]:
    """The lists that brought or changed them, with what stood there before."""
    query = (
        select(imports.c.at, imports.c.source, import_changes.c.before, import_changes.c.audiences)
        .join(import_changes, import_changes.c.import_id == imports.c.id)
        .where(import_changes.c.subscriber_id == person.id)
        .order_by(imports.c.id)
    )
    return [
        {
            "at": row.at,
            "source": row.source,
            "changed": json.loads(row.before),
            "audiences_added": json.loads(row.audiences),
        }
        for row in connection.execute(query)
    ]


def _deliveries(connection: Connection, person: Row[Any]) -> list[Record]:
    columns = (
        campaigns.c.title, campaigns.c.subject, campaigns.c.issue_path, campaigns.c.audience, campaigns.c.test,
        deliveries.c.state, deliveries.c.changed_at, deliveries.c.reason, deliveries.c.provider_id,
        deliveries.c.decision,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(deliveries, (deliveries.c.campaign_id == campaigns.c.id) & (deliveries.c.subscriber_id == person.id))
        .order_by(campaigns.c.created_at, campaigns.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _told(connection: Connection, person: Row[Any]) -> list[Record]:
    """What mail services told of the messages to them."""
    columns = (
        delivery_events.c.at, delivery_events.c.kind, delivery_events.c.source, delivery_events.c.reason,
        campaigns.c.title,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(deliveries, deliveries.c.id == delivery_events.c.delivery_id)
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .where(deliveries.c.subscriber_id == person.id)
        .order_by(delivery_events.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]
