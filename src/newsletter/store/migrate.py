"""Brings a database to this version's tables, as a whole or not at all (one transaction).

SQLite does it quietly by itself when it is opened. A PostgreSQL database may be in use by other machines, so there a
person says when: `newsletter db upgrade`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from newsletter.errors import StoreError
from newsletter.store.database import Database
from newsletter.store.schema import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class State:
    """What a database is at."""

    name: str  # "The database newsletter on db.example.org"
    version: str  # of its tables; "": it has none yet
    by_itself: bool = False  # it is brought up to date when it is opened
    newest: str = HEAD  # of this program

    @property
    def ready(self) -> bool:
        """Whether this program can use it."""
        return self.version == self.newest


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database as it is, closed at the end.

    Raises:
        StoreError: it cannot be used.
    """
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def upgrade(database: Database) -> None:
    """On opening: applies what is missing where that is done by itself. Alembic is only loaded when something is.

    Raises:
        StoreError: a person must run `newsletter db upgrade` first; or see `run`.
    """
    found = state(database)
    if found.ready:
        return
    if not database.upgrades_itself:
        if found.version:
            _refuse_unknown(found.version)
        what = "is not up to date with this version of newsletter" if found.version else "has no tables yet"
        raise StoreError(f"{found.name} {what}.", hint="Run: newsletter db upgrade")
    run(database)


def state(database: Database) -> State:
    """What the database is at; changes nothing.

    Raises:
        StoreError: it is not one of ours, or cannot be asked.
    """
    with database.read() as connection:
        return State(database.name, _version(connection), database.upgrades_itself)


def run(database: Database) -> None:
    """Applies what is missing.

    Raises:
        StoreError: the database was made by a newer version, or is not one of ours.
    """
    with database.write() as connection:  # holds the lock: another process may have done it meanwhile
        version = _version(connection)
        if version != HEAD:
            _run(connection, version)


def _version(connection: Connection) -> str:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or "")
    if tables:
        raise StoreError(
            "This database belongs to another program.",
            hint="Check NEWSLETTER_DATABASE: it must name a file, or a PostgreSQL database, of its own.",
        )
    return ""


def _refuse_unknown(version: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if version not in known:
        raise StoreError(
            "This database was made by a newer version of newsletter than this one.",
            hint="Install that version again. Nothing was changed.",
        )


def _run(connection: Connection, version: str) -> None:
    from alembic import command
    from alembic.config import Config

    if version:
        _refuse_unknown(version)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
