"""Brings a database to this version's tables: quietly, by itself, as a whole or not at all (one transaction)."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from newsletter.errors import StoreError
from newsletter.store.database import Database
from newsletter.store.schema import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Applies what is missing. Alembic is only loaded when something is.

    Raises:
        StoreError: the database was made by a newer version, or is not one of ours.
    """
    with database.read() as connection:
        if _version(connection) == HEAD:
            return
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
            hint="Check NEWSLETTER_DATABASE: it must name a file of its own.",
        )
    return ""


def _run(connection: Connection, version: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version and version not in known:
        raise StoreError(
            "This database was made by a newer version of newsletter than this one.",
            hint="Install that version again. Nothing was changed.",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
