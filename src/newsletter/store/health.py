"""How the list does: whom it reaches by agency and area, where nobody is reached, and whom to ask after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, cast, exists, func, select

from newsletter.models.lists import GroupHealth, InPost, ListHealth
from newsletter.store.consent import CHUNK
from newsletter.store.schema import subscribers, subscriptions

_ACTIVE = and_(subscriptions.c.subscriber_id == subscribers.c.id, subscriptions.c.ended_at.is_(None))


def health(connection: Connection, *, agencies: Sequence[str], areas: Sequence[str]) -> ListHealth:
    """The list in groups. `agencies`, `areas`: those that ought to be reached, however their letters are written."""
    by_agency, by_area = (_groups(connection, column) for column in (subscribers.c.agency, subscribers.c.area))
    return ListHealth(by_agency, by_area, _gaps(by_agency, agencies), _gaps(by_area, areas))


def _groups(connection: Connection, column: ColumnElement[str]) -> tuple[GroupHealth, ...]:
    gets = exists(select(1).where(_ACTIVE))
    suppressed = subscribers.c.suppressed
    counts = select(
        column,
        func.count(),
        _count(and_(gets, suppressed == "")),
        func.sum(cast(subscribers.c.shared, Integer)),
        _count(suppressed == "bounced"),
        _count(suppressed == "complained"),
        _count(suppressed == "unsubscribed"),
    ).group_by(column)
    reached = (
        select(column, subscriptions.c.audience, func.count())
        .join(subscriptions, _ACTIVE)
        .where(suppressed == "")
        .group_by(column, subscriptions.c.audience)
        .order_by(column, subscriptions.c.audience)
    )
    audiences: dict[str, dict[str, int]] = {}
    for name, audience, number in connection.execute(reached):
        audiences.setdefault(name, {})[audience] = number
    groups = [
        GroupHealth(name, people, reachable, shared, bounced, complained, gone, audiences.get(name, {}))
        for name, people, reachable, shared, bounced, complained, gone in connection.execute(counts)
    ]
    return tuple(sorted(groups, key=lambda group: (group.name == "", group.name.casefold(), group.name)))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _gaps(groups: Sequence[GroupHealth], expected: Sequence[str]) -> tuple[str, ...]:
    reached = {" ".join(group.name.split()).casefold() for group in groups if group.reachable}
    return tuple(name for name in expected if " ".join(name.split()).casefold() not in reached)


def in_post(connection: Connection, before: datetime, area: str) -> Iterator[InPost]:
    """Whoever gets something and was last confirmed (or else came) before that moment; `area`: "" for all."""
    last_key = ""
    last = func.max(func.coalesce(subscriptions.c.confirmed_at, subscribers.c.created_at), type_=_MOMENT)
    query = (
        select(subscribers, last.label("last"))
        .join(subscriptions, _ACTIVE)
        .where(subscribers.c.suppressed == "")
        .group_by(subscribers.c.id)
        .having(last < before)
        .order_by(subscribers.c.email_key)
        .limit(CHUNK)
    )
    if area:
        query = query.where(func.lower(subscribers.c.area) == area.lower())
    while page := connection.execute(query.where(subscribers.c.email_key > last_key)).all():
        last_key = page[-1].email_key
        names = _audiences(connection, [row.id for row in page])
        for row in page:
            yield InPost(row.email, row.name, row.agency, row.area, tuple(names[row.id]), row.last)


_MOMENT = subscribers.c.created_at.type


def _audiences(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    query = select(subscriptions.c.subscriber_id, subscriptions.c.audience).where(
        subscriptions.c.subscriber_id.in_(ids), subscriptions.c.ended_at.is_(None)
    )
    names: dict[int, list[str]] = {}
    for subscriber_id, audience in connection.execute(query.order_by(subscriptions.c.audience)):
        names.setdefault(subscriber_id, []).append(audience)
    return names
