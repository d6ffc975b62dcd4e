"""A PostgreSQL server of the tests' own: made in a temporary folder, reached through a socket there, gone afterwards.

The migrations make one database; the others are copies of it, emptied and used again.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from newsletter.store.database import Database
from newsletter.store.migrate import run
from newsletter.store.queue import SCHEMA, Queue
from newsletter.store.schema import HEAD, metadata

SETTINGS = {  # nothing here outlives the tests, so nothing waits for the disk
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off", "jit": "off",
    "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB", "shared_buffers": "32MB",
    "max_connections": "80", "listen_addresses": "", "logging_collector": "off", "log_min_messages": "fatal",
}  # fmt: skip
_PATIENCE = 30.0  # seconds for the server to start or stop
_TEMPLATE = "template_newsletter"
_TABLES = metadata.sorted_tables
_QUEUE = [f"{SCHEMA}.procrastinate_{what}" for what in ("events", "periodic_defers", "jobs", "workers")]
_NUMBERED = [(table.name, key.name) for table in _TABLES if (key := table.autoincrement_column) is not None]
_EMPTY = "; ".join(  # quicker than TRUNCATE, which makes every file anew
    (
        *(f"DELETE FROM {name}" for name in (*_QUEUE, *(table.name for table in _TABLES))),
        *(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), 1, false)" for table, key in _NUMBERED),
    )
)


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL that is installed here."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    elsewhere = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return next((path for path in (*reversed(debian), *elsewhere) if (path / "initdb").exists()), None)


class Server:
    """Running. `url(name)` names one of its databases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._ready: list[str] = []  # copies that nobody uses now, empty

    def url(self, name: str) -> str:
        """For NEWSLETTER_DATABASE."""
        return f"postgresql://{_user()}@/{name}?host={self._folder}"

    def execute(self, statement: str, name: str = "postgres") -> None:
        """One statement by the server's owner, outside a transaction."""
        with psycopg.connect(dbname=name, host=str(self._folder), user=_user(), autocommit=True) as connection:
            connection.execute(statement)

    def make_template(self) -> None:
        """What `new` copies."""
        self.execute(f"CREATE DATABASE {_TEMPLATE}")
        database = Database(self.url(_TEMPLATE))
        run(database)
        Queue(database).prepare()
        database.close()

    def new(self, *, empty: bool = False) -> str:
        """A database with this version's tables, or without any; its name."""
        if not empty and self._ready:
            return self._ready.pop()
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY"))
        return name

    def give_back(self, name: str) -> None:
        """The next test gets it emptied; it is dropped if a test changed more than rows."""
        check = f"DO $$ BEGIN ASSERT (SELECT min(version_num) = '{HEAD}' FROM alembic_version); END $$"
        try:
            self.execute(f"SET lock_timeout = '2s'; SET session_replication_role = replica; {check}; {_EMPTY}", name)
        except psycopg.Error:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        else:
            self._ready.append(name)


def _user() -> str:
    """PostgreSQL refuses to run as root, so then it is another user's."""
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


@contextmanager
def server(programs: Path, **settings: str) -> Iterator[Server]:
    """A new server, stopped by its process id at the end. `settings`: of postgresql.conf, besides the usual ones."""
    folder = Path(tempfile.mkdtemp(prefix="newsletter-pg-"))
    owner = _owner()
    try:
        folder.chmod(0o755)
        if owner:
            shutil.chown(folder, owner, owner)
        data = folder / "data"
        # A collation as offices have it, not the order of bytes: nothing may depend on either.
        collation = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-GB"]
        options = [f"--username={_user()}", "--auth=trust", "--no-sync", *collation]
        command: list[str | Path] = [programs / "initdb", "-D", data, *options]
        subprocess.run(
            command, check=True, capture_output=True, timeout=60, cwd=folder,
            user=owner, group=owner, extra_groups=[] if owner else None,
        )  # fmt: skip
        with _running(programs, folder, owner, {**SETTINGS, **settings}):
            yield Server(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def _running(programs: Path, folder: Path, owner: str | None, settings: dict[str, str]) -> Iterator[None]:
    words = [f"--{name}={value}" for name, value in {**settings, "unix_socket_directories": str(folder)}.items()]
    process = subprocess.Popen(
        [programs / "postgres", "-D", folder / "data", *words],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        user=owner, group=owner, extra_groups=[] if owner else None, preexec_fn=_end_with_the_tests,
    )  # fmt: skip
    try:
        _wait(process, folder)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed any more
        process.communicate(timeout=_PATIENCE)


def _end_with_the_tests() -> None:
    """A test session that is killed takes its server with it (Linux: prctl PR_SET_PDEATHSIG)."""
    if hasattr(ctypes.CDLL(None), "prctl"):
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            psycopg.connect(dbname="postgres", host=str(folder), user=_user()).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                raise RuntimeError(f"PostgreSQL did not start: {process.communicate()[1].decode()}") from None
            time.sleep(0.02)
        else:
            return
