"""What the tables hold that is written differently on SQLite and PostgreSQL: moments, and the ids of deliveries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


class Utc(TypeDecorator[datetime]):
    """An aware moment. SQLite keeps no zone, so it is written and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC. A moment without a zone is a mistake in the program."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class delivery_id(FunctionElement[str]):  # noqa: N801 (it reads as the SQL function it stands for)
    """A new delivery's id, 32 hexadecimal digits: six that grow with the subscriber's id, the others random.

    So that deliveries, their index by subscriber and the list itself stand in about the same order: what is frozen, and
    claimed, together stands together. Takes the subscriber's id, and a number below 2**24 at which the digits start
    again from zero: another for each campaign, so that nobody is always the first, or known by their digits."""

    type = String(32)
    inherit_cache = True


@compiles(delivery_id, "sqlite")
def _sqlite_delivery_id(element: delivery_id, compiler: Any, **options: Any) -> str:
    subscriber, start = (compiler.process(clause, **options) for clause in element.clauses)
    return f"printf('%06x', (({subscriber} >> 39) + {start}) & 16777215) || lower(hex(randomblob(13)))"


@compiles(delivery_id, "postgresql")
def _postgresql_delivery_id(element: delivery_id, compiler: Any, **options: Any) -> str:
    subscriber, start = (compiler.process(clause, **options) for clause in element.clauses)
    digits = f"lpad(to_hex((({subscriber} >> 39) + {start}) & 16777215), 6, '0')"
    return f"{digits} || substr(replace(gen_random_uuid()::text, '-', ''), 7)"
