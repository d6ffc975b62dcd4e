"""Taking everything from one database into another that is empty: from a file into PostgreSQL, or back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Row, Table, and_, func, or_, select, text

from newsletter.errors import Refused, StoreError
from newsletter.models.delivery import CampaignState
from newsletter.store import migrate
from newsletter.store.database import LIST, Database
from newsletter.store.portable import insert_many, remember_sizes
from newsletter.store.schema import blobs, campaigns, metadata, paces, places

PAGE, FEW = 1000, 10  # rows at a time; of those that hold pictures
_NOT_MOVED = (paces, places)  # of the clock of the database they are in
Progress = Callable[[str, int], None]  # a table, and how many of its rows are over


def copy(source: Database, target: Database, progress: Progress = lambda table, rows: None) -> Mapping[str, int]:
    """Copies every row, in one transaction; rows of each table. The source is only read.

    Raises:
        StoreError: one of them is not up to date.
        Refused: the target holds something already, or a campaign of the source is running.
    """
    for database in (source, target):
        if not (found := migrate.state(database)).ready:
            raise StoreError(f"{found.name} is not up to date.", hint="Bring it up to date: newsletter db upgrade")
    with source.read() as old, target.write(LIST) as new:
        _refuse(source, old, target, new)
        tables = [table for table in metadata.sorted_tables if table not in _NOT_MOVED]
        counts = {table.name: _copy(old, new, table, progress) for table in tables}
        for table in tables:
            _continue_numbers(new, table)
        remember_sizes(new, *tables)
        return counts


def _refuse(source: Database, old: Connection, target: Database, new: Connection) -> None:
    held = [table.name for table in metadata.sorted_tables if new.execute(select(table).limit(1)).first() is not None]
    if [name for name in held if name != "key_checks"]:
        raise Refused(f"{target.name} is not empty, so nothing was copied.", hint="Name one that holds nothing yet.")
    running = select(campaigns.c.title).where(campaigns.c.state == CampaignState.RUNNING)
    if (title := old.execute(running).scalar()) is not None:
        raise Refused(
            f"The campaign '{title}' in {source.name} is running, so nothing was copied.",
            hint="Let it finish, or pause it with newsletter pause.",
        )
    new.execute(metadata.tables["key_checks"].delete())


def _copy(old: Connection, new: Connection, table: Table, progress: Progress) -> int:
    """Page by page in the order of the primary key, so that memory stays flat."""
    keys = list(table.primary_key.columns)
    last: Row[Any] | None = None
    done, page = 0, FEW if table is blobs else PAGE
    while True:
        query = select(table).order_by(*keys).limit(page)
        if last is not None:
            query = query.where(_after(keys, last))
        rows: Sequence[Row[Any]] = old.execute(query).all()
        insert_many(new, table, [dict(row._mapping) for row in rows])
        done += len(rows)
        progress(table.name, done)
        if len(rows) < page:
            return done
        last = rows[-1]


def _after(keys: Sequence[Any], last: Row[Any]) -> Any:
    """Rows after this one: (a, b) > (x, y), written so that both databases find it by the index."""
    values = [last._mapping[key] for key in keys]
    parts = []
    for place, key in enumerate(keys):
        same = (earlier == value for earlier, value in zip(keys[:place], values[:place], strict=True))
        parts.append(and_(*same, key > values[place]))
    return or_(*parts)


def _continue_numbers(new: Connection, table: Table) -> None:
    """PostgreSQL counts rows that were numbered elsewhere only when it is told."""
    key = table.autoincrement_column
    if new.dialect.name != "postgresql" or key is None or not isinstance(key.type, Integer):
        return
    newest = new.execute(select(func.max(key))).scalar()
    if newest is not None:
        found = {"table": table.name, "column": key.name, "newest": newest}
        new.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest)"), found)
