"""A statement compiled once and given to the driver as it is: for what is written for every single message.

The library's own execution of a statement costs several times what SQLite needs to carry it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update


class Prepared:
    """An UPDATE or INSERT with named parameters. An INSERT must name every column that has a default."""

    def __init__(self, statement: Update | Insert) -> None:
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
        common = form.filled(form.constants, shared or {})
        values = [form.filled(common, row) for row in rows]
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
            places: dict[str, list[int]] = {}
            for place, name in enumerate(compiled.positiontup):
                places.setdefault(name, []).append(place)
            constants = [None] * len(compiled.positiontup)
            form = _Form(str(compiled), places, processors, constants)
            given = {name: value for name, value in compiled.params.items() if value is not None}
            self._forms[dialect.name] = replace(form, constants=form.filled(constants, given))
        return self._forms[dialect.name]


@dataclass(frozen=True)
class _Form:
    """What the driver takes."""

    sql: str
    places: Mapping[str, Sequence[int]]  # of each name among the values
    processors: Mapping[str, Callable[[Any], Any]]
    constants: Sequence[object]  # the values that the statement holds itself

    def filled(self, line: Sequence[object], values: Mapping[str, object]) -> list[object]:
        """A copy of the line with these values in their places, as the driver takes them."""
        filled = list(line)
        for name, value in values.items():
            process = self.processors.get(name)
            ready = value if process is None or value is None else process(value)
            for place in self.places[name]:
                filled[place] = ready
        return filled
