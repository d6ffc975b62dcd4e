"""What both databases can do, each in its own way: many rows at once, remembering their number, the time, domains."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, String, Table, func, insert, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

_FEW = 50  # rows for which COPY is not worth its round trips


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Inserts rows that all name the same columns. What they leave out must have a default in the database."""
    if not rows:
        return
    if connection.dialect.name != "postgresql" or len(rows) < _FEW:
        connection.execute(insert(table), list(rows))
        return
    names, dialect = list(rows[0]), connection.dialect
    processors = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            values = zip(names, processors, strict=True)
            copy.write_row([process(row[name]) if process else row[name] for name, process in values])


def clock(connection: Connection) -> float:
    """Seconds since 1970, by the one clock that everybody who uses this database shares."""
    if connection.dialect.name != "postgresql":
        return time.time()
    return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())


def remember_sizes(connection: Connection, *tables: Table) -> None:
    """After many rows were written: PostgreSQL plans by statistics that it otherwise gathers a minute later."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.execute(
                text(f"ANALYZE (SKIP_LOCKED) {connection.dialect.identifier_preparer.quote(table.name)}")
            )


class domain_of(FunctionElement[str]):  # noqa: N801 (it reads as the SQL function it stands for)
    """The domain of an address, cut out by the database."""

    type = String()
    inherit_cache = True


@compiles(domain_of, "sqlite")
def _sqlite_domain_of(element: domain_of, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"substr({text}, instr({text}, '@') + 1)"


@compiles(domain_of, "postgresql")
def _postgresql_domain_of(element: domain_of, compiler: Any, **options: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **options)}, '@', 2)"
