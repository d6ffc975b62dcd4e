"""What a database engine does its own way, and the choice of one by its address.

`sqlite.py` and `postgresql.py` fit it. Everything else in this package is written once, for both.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from newsletter.errors import StoreError

BUSY_SECONDS = 5  # how long a write waits for another one


class Backend(Protocol):
    """One engine, with its address."""

    name: str  # "The database subscribers/newsletter.db": how sentences begin; never holds a password
    path: Path | None  # the file, where there is one
    shared: bool  # whether several machines may use it at once
    upgrades_itself: bool  # whether opening the database brings it up to date
    errors: tuple[type[Exception], ...]  # what the engine's library raises
    boot: str  # changes whenever marks written by `quick` may have been lost; "" where none ever are

    def engine(self) -> Engine:
        """Connections whose transactions may write."""

    def reader(self, engine: Engine) -> Engine:
        """The same connections; each transaction sees one state of the database."""

    def begin_write(self, connection: Connection, what: str) -> None:
        """At the start of a transaction: waits until nobody else writes to this part of the database."""

    def quick(self, engine: Engine) -> Connection | None:
        """A connection of its own whose commits need not wait for the disk; None: there is no such thing."""

    def sending(self, engine: Engine) -> AbstractContextManager[bool]:
        """Held by a command that sends. Yields whether nobody else can be sending.

        Raises:
            Refused: another command is sending.
        """

    def working(self, engine: Engine) -> AbstractContextManager[bool]:
        """Held by a worker while it sends. Yields whether it may: not while a command has the ledger to itself."""

    def translate(self, error: Exception) -> tuple[StoreError, Exception | None]:
        """In words, and the cause to show with --debug; neither holds a statement's values, which may be addresses."""


def choose(url: str) -> Backend:
    """The engine that this address asks for.

    Raises:
        StoreError: it cannot be used. The address is not repeated: it may hold a password.
    """
    parsed = _parse(url)
    if parsed is not None and parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        from newsletter.store.sqlite import Sqlite

        return Sqlite(parsed)
    if parsed is not None and parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        from newsletter.store.postgresql import Postgresql

        return Postgresql(parsed)
    raise StoreError(
        "NEWSLETTER_DATABASE does not name a database that can be used.",
        hint="Leave it out to use subscribers/newsletter.db, or write sqlite:///PATH"
        " or postgresql://USER:PASSWORD@HOST/NAME.",
    )


def _parse(url: str) -> URL | None:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        return None
