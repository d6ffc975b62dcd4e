"""A statement compiled once and given to the driver as it is: for what is written for every single message.

The library's own execution of a statement costs several times what SQLite needs to carry it out.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Insert, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

from newsletter.store.columns import Utc

_SQLITE = sqlite.dialect(paramstyle="named")


class Prepared:
    """An UPDATE or INSERT with named parameters. An INSERT must name every column that has a default."""

    def __init__(self, statement: Update | Insert) -> None:
        self._statement = statement

    def run(
        self, connection: Connection, rows: Sequence[Mapping[str, object]], shared: Mapping[str, object] | None = None
    ) -> int:
        """Carries it out for each row, inside the connection's transaction; how many records were changed.

        `shared`: values that are the same in all rows."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, [{**(shared or {}), **row} for row in rows]).rowcount
        if not rows:
            return 0
        form = self._form
        common = {**form.constants, **form.ready(shared or {})}
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(form.sql, [{**common, **form.ready(row)} for row in rows])
            return int(cursor.rowcount)
        finally:
            cursor.close()

    @functools.cached_property
    def _form(self) -> _Form:
        compiled: Any = self._statement.compile(dialect=_SQLITE)
        processors = {
            name: process
            for name, bound in compiled.binds.items()
            if (process := _moment if isinstance(bound.type, Utc) else _processor(bound.type))
        }
        form = _Form(str(compiled), processors, {})
        given = {name: value for name, value in compiled.params.items() if value is not None}
        return replace(form, constants=form.ready(given))


def _processor(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Turns a value of this type into what the driver takes."""
    return kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)


# A moment is written several times, and to turn it into text takes longer than to look it up.
_moment = functools.lru_cache(maxsize=1024)(_processor(Utc()) or (lambda moment: moment))


@dataclass(frozen=True)
class _Form:
    """What the driver takes."""

    sql: str
    processors: Mapping[str, Callable[[Any], Any]]
    constants: Mapping[str, object]  # the values that the statement holds itself

    def ready(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The values as the driver takes them."""
        changed = {
            name: process(value) for name, process in self.processors.items() if (value := values.get(name)) is not None
        }
        return {**values, **changed} if changed else values
