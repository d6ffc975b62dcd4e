"""Events of mail services, taken into the ledger and the list; and counted, for the report."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from newsletter.models.events import Effect, EventKind, ProviderEvent
from newsletter.store.consent import CHUNK, UNSUBSCRIBED, AddressHasher, suppressed
from newsletter.store.database import Database
from newsletter.store.folding import Folding
from newsletter.store.schema import EVERYWHERE, deliveries, delivery_events, subscribers


class _DryRunError(Exception):
    """Makes the transaction roll back."""


class Events:
    """Takes events in, and counts them for the report."""

    def __init__(self, database: Database, hasher: AddressHasher) -> None:
        self._database, self._hasher = database, hasher

    def record(self, events: Sequence[ProviderEvent], *, now: datetime, really: bool = True) -> tuple[Effect, ...]:
        """Folds events in, in one transaction; one effect for each, in order.

        Not `really`: only says what they would change; it does it and rolls back, so that it cannot say anything else.
        """
        effects: list[Effect] = []
        with contextlib.suppress(_DryRunError), self._database.write() as connection:
            found = _deliveries(connection, {event.delivery_id for event in events if event.delivery_id})
            folding = Folding(connection, self._hasher, found, now)
            order = sorted(range(len(events)), key=lambda place: events[place].at)
            by_place = {place: folding.fold(events[place]) for place in order}
            folding.flush()
            effects = [by_place[place] for place in range(len(events))]
            if not really:
                raise _DryRunError
        return tuple(effects)

    def record_listed(self, events: Iterable[ProviderEvent], *, now: datetime) -> Iterator[Effect]:
        """Folds in what stands on a service's lists, page by page, each in one transaction; gives what was new.

        An address that is suppressed already is passed over, unless the service knows a harder reason: a list says the
        same again and again, and may be long."""
        pages = iter(events)
        while page := list(itertools.islice(pages, CHUNK)):
            with self._database.read() as connection:
                known = suppressed(connection, self._hasher, {event.addresses[0] for event in page})
            fresh = [event for event in page if _tells_more(event, known.get(event.addresses[0], {}))]
            yield from (effect for effect in self.record(fresh, now=now) if effect.new)

    def counts(self, campaign_id: str) -> Mapping[EventKind, int]:
        """How many deliveries of a campaign each kind of event was told of; `accepted` and `delivered` only where they
        settled a doubt: the states of the deliveries count those."""
        query = (
            select(delivery_events.c.kind, func.count(delivery_events.c.delivery_id.distinct()))
            .join(deliveries, deliveries.c.id == delivery_events.c.delivery_id)
            .where(deliveries.c.campaign_id == campaign_id)
            .group_by(delivery_events.c.kind)
        )
        with self._database.read() as connection:
            return {EventKind(kind): number for kind, number in connection.execute(query)}


def _tells_more(event: ProviderEvent, known: Mapping[str, str]) -> bool:
    """Whether it is news. `known`: scope -> reason."""
    reason = known.get(EVERYWHERE)
    return reason is None or (reason == UNSUBSCRIBED and event.kind is not EventKind.UNSUBSCRIBED)


def _deliveries(connection: Connection, keys: Iterable[str]) -> dict[str, Row[Any]]:
    """The deliveries of these ids with their subscriber's address (None once erased), held until the end."""
    ids = sorted(keys)
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(ids), CHUNK):
        query = (
            select(deliveries.c.id, deliveries.c.state, subscribers.c.email)
            .outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(deliveries.c.id.in_(ids[start : start + CHUNK]))
            .order_by(deliveries.c.id)
            .with_for_update(of=deliveries)
        )
        found.update({row.id: row for row in connection.execute(query)})
    return found
