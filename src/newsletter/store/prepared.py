"""A statement compiled once and given to the driver as it is: for what is written for every single message.

The library's own execution of a statement costs several times what SQLite needs to carry it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Update


class Prepared:
    """An UPDATE with named parameters."""

    def __init__(self, statement: Update) -> None:
        self._statement = statement
        self._sql: dict[str, tuple[str, list[str], dict[str, Callable[[Any], Any]], Mapping[str, Any]]] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> int:
        """Carries it out for each row, inside the connection's transaction; how many records were changed."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, [dict(row) for row in rows]).rowcount
        sql, names, processors, constants = self._compiled(connection.dialect)
        values = [
            [
                processors[name](row.get(name, constants.get(name)))
                if name in processors
                else row.get(name, constants.get(name))
                for name in names
            ]
            for row in rows
        ]
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(sql, values)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _compiled(self, dialect: Dialect) -> tuple[str, list[str], dict[str, Callable[[Any], Any]], Mapping[str, Any]]:
        if dialect.name not in self._sql:
            compiled: Any = self._statement.compile(dialect=dialect)
            processors = {
                name: process
                for name, bound in compiled.binds.items()
                if (process := bound.type.dialect_impl(dialect).bind_processor(dialect)) is not None
            }
            self._sql[dialect.name] = str(compiled), list(compiled.positiontup), processors, compiled.params
        return self._sql[dialect.name]
