"""Opening: what is made, who may read it, and what is said when it cannot be used."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import insert, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from tests.unit.delivery.sending_kit import NOW, SECRETS, database_url, open_store, subscribe

from newsletter.delivery.links import hash_keys
from newsletter.errors import Refused, StoreError
from newsletter.store.database import Database
from newsletter.store.migrate import MIGRATIONS
from newsletter.store.schema import HEAD, metadata, subscribers
from newsletter.store.store import Store

KEYS = hash_keys(SECRETS)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.sqlite
def test_a_new_database_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "subscribers" / "newsletter.db"
    with Store.open(f"sqlite:///{path}", hash_keys=KEYS) as store:
        subscribe(store, 1)
        assert mode(path.parent) == 0o700
        assert {mode(part) for part in path.parent.iterdir()} == {0o600}


def test_opening_again_keeps_what_was_there(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        subscribe(store, 3)
    with open_store(tmp_path) as store:
        assert store.subscribers.count("practitioners") == 3


@pytest.mark.sqlite
def test_opening_prints_nothing_and_loads_the_migrations_only_when_they_are_needed(tmp_path: Path) -> None:
    code = (
        "import logging, sys; logging.basicConfig(level=logging.WARNING)\n"
        "from newsletter.store.store import Store\n"
        "Store.open('sqlite:///x.db', hash_keys={1: b'k' * 32}).close()\n"
        "sys.exit(7 if 'alembic' in sys.modules else 0)\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    for expected in (7, 0):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (expected, "", "")


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, store._database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.sqlite
def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


@pytest.mark.sqlite
def test_the_tables_can_be_made_in_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect))
        assert all(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)


@pytest.mark.sqlite
def test_writes_are_durable_and_wait_for_one_another(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, store._database.read() as connection:
        pragmas = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "secure_delete")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 5000,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with pytest.raises(RuntimeError), store._database.write() as connection:  # noqa: PT012
            connection.exec_driver_sql(
                "INSERT INTO imports (source, at, added, changed) VALUES ('x', '2026-01-01', 0, 0)"
            )
            raise RuntimeError
        with store._database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM imports").scalar() == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://u:secret@h/d", "postgresql+asyncpg://u:secret@h/d", "postgresql://u:secret@h:x/d"]
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url, hash_keys=KEYS)
    assert "secret" not in caught.value.message + caught.value.hint


@pytest.mark.sqlite
def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"folder for the database .* is not there"):
        Store.open(f"sqlite:///{tmp_path}/a/b/x.db", hash_keys=KEYS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite
def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(f"sqlite:///{tmp_path}", hash_keys=KEYS)


@pytest.mark.sqlite
def test_another_kind_of_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "newsletter.db"
    path.write_text("A list of things to do\n" * 500)
    with pytest.raises(StoreError, match="not a newsletter database"):
        open_store(tmp_path)
    assert path.read_text() == "A list of things to do\n" * 500


def shown(error: BaseException) -> str:
    """Everything that --debug would say of it, without the lines of code."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(traceback.format_exception_only(error)) + (shown(cause) if cause else "")


def change(tmp_path: Path, statement: str) -> None:
    database = Database(database_url(tmp_path))
    with database.write() as connection:
        connection.exec_driver_sql(statement)
    database.close()


def test_another_programs_database_is_left_as_it_is(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        names = [table.name for table in metadata.sorted_tables]
        with store._database.write() as connection:
            for name in (*reversed(names), "alembic_version"):
                connection.exec_driver_sql(f"DROP TABLE {name}")
            connection.exec_driver_sql("CREATE TABLE notes (words text)")
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store(tmp_path)
    database = Database(database_url(tmp_path))
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["notes"]
    database.close()


def test_a_database_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    change(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        open_store(tmp_path)


@pytest.mark.sqlite
def test_a_damaged_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        subscribe(store, 300)
    path = tmp_path / "newsletter.db"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"damaged|not a newsletter database"), open_store(tmp_path) as store:
        store.subscribers.count("practitioners")


@pytest.mark.sqlite
def test_a_database_that_is_in_use_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.store.sqlite.PRAGMAS", ("journal_mode=WAL", "busy_timeout=50"))
    with open_store(tmp_path) as store:
        subscribe(store, 1)
        other = sqlite3.connect(tmp_path / "newsletter.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another program"):
            store.subscribers.unsubscribe_address("person1@example.org", None, source="test", at=NOW)
        other.close()


def test_errors_hold_no_address(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        subscribe(store, 1)
        with store._database.write() as connection:
            connection.exec_driver_sql("DROP TABLE subscriptions")
        with pytest.raises(StoreError) as caught:
            store.subscribers.find("person1@example.org")
    assert "person1" not in shown(caught.value)


def test_a_broken_rule_of_the_database_is_told_without_its_values(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        subscribe(store, 1)
        with pytest.raises(StoreError) as caught, store._database.write() as connection:
            connection.execute(
                insert(subscribers).values(id=7, email="a@b.org", email_key="person1@example.org", created_at=NOW)
            )
    assert "person1" not in shown(caught.value)


@pytest.mark.sqlite
def test_two_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    code = "from newsletter.store.store import Store; Store.open('sqlite:///x.db', hash_keys={1: b'k' * 32}).close()"
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate(timeout=60)[1] for process in running] == [b"", b"", b""]


def test_only_one_sender_at_a_time(tmp_path: Path) -> None:
    first, second = Database(database_url(tmp_path)), Database(database_url(tmp_path))
    with first.sending() as alone:
        assert alone
        with pytest.raises(Refused, match="Another newsletter command is sending"), second.sending():
            pass
    with second.sending():
        pass
    first.close()
    second.close()


def test_a_secret_that_was_replaced_is_noticed_before_anybody_is_mailed(tmp_path: Path) -> None:
    other = SecretStr("another secret, long enough to be one")
    with open_store(tmp_path, {1: SECRETS[1]}) as store:
        subscribe(store, 2)
    open_store(tmp_path, {1: other}).close()  # nobody left yet: nothing can be lost
    open_store(tmp_path, {1: SECRETS[1]}).close()
    with open_store(tmp_path, {1: SECRETS[1]}) as store:
        store.subscribers.unsubscribe_address("person1@example.org", None, source="test", at=NOW)
    with pytest.raises(StoreError, match="Secret number 1 is missing or has changed"):
        open_store(tmp_path, {1: other})
    with pytest.raises(StoreError, match="Secret number 1"):
        open_store(tmp_path, {2: other})
    open_store(tmp_path, {2: other, 1: SECRETS[1]}).close()
