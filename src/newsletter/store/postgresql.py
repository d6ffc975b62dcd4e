"""PostgreSQL: several machines at once, each write serial with others of its kind through an advisory lock.

Marks are ordinary commits here, so a loss of power undoes none. The locks of senders belong to a connection, and the
server gives them back when it ends: a pooler in between must keep a session (PgBouncer: pool_mode=session).
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError

from newsletter.errors import Refused, StoreError
from newsletter.store.backend import BUSY_SECONDS

if TYPE_CHECKING:
    import psycopg

_OURS = zlib.crc32(b"newsletter") >> 1  # the first half of our advisory locks, so that other programs' do not meet them
_SEND, _WORK = "send", "work"
_CONNECT = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_SETTINGS = "; ".join(
    (
        f"SET lock_timeout = '{BUSY_SECONDS}s'",
        "SET timezone = 'UTC'",
        "SET application_name = 'newsletter'",
        "SET plan_cache_mode = 'force_custom_plan'",  # a plan made while a list was empty is of no use a minute later
    )
)


class Postgresql:
    """One database of a server."""

    path: Path | None = None
    shared = True
    upgrades_itself = False
    boot = ""
    errors: tuple[type[Exception], ...] = (DBAPIError,)

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        host = url.host or url.query.get("host") or "this machine"
        self.server = str(host) + (f":{url.port}" if url.port else "")
        self.name = f"The database {url.database or url.username} on {self.server}"

    def engine(self) -> Engine:
        """Each statement sees what was committed before it began.

        Raises:
            StoreError: the driver is not installed.
        """
        try:
            engine = create_engine(self._url, hide_parameters=True, pool_pre_ping=True, connect_args=self._arguments())
        except ModuleNotFoundError:
            raise StoreError(
                "NEWSLETTER_DATABASE names a PostgreSQL database, and the package that talks to one is not installed.",
                hint='Install it with: pip install "psycopg[binary]" procrastinate',
            ) from None
        event.listen(engine, "connect", _configure)
        return engine

    def _arguments(self) -> dict[str, int]:
        """What the address does not say itself."""
        return {name: value for name, value in _CONNECT.items() if name not in self._url.query}

    def reader(self, engine: Engine) -> Engine:
        """Every statement of a transaction sees the same state."""
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def begin_write(self, connection: Connection, what: str) -> None:
        """Waits five seconds at most, as SQLite does."""
        connection.execute(select(func.pg_advisory_xact_lock(_OURS, _number(what))))

    def quick(self, engine: Engine) -> Connection | None:
        """There is no such thing: commits that do not wait could be lost without anything that tells."""
        return None

    @contextlib.contextmanager
    def sending(self, engine: Engine) -> Iterator[bool]:
        """Alone if no worker is at it; else beside the workers, with leases."""
        with _session(engine) as session:
            if not _try(session, "pg_try_advisory_lock", _SEND):
                raise Refused(
                    "Another newsletter command is sending from this database right now.",
                    hint='Wait until it has finished, or stop it with Ctrl-C. "newsletter status" shows how far it is.',
                )
            alone = _try(session, "pg_try_advisory_lock", _WORK)
            if not alone:
                session.execute(select(func.pg_advisory_lock_shared(_OURS, _number(_WORK))))
            yield alone

    @contextlib.contextmanager
    def working(self, engine: Engine) -> Iterator[bool]:
        """Shared among workers."""
        with _session(engine) as session:
            yield _try(session, "pg_try_advisory_lock_shared", _WORK)

    def translate(self, error: Exception) -> tuple[StoreError, Exception | None]:
        """Without the cause: the server's account of a broken rule quotes the values."""
        original = error.orig if isinstance(error, DBAPIError) else error
        state = getattr(original, "sqlstate", None) or ""
        if message_and_hint := _STATES.get(state) or _STATES.get(state[:2]) or _said(str(original), state):
            message, hint = message_and_hint
            where = {"name": self.name, "server": self.server}
            return StoreError(message.format_map(where), hint=hint.format_map(where)), None
        kind = f"{type(original).__name__} {state}".strip()
        return StoreError(f"{self.name} cannot be used: {kind}.", hint="Nothing was changed by this step."), None


@contextlib.contextmanager
def _session(engine: Engine) -> Iterator[Connection]:
    """A connection of its own outside the pool: what it holds ends with it."""
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()
    try:
        yield connection
    finally:
        with contextlib.suppress(DBAPIError):  # the server would give it back by itself, but a moment later
            connection.execute(select(func.pg_advisory_unlock_all()))
        connection.close()


def _try(session: Connection, function: str, what: str) -> bool:
    return bool(session.execute(select(getattr(func, function)(_OURS, _number(what)))).scalar_one())


def _number(what: str) -> int:
    """The second half of an advisory lock: 32 bits with a sign."""
    return zlib.crc32(what.encode()) - (1 << 31)


def _configure(connection: psycopg.Connection[Any], record: object) -> None:
    from psycopg.types.string import StrDumperUnknown

    class Words(StrDumperUnknown):
        """PostgreSQL keeps no character 0, which a mail service's answer or a damaged file may hold."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))

    connection.adapters.register_dumper(str, Words)
    autocommit, connection.autocommit = connection.autocommit, True
    connection.execute(_SETTINGS)
    connection.autocommit = autocommit


def _said(text: str, state: str) -> tuple[str, str] | None:
    """What a refused connection says: there is no code for it."""
    if state:
        return None
    found = (name for parts, name in _WORDS for part in parts if part in text)
    return _STATES.get(next(found, "08"))


_WORDS = (
    (("password authentication failed", "no password supplied", 'role "', "pg_hba.conf"), "28"),
    (('database "',), "3D"),
    (("too many clients", "connection slots"), "53300"),
    (("starting up", "shutting down"), "57"),
)
_BUSY = ("{name} is busy with other commands.", "It was waited for as long as makes sense. Try again in a moment.")
_STATES = {  # SQLSTATE, or its class: PostgreSQL's manual, appendix A
    "08": (
        "The PostgreSQL server at {server} does not answer.",
        "Check that it is running and that NEWSLETTER_DATABASE names the right host and port, then try again.",
    ),
    "28": (
        "The PostgreSQL server at {server} does not let this user in.",
        "Check the user and the password in NEWSLETTER_DATABASE (in a password write @ : / as %40 %3A %2F).",
    ),
    "3D": ("{name} does not exist.", "Make it once, on the server: createdb --owner=USER NAME"),
    "40": _BUSY,
    "55P03": _BUSY,
    "42P01": ("{name} is not a newsletter database, or not up to date.", "Run: newsletter db upgrade"),
    "42703": ("{name} is not a newsletter database, or not up to date.", "Run: newsletter db upgrade"),
    "42501": ("{name} may not be used by this user in this way.", "Let the user of NEWSLETTER_DATABASE own it."),
    "25006": ("{name} may only be read.", "It is a copy (standby). Let NEWSLETTER_DATABASE name the one it copies."),
    "53100": ("{name} cannot grow: the server's disk is full.", "Make room there. Nothing was changed by this step."),
    "53300": ("{name} takes no more connections.", "Stop what is not needed, or raise max_connections on the server."),
    "57": (
        "The PostgreSQL server at {server} is starting or stopping.",
        "Try again in a moment. What was not finished was not done.",
    ),
}
