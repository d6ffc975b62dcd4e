"""The one thread that writes to the database, so that no request blocks another and all happen in the order they came.

While the database stays locked, unsubscribe requests go to the spool and are answered as done; what has been spooled is
applied before anything later is written, so an undo can never overtake the unsubscribe it takes back.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from newsletter.errors import StoreError
from newsletter.web.spool import Spool, Spooled

PATIENCE = 8.0  # seconds: longer than the database's own busy timeout
REST = 2.0  # seconds without another try after the database was found locked
REPLAY_EVERY = 15.0  # seconds between looks at the spool

T = TypeVar("T")
log = logging.getLogger("newsletter.web")


@dataclass
class _Job:
    """Something to write; with `spooled`, what to keep on disk if it cannot be written now."""

    run: Callable[[], Any]
    spooled: Spooled | None = None
    future: Future[Any] = field(default_factory=Future)


class Writer:
    """Started when first used; `close` lets it finish what it has."""

    def __init__(
        self, spool: Spool, apply: Callable[[Spooled], bool], *, rest: float = REST, patience: float = PATIENCE
    ) -> None:
        """`apply` does a spooled request in the database: True when done, False if it means nothing."""
        self.spool = spool
        self._apply = apply
        self._rest, self._patience = rest, patience
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._locked_until = 0.0

    async def unsubscribe(self, request: Spooled) -> None:
        """Returns once the request is in the database or safely on disk.

        Raises:
            StoreError: it is in neither place.
        """
        job = self._put(_Job(lambda: self._apply(request), request))
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(job.future)), self._patience)
        except TimeoutError:
            await asyncio.to_thread(self._keep, [request])

    async def run(self, write: Callable[[], T]) -> T:
        """The answer of a write that is not worth spooling.

        Raises:
            StoreError: the database cannot take it now; nothing was changed.
        """
        job = self._put(_Job(write))
        answer: T = await asyncio.wrap_future(job.future)
        return answer

    def start(self) -> None:
        """Starts the thread, which first applies what an earlier run left in the spool."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="newsletter-writer", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Finishes what is waiting and stops."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join()

    def _put(self, job: _Job) -> _Job:
        self.start()
        self._jobs.put(job)
        return job

    def _work(self) -> None:
        self._replay_quietly()
        while True:
            try:
                jobs = self._take()
            except queue.Empty:
                self._replay_quietly()
                continue
            self._write([job for job in jobs if job is not None])
            if None in jobs:
                return

    def _take(self) -> list[_Job | None]:
        """The next job and all that wait behind it."""
        jobs = [self._jobs.get(timeout=REPLAY_EVERY)]
        while not self._jobs.empty():
            jobs.append(self._jobs.get())
        return jobs

    def _write(self, jobs: Sequence[_Job]) -> None:
        """Does the jobs in order. Once one must be kept for later, so must all behind it."""
        held: list[_Job] = []
        for job in jobs:
            if not job.future.set_running_or_notify_cancel():
                continue
            if held or time.monotonic() < self._locked_until:
                _put_off(job, StoreError("The database is busy."), held)
                continue
            try:
                self._replay()
                job.future.set_result(job.run())
            except StoreError as error:
                self._locked_until = time.monotonic() + self._rest
                _put_off(job, error, held)
            except Exception as error:
                log.error("write failed kind=%s", type(error).__name__)
                _put_off(job, error, held)
        self._hold(held)

    def _hold(self, jobs: Sequence[_Job]) -> None:
        """Puts jobs on the disk together, and answers them."""
        if not jobs:
            return
        try:
            self._keep([job.spooled for job in jobs if job.spooled])
        except StoreError as error:
            for job in jobs:
                job.future.set_exception(error)
        else:
            for job in jobs:
                job.future.set_result(True)

    def _keep(self, requests: Sequence[Spooled]) -> None:
        try:
            self.spool.append(requests)
        except OSError as error:
            log.error("spool failed requests=%d reason=%s", len(requests), error.strerror)
            raise StoreError("The request could be kept neither in the database nor on disk.") from None
        log.warning("spooled requests=%d", len(requests))

    def _replay(self) -> None:
        """Applies what waits in the spool. Raises StoreError while the database is locked."""
        try:
            if not self.spool.empty and (applied := self.spool.replay(self._settle)):
                log.warning("replayed requests=%d", applied)
        except OSError as error:
            log.error("spool unreadable reason=%s", error.strerror)

    def _settle(self, request: Spooled) -> bool:
        """One spooled request. What fails for any reason but a locked database is set aside and blocks nothing."""
        try:
            return self._apply(request)
        except StoreError:
            raise
        except Exception as error:
            log.error("spooled request failed kind=%s", type(error).__name__)
            return False

    def _replay_quietly(self) -> None:
        try:
            self._replay()
        except StoreError as error:
            log.warning("replay failed kind=%s", type(error).__name__)


def _put_off(job: _Job, error: Exception, held: list[_Job]) -> None:
    """Holds a job that may be kept on disk; fails any other."""
    if job.spooled:
        held.append(job)
    else:
        job.future.set_exception(error)
