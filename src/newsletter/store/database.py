"""One database: its transactions, and what the library says of it turned into sentences. See `backend.py`, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection

from newsletter.errors import StoreError
from newsletter.store.backend import choose

LIST = "list"  # who is on it and who is never mailed, and whatever has no name of its own
CAMPAIGNS = "campaigns"  # what is sent to whom, and when


class Database:
    """An open database. `read()` and `write()` give a connection inside one transaction."""

    def __init__(self, url: str) -> None:
        """SQLite makes its file if it is missing; PostgreSQL is asked at the first transaction.

        Raises:
            StoreError: the address cannot be used, or the file cannot be made.
        """
        self._backend = choose(url)
        self.name = self._backend.name
        self.upgrades_itself = self._backend.upgrades_itself
        self.shared = self._backend.shared
        self.boot = self._backend.boot
        self._engine = self._backend.engine()
        self._reader = self._backend.reader(self._engine)
        self._quick: Connection | None = None  # kept open: `write_quickly` is called for every message

    @property
    def address(self) -> str:
        """With the password in it, for a library that connects by itself."""
        return self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def explain(self, error: Exception) -> StoreError:
        """What such a library says, in words."""
        return self._backend.translate(error)[0]

    def close(self) -> None:
        """Closes every connection."""
        if self._quick is not None:
            self._quick.close()
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self._translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self, what: str = LIST) -> Iterator[Connection]:
        """A transaction committed as a whole or not at all. Nobody else writes to the same part (`what`) meanwhile, so
        what it reads stays true until it ends. SQLite has one part."""
        with self._translated(), self._engine.begin() as connection:
            self._backend.begin_write(connection, what)
            yield connection

    @contextmanager
    def write_rows(self) -> Iterator[Connection]:
        """A transaction that on PostgreSQL waits only for those who write the same rows: for many senders at once.

        Each statement must say for itself which rows may be changed (WHERE lease_owner = ...): what was read before
        may be true no more."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write_quickly(self) -> Iterator[Connection]:
        """The same, but a loss of power may undo it where `boot` tells of one: nothing waits for the disk.

        An ordinary write makes everything before it outlive that too. For one thread at a time."""
        if (quick := self._quickly()) is not None:
            with self._translated(), quick.begin():
                yield quick
            return
        with self.write_rows() as connection:
            yield connection

    @contextmanager
    def write_prepared(self) -> Iterator[Connection]:
        """The same for statements that are `Prepared` and for nothing else: the library's own way to begin and to
        commit costs as much as carrying them out."""
        if (quick := self._quickly()) is None:
            with self.write_rows() as connection:
                yield connection
            return
        driver: Any = quick.connection.dbapi_connection
        with self._translated():
            driver.execute("BEGIN IMMEDIATE")
            try:
                yield quick
                driver.execute("COMMIT")
            finally:
                if driver.in_transaction:
                    driver.execute("ROLLBACK")

    def _quickly(self) -> Connection | None:
        """The connection that does not wait for the disk; None where there is none."""
        if self._quick is None:
            with self._translated():
                self._quick = self._backend.quick(self._engine)
        return self._quick

    def sending(self) -> AbstractContextManager[bool]:
        """Held by a command that sends: one at a time. Given back by itself if the process dies.

        Yields True: nobody else is sending, so whatever looks as if it were is left over from a crash.

        Raises:
            Refused: another command is sending.
        """
        return self._held(self._backend.sending(self._engine))

    def working(self) -> AbstractContextManager[bool]:
        """Held by a worker while it sends, together with other workers. Yields whether it may."""
        return self._held(self._backend.working(self._engine))

    @contextmanager
    def _held(self, lock: AbstractContextManager[bool]) -> Iterator[bool]:
        with self._translated(), lock as held:
            yield held

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._backend.errors as error:
            sentence, cause = self._backend.translate(error)
            raise sentence from cause
