"""Folds one event after the other into the ledger and the list: the same event twice, or late, changes nothing.

A delivery only ever moves forward (accepted, delivered, bounced, complained), so the order in which events arrive does
not matter; whatever suppresses an address is written down once, under what makes it the same event when it comes again.
Works inside a transaction that the caller holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from newsletter.models.addresses import address_key, mask
from newsletter.models.delivery import DeliveryState
from newsletter.models.events import Effect, EventKind, ProviderEvent, words
from newsletter.store import consent
from newsletter.store.schema import (
    EVERYWHERE,
    consent_events,
    deliveries,
    delivery_events,
    subscribers,
    subscriptions,
)

_OPEN = (  # an event proves that the message was accepted, whatever we thought
    DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.INTENT, DeliveryState.FAILED, DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
)  # fmt: skip
_FORWARD = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.BOUNCED, DeliveryState.COMPLAINED)
_STATE_AFTER = {
    EventKind.ACCEPTED: DeliveryState.ACCEPTED,
    EventKind.DELIVERED: DeliveryState.DELIVERED,
    EventKind.BLOCKED: DeliveryState.BOUNCED,
    EventKind.BOUNCED: DeliveryState.BOUNCED,
    EventKind.COMPLAINED: DeliveryState.COMPLAINED,
}
_PASSING = (EventKind.ACCEPTED, EventKind.DELIVERED)  # kept only where they settle a doubt: there may be a million
_SUPPRESSES = (EventKind.BOUNCED, EventKind.COMPLAINED)


class Folding:
    """One transaction's work."""

    def __init__(
        self,
        connection: Connection,
        hasher: consent.AddressHasher,
        found: Mapping[str, Row[Any]],
        now: datetime,
    ) -> None:
        self._connection, self._hasher, self._found, self._now = connection, hasher, found, now
        self._states = {key: DeliveryState(row.state) for key, row in found.items()}
        self._plain: dict[str, DeliveryState] = {}  # written together at the end: most events are "delivered"

    def fold(self, event: ProviderEvent) -> Effect:
        """Does what one event asks for."""
        row = self._found.get(event.delivery_id)
        if row is None and not event.signed:
            return Effect(event.kind, new=False, known=False)
        kind, address = self._understood(event, row)
        doubted = row is not None and kind in _STATE_AFTER and self._states[row.id] is DeliveryState.UNCERTAIN
        kept = doubted or kind not in _PASSING
        if kept and not self._remember(event, kind, address):
            return self._effect(kind, row, address)
        moved = row is not None and self._move(row.id, kind, "" if kind in _PASSING else event.reason)
        suppressed = self._apply(event, kind, address)
        return self._effect(kind, row, address, new=kept or moved, settled=doubted and moved, suppressed=suppressed)

    def _effect(
        self,
        kind: EventKind,
        row: Row[Any] | None,
        address: str,
        *,
        new: bool = False,
        settled: bool = False,
        suppressed: bool = False,
    ) -> Effect:
        shown = mask(address) if address else ""
        return Effect(kind, new=new, known=row is not None, settled=settled, suppressed=suppressed, address=shown)

    def flush(self) -> None:
        """Writes the states that need no words of their own."""
        for state in set(self._plain.values()):
            keys = [key for key, value in self._plain.items() if value is state]
            for start in range(0, len(keys), consent.CHUNK):
                chosen = deliveries.c.id.in_(keys[start : start + consent.CHUNK])
                self._connection.execute(update(deliveries).where(chosen).values(state=state, reason=""))

    def _understood(self, event: ProviderEvent, row: Row[Any] | None) -> tuple[EventKind, str]:
        """The kind, and the address it holds for: ours, else the one it names.

        Of a message that was forwarded and came back from there, our own address may be perfectly good."""
        ours = (row.email or "") if row is not None else ""
        if not event.signed:
            named = {address_key(address) for address in event.addresses}
            elsewhere = bool(named) and bool(ours) and address_key(ours) not in named
            return (EventKind.BLOCKED if elsewhere and event.kind is EventKind.BOUNCED else event.kind), ours
        return event.kind, event.addresses[0] if event.addresses else ours

    def _move(self, key: str, kind: EventKind, reason: str) -> bool:
        """Forward only. `changed_at` stays: it tells when the message was handed over, which paces the next ones."""
        after = _STATE_AFTER.get(kind)
        before = self._states[key]
        if after is None or before is DeliveryState.EXCLUDED:
            return False
        if before not in _OPEN and _FORWARD.index(after) <= _FORWARD.index(before):
            return False
        self._states[key] = after
        self._plain[key] = after
        if reason:
            del self._plain[key]
            values = {"state": after, "reason": words(reason)}
            self._connection.execute(update(deliveries).where(deliveries.c.id == key).values(values))
        return True

    def _remember(self, event: ProviderEvent, kind: EventKind, address: str) -> bool:
        """Keeps the event. False: it is kept already."""
        whose = event.delivery_id or (self._hasher.hash(address).hex() if address else "")
        moment = event.at.isoformat() if event.signed else ""  # the date of what anybody may write proves nothing
        key = hashlib.sha256("\0".join((event.source, whose, kind, moment)).encode()).hexdigest()
        row = {
            "key": key, "delivery_id": event.delivery_id or None, "kind": kind, "source": event.source,
            "event_id": words(event.event_id)[:100], "reason": words(event.reason), "at": event.at,
            "recorded_at": self._now,
        }  # fmt: skip
        there = select(delivery_events.c.id).where(delivery_events.c.key == key)
        if self._connection.execute(there).first():
            return False
        consent.insert_missing(self._connection, delivery_events, [row])
        return True

    def _apply(self, event: ProviderEvent, kind: EventKind, address: str) -> bool:
        """What it means for the address. True: it is never mailed again."""
        if not address or kind in _PASSING or kind is EventKind.BLOCKED:
            return False
        person = self._connection.execute(
            select(subscribers.c.id).where(subscribers.c.email_key == address_key(address))
        ).scalar_one_or_none()
        if kind in _SUPPRESSES:
            consent.suppress(
                self._connection, self._hasher, address, reason=kind.value, source=event.source, at=event.at
            )
            if person is not None:
                consent.log(self._connection, person, EVERYWHERE, f"suppressed: {kind}", event.source, event.at)
            return True
        if kind is EventKind.UNSUBSCRIBED:
            return self._unsubscribe(person, address, event)
        if kind is EventKind.RESUBSCRIBED and person is not None:
            self._resubscribe(person, address, event)
        return False

    def _unsubscribe(self, person: int | None, address: str, event: ProviderEvent) -> bool:
        """From everything: the service would drop whatever we sent. A later wish of the person to come back counts."""
        if person is not None:
            later = select(consent_events.c.id).where(
                consent_events.c.subscriber_id == person,
                consent_events.c.what == "resubscribed",
                consent_events.c.at > event.at,
            )
            if self._connection.execute(later).first():
                return False
            for audience in _audiences(self._connection, person):
                consent.end(self._connection, self._hasher, person, address, audience, event.source, event.at)
        consent.suppress(
            self._connection, self._hasher, address, reason=consent.UNSUBSCRIBED, source=event.source, at=event.at
        )
        return True

    def _resubscribe(self, person: int, address: str, event: ProviderEvent) -> None:
        """Brings back what the person ended at the same service, and nothing that was ended in another way since."""
        last: dict[str, Row[Any]] = {}
        log = select(consent_events).where(consent_events.c.subscriber_id == person).order_by(consent_events.c.id)
        for line in self._connection.execute(log):
            last[line.audience] = line
        for audience, line in last.items():
            if line.what == "unsubscribed" and line.source == event.source and line.at <= event.at:
                consent.resume(self._connection, self._hasher, person, address, audience, event.source, event.at)


def _audiences(connection: Connection, person: int) -> list[str]:
    active = (subscriptions.c.subscriber_id == person) & subscriptions.c.ended_at.is_(None)
    return list(connection.scalars(select(subscriptions.c.audience).where(active).order_by(subscriptions.c.audience)))
