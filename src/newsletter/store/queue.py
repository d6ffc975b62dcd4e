"""The queue that carries work to workers (Procrastinate, in a schema of its own in the PostgreSQL database).

A job says "send some of this campaign" and no more. The ledger decides what that comes to, so a job that is lost,
doubled or late changes nothing, and the whole schema may be thrown away: that is how another version of it comes in.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from newsletter.errors import StoreError
from newsletter.store.database import Database

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.connector import BaseConnector
    from procrastinate.types import JSONValue

SCHEMA = "newsletter_queue"
_TASK = _QUEUE = "send"
_STALLED = 60  # seconds without a sign of life of the worker that took a job
_LOUD = ("procrastinate", "psycopg.pool", "asyncio")  # loggers that tell of what the ledger makes good by itself


class Queue:
    """Jobs of the campaigns that were handed to workers."""

    def __init__(self, database: Database) -> None:
        """Raises:
        StoreError: this database has no queue: it is a file.
        """
        if not database.shared:
            raise StoreError(
                f"{database.name} is a file, which one command at a time sends from. Workers need PostgreSQL.",
                hint='Leave "newsletter worker" and --queue out, or set NEWSLETTER_DATABASE (docs/postgresql.md).',
            )
        self._database = database
        for name in _LOUD:
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def prepare(self) -> None:
        """Makes the schema, or puts this version's in the place of another's. Its jobs are lost, which does no harm."""
        wanted = _wanted()
        with self._database.write(SCHEMA) as connection:
            if self._held(connection) == wanted:
                return
            from procrastinate.schema import SchemaManager

            driver: Any = connection.connection.driver_connection
            driver.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
            driver.execute(f"SET LOCAL search_path TO {SCHEMA}")
            driver.execute(SchemaManager.get_schema())
            driver.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{wanted}'")

    def check(self) -> None:
        """Raises:
        StoreError: `prepare` must be called first, or the database does not answer.
        """
        with self._database.read() as connection:
            held = self._held(connection)
        if held != _wanted():
            state = "is of another version" if held else "is not there yet"
            raise StoreError(f"The queue in {self._database.name} {state}.", hint="Run: newsletter db upgrade")

    def _held(self, connection: Any) -> str:
        comment = text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')")
        return str(connection.execute(comment, {"name": SCHEMA}).scalar_one() or "")

    def waiting(self) -> Mapping[str, int]:
        """Campaign -> jobs that nobody has begun."""
        with self._open() as app:
            jobs = app.job_manager.list_jobs(queue=_QUEUE, status="todo")
            return Counter(str(job.task_kwargs.get("campaign", "")) for job in jobs)

    def add(self, campaign_id: str, count: int) -> None:
        """So many more jobs of a campaign."""
        with self._open() as app:
            job: dict[str, JSONValue] = {"campaign": campaign_id}
            app.configure_task(_TASK, queue=_QUEUE).batch_defer(*[job] * count)

    def work(
        self, send: Callable[[str], None], look: Callable[[], None], *, go_on: Callable[[], bool], every: float
    ) -> None:
        """Takes one job after the other and calls `send` with its campaign, in a thread, and `look` every so many
        seconds in another. Ends when `go_on` says no and the job in hand is done.

        Raises:
            StoreError: the database does not answer. Whatever `send` and `look` raise.
        """
        with self._translated():
            asyncio.run(self._work(_Jobs(send), look, go_on, every))

    async def _work(self, jobs: _Jobs, look: Callable[[], None], go_on: Callable[[], bool], every: float) -> None:
        from procrastinate import PsycopgConnector

        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # the ledger makes it good
        app = self._app(PsycopgConnector(**self._pool(2)))
        app.task(name=_TASK, queue=_QUEUE)(jobs.do)
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[_QUEUE], concurrency=1, delete_jobs="always", install_signal_handlers=False,
                    fetch_job_polling_interval=every, update_heartbeat_interval=5, stalled_worker_timeout=_STALLED,
                )
            )  # fmt: skip
            try:
                while go_on() and not jobs.error and not worker.done():
                    await _tidy(app)
                    await asyncio.to_thread(look)
                    await asyncio.wait({worker}, timeout=every)
            finally:
                worker.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await worker
        if jobs.error:
            raise jobs.error

    @contextlib.contextmanager
    def _open(self) -> Iterator[App]:
        from procrastinate import SyncPsycopgConnector

        app = self._app(SyncPsycopgConnector(**self._pool(1)))
        with self._translated(), app.open():
            yield app

    def _app(self, connector: BaseConnector) -> App:
        from procrastinate import App

        return App(connector=connector)

    def _pool(self, least: int) -> dict[str, Any]:
        options = {"options": f"-c search_path={SCHEMA}", "connect_timeout": 10}
        return {"conninfo": self._database.address, "min_size": least, "max_size": 4, "timeout": 15, "kwargs": options}

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        from procrastinate.exceptions import ConnectorException
        from psycopg import Error
        from psycopg_pool import PoolTimeout

        try:
            yield
        except (ConnectorException, Error, PoolTimeout) as error:
            cause = error.__cause__ if isinstance(error.__cause__, Error) else error
            raise self._database.explain(cause) from None


class _Jobs:
    """Does jobs until one fails in a way that nobody has foreseen."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self.error: BaseException | None = None

    def do(self, campaign: str) -> None:
        if self.error is None:
            try:
                self._send(campaign)
            except BaseException as error:
                self.error = error


async def _tidy(app: App) -> None:
    """Jobs of workers that died are removed: their recipients come back by their leases."""
    from procrastinate.jobs import Status

    for job in await app.job_manager.get_stalled_jobs(queue=_QUEUE, seconds_since_heartbeat=_STALLED):
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


def _wanted() -> str:
    try:
        return f"procrastinate {version('procrastinate')}"
    except ModuleNotFoundError:
        raise StoreError(
            "The package that carries work to workers is not installed.",
            hint='Install it with: pip install "psycopg[binary]" procrastinate',
        ) from None
