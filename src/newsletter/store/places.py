"""Rate limits that several machines keep together: places in time, numbered one after the other for each transport.

At most so many messages in any so many seconds: place n comes no earlier than so many seconds after the place that is
so many before it. Looking one up is one step, however many there are. The database's clock counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from newsletter.store.consent import insert_missing
from newsletter.store.portable import clock
from newsletter.store.schema import paces, places

Windows = Sequence[tuple[int, float]]  # at most so many messages in so many seconds


def reserve(
    connection: Connection, transport: str, windows: Windows, *, count: int, within: float | None
) -> tuple[float, ...]:
    """Takes the next places, `count` at most, and only those within so many seconds; in how many seconds each comes."""
    insert_missing(connection, paces, [{"transport": transport, "last": 0}])
    counter = select(paces.c.last).where(paces.c.transport == transport).with_for_update()
    last = connection.execute(counter).scalar_one()
    now = clock(connection)
    taken = _next(_earlier(connection, transport, windows, last, count), windows, last, count, now)
    granted = [moment for moment in taken if within is None or moment <= now + within]
    if granted:
        rows = [{"transport": transport, "number": last + 1 + place, "at": at} for place, at in enumerate(granted)]
        connection.execute(insert(places), rows)
        newest = last + len(granted)
        connection.execute(update(paces).where(paces.c.transport == transport).values(last=newest))
        of_no_use = places.c.number <= newest - max(size for size, _ in windows)
        connection.execute(delete(places).where(places.c.transport == transport, of_no_use))
    return tuple(max(0.0, moment - now) for moment in granted)


def _earlier(connection: Connection, transport: str, windows: Windows, last: int, count: int) -> dict[int, float]:
    """The places that the next ones are measured by, as far as there are any."""
    number = places.c.number
    measured = [and_(number > last - size, number <= last - size + count) for size, _ in windows]
    query = select(number, places.c.at).where(places.c.transport == transport, or_(number == last, *measured))
    return {row.number: row.at for row in connection.execute(query)}


def _next(earlier: Mapping[int, float], windows: Windows, last: int, count: int, now: float) -> list[float]:
    moments = dict(earlier)
    for number in range(last + 1, last + 1 + count):
        after = [moments[number - size] + seconds for size, seconds in windows if number - size in moments]
        moments[number] = max([now, *after, *([moments[number - 1]] if number - 1 in moments else [])])
    return [moments[number] for number in range(last + 1, last + 1 + count)]
