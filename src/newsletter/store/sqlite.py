"""SQLite: one file, WAL mode, `synchronous=FULL`, and BEGIN IMMEDIATE for every write.

A transaction that reads first and writes later fails at once when another wrote in between, and `busy_timeout` does
not help it; so a write holds the lock from its start.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from newsletter.errors import Refused, StoreError
from newsletter.store.backend import BUSY_SECONDS

PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=8000",  # pages, 32 MB: a page that changes often is copied into the file once, not each time
    "foreign_keys=ON",
    "cache_size=-32768",  # KiB at most: rows with random keys touch pages all over the file
    "secure_delete=ON",  # an erased person does not stay behind in free pages
)


class Sqlite:
    """A file, or a database in memory."""

    shared = False
    upgrades_itself = True
    errors: tuple[type[Exception], ...] = (DBAPIError, sqlite3.Error)

    def __init__(self, url: URL) -> None:
        """Makes the file (mode 0600) and its folder (mode 0700) if they are missing.

        Raises:
            StoreError: the file cannot be made.
        """
        self._url = url
        self.path = None if url.database in (None, "", ":memory:") else Path(str(url.database))
        self.name = f"The database {self.path}" if self.path else "The database"
        self.boot = _boot()
        if self.path:
            _prepare(self.path)

    def engine(self) -> Engine:
        """Every transaction of it writes."""
        engine = create_engine(self._url, hide_parameters=True)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine.execution_options(begin="BEGIN IMMEDIATE")

    def reader(self, engine: Engine) -> Engine:
        """Begins without the write lock."""
        return engine.execution_options(begin="BEGIN")

    def begin_write(self, connection: Connection, what: str) -> None:
        """Nothing: BEGIN IMMEDIATE has waited already."""

    def quick(self, engine: Engine) -> Connection | None:
        """None where a loss of power could not be noticed afterwards."""
        if not self.boot or self.path is None:
            return None
        connection = engine.connect()
        driver: Any = connection.connection.dbapi_connection
        connection.detach()
        driver.execute("PRAGMA synchronous=NORMAL")
        return connection

    @contextmanager
    def sending(self, engine: Engine) -> Iterator[bool]:
        """A lock on a file, given back by the operating system if the process dies."""
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
    def working(self, engine: Engine) -> Iterator[bool]:
        """Never: one process sends from a file."""
        yield False

    def translate(self, error: Exception) -> tuple[StoreError, Exception | None]:
        """SQLite's own messages hold no values."""
        original = error.orig if isinstance(error, DBAPIError) else error
        reason = str(original) if isinstance(original, sqlite3.Error) else type(error).__name__
        for part, message, hint in _REASONS:
            if part in reason:
                return StoreError(f"{self.name} {message}.", hint=hint), error
        return StoreError(f"{self.name} cannot be used: {reason}.", hint="Nothing was changed by this step."), error


def _boot() -> str:
    """What changes whenever the machine starts: 32 hex digits, or "" where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip().replace("-", "")
    except OSError:
        return ""


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
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["begin"])


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
