"""One database: opens it, keeps its transactions honest, and turns what the library says into sentences.

SQLite is used in WAL mode with `synchronous=FULL`, and every write starts with BEGIN IMMEDIATE: a transaction that
reads first and writes later fails at once when another wrote in between, and `busy_timeout` does not help it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from newsletter.errors import Refused, StoreError

BUSY_SECONDS = 5
_PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-32768",  # KiB at most: rows with random keys touch pages all over the file
    "secure_delete=ON",  # an erased person does not stay behind in free pages
)


class Database:
    """An open database. `read()` and `write()` give a connection inside one transaction."""

    def __init__(self, url: str) -> None:
        """Makes the file (mode 0600) and its folder (mode 0700) if they are missing.

        Raises:
            StoreError: the address cannot be used, or the file cannot be made.
        """
        parsed = _parse(url)
        self.path = _path(parsed)
        if self.path:
            _prepare(self.path)
        self._engine = create_engine(parsed, hide_parameters=True)
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        self.boot = _boot()
        self._quick: Connection | None = None  # kept open: `write_quickly` is called for every message

    def close(self) -> None:
        """Closes every connection."""
        if self._quick is not None:
            self._quick.close()
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start; committed as a whole or not at all."""
        with self._translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def write_quickly(self) -> Iterator[Connection]:
        """A write that outlives this process, but perhaps not a loss of power: nothing waits for the disk.

        An ordinary write makes everything before it outlive that too. Where a loss of power could not be noticed
        afterwards (`boot` is empty), it is an ordinary write. For one thread at a time."""
        if not self.boot or self.path is None:
            with self.write() as connection:
                yield connection
            return
        with self._translated():
            if self._quick is None:
                self._quick = self._connect_quickly()
            with self._quick.begin():
                yield self._quick

    def _connect_quickly(self) -> Connection:
        """A connection of its own, outside the pool."""
        connection = self._writer.connect()
        driver: Any = connection.connection.dbapi_connection
        connection.detach()
        driver.execute("PRAGMA synchronous=NORMAL")
        return connection

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Holds the right to send: one process at a time, given back by the operating system if the process dies.

        Yields True: nobody else is sending, so whatever looks as if it were is left over from a crash.

        Raises:
            Refused: another process is sending.
        """
        if self.path is None:
            yield True
            return
        lock = sqlite3.connect(f"{self.path}.sending", timeout=0, isolation_level=None)
        try:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise Refused(
                    "Another newsletter command is sending from this database right now.",
                    hint='Wait until it has finished, or stop it with Ctrl-C. "newsletter status" shows how far it is.',
                ) from None
            yield True
        finally:
            lock.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise _translate(error, self.path) from error


def _boot() -> str:
    """What changes whenever the machine starts: 32 hex digits, or "" where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip().replace("-", "")
    except OSError:
        return ""


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return parsed
    except (ArgumentError, NoSuchModuleError):
        pass
    raise StoreError(
        "NEWSLETTER_DATABASE does not name a database that can be used.",
        hint="Leave it out to use subscribers/newsletter.db, or write sqlite:///PATH.",
    )


def _path(url: URL) -> Path | None:
    """The file, or None for a database in memory."""
    name = url.database or ""
    return None if name in ("", ":memory:") else Path(name)


def _prepare(path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a database.", hint="Let NEWSLETTER_DATABASE name a file.")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except FileNotFoundError:
        raise StoreError(
            f"The folder for the database {path} is not there.",
            hint="Check NEWSLETTER_DATABASE, or make the folder first.",
        ) from None
    except OSError as error:
        raise StoreError(
            f"The database {path} cannot be opened: {error.strerror}.", hint="Check who owns the file and its folder."
        ) from None


def _configure(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: `_begin` does
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _translate(error: Exception, path: Path | None) -> StoreError:
    """In words, without the statement or its values: they may hold addresses."""
    original = error.orig if isinstance(error, DBAPIError) else error
    reason = str(original) if isinstance(original, sqlite3.Error) else type(error).__name__
    where = f"The database {path}" if path else "The database"
    for part, message, hint in _REASONS:
        if part in reason:
            return StoreError(f"{where} {message}.", hint=hint)
    return StoreError(f"{where} cannot be used: {reason}.", hint="Nothing was changed by this step.")


_REASONS = (
    (
        "not a database",
        "is not a newsletter database",
        "Another file stands under its name. Move it away, or set NEWSLETTER_DATABASE.",
    ),
    ("malformed", "is damaged", "Bring back the last copy of the file from your backup. Nothing was changed."),
    (
        "locked",
        "is in use by another program",
        f"It was busy for {BUSY_SECONDS} seconds. Close what else has it open and try again.",
    ),
    ("readonly", "may only be read by you", "Check who owns the file and its folder, and whether the disk is full."),
    (
        "disk is full",
        "cannot grow: the disk is full",
        "Make room and run the command again. Nothing was changed by this step.",
    ),
    ("unable to open", "cannot be opened", "Check that its folder is there and that you may write in it."),
    ("no such table", "is not a newsletter database", "A table is missing. Bring back the last copy from your backup."),
    (
        "no such column",
        "is not a newsletter database",
        "A column is missing. Bring back the last copy from your backup.",
    ),
    (
        "disk I/O",
        "cannot be read: the disk reports an error",
        "Copy the file to another disk, or bring back your backup.",
    ),
)
