"""A statement compiled once and given to the driver as it is: for what is written for every single message.

The library's own execution of a statement costs several times what SQLite needs to carry it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Update


class Prepared:
    """An UPDATE with named parameters."""

    def __init__(self, statement: Update) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def run(
        self, connection: Connection, rows: Sequence[Mapping[str, object]], shared: Mapping[str, object] | None = None
    ) -> int:
        """Carries it out for each row, inside the connection's transaction; how many records were changed.

        `shared`: values that are the same in all rows."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, [{**(shared or {}), **row} for row in rows]).rowcount
        if not rows:
            return 0
        form = self._form(connection.dialect)
        common = [form.processed(name, (shared or {}).get(name, form.constants.get(name))) for name in form.names]
        places = [(place, name) for place, name in enumerate(form.names) if name in rows[0]]
        values = []
        for row in rows:
            line = common.copy()
            for place, name in places:
                line[place] = form.processed(name, row[name])
            values.append(line)
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(form.sql, values)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _form(self, dialect: Dialect) -> _Form:
        if dialect.name not in self._forms:
            compiled: Any = self._statement.compile(dialect=dialect)
            processors = {
                name: process
                for name, bound in compiled.binds.items()
                if (process := bound.type.dialect_impl(dialect).bind_processor(dialect)) is not None
            }
            self._forms[dialect.name] = _Form(str(compiled), list(compiled.positiontup), processors, compiled.params)
        return self._forms[dialect.name]


@dataclass(frozen=True)
class _Form:
    """What the driver takes."""

    sql: str
    names: list[str]  # of the values, in their order
    processors: Mapping[str, Callable[[Any], Any]]
    constants: Mapping[str, object]

    def processed(self, name: str, value: object) -> object:
        """A value as the driver takes it."""
        process = self.processors.get(name)
        return value if process is None or value is None else process(value)
