"""The one thread that writes to the database, so that no request blocks another and all happen in the order they came.

Unsubscribe requests that came while the disk was waited for are written together, in one transaction: that is what
makes thousands a second possible. While the database stays locked they go to the spool and are answered as done; what
has been spooled is applied before anything later is written, so an undo can never overtake what it takes back.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from newsletter.errors import StoreError
from newsletter.web.deadlines import LATE, Deadlines
from newsletter.web.spool import Spool, Spooled

PATIENCE = 8.0  # seconds: longer than the database's own busy timeout
REST = 2.0  # seconds without another try after the database was found locked
REPLAY_EVERY = 15.0  # seconds between looks at the spool
TOGETHER = 500  # unsubscribe requests in one transaction
MOMENT, MOMENTS = 0.001, 10  # seconds, and how many of them, that requests which come together are gathered for

T = TypeVar("T")
Apply = Callable[[Spooled], bool]
ApplyAll = Callable[[Sequence[Spooled]], Sequence[bool]]
log = logging.getLogger("newsletter.web")


@dataclass(slots=True, eq=False)
class _Job:
    """Something to write, and who waits for it. `spooled`: an unsubscribe request, which `run` is not asked about."""

    future: asyncio.Future[Any]
    run: Callable[[], Any] | None = None
    spooled: Spooled | None = None
    answer: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Answers whoever waits; on their own loop."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.answer)


class Writer:
    """Started when first used; `close` lets it finish what it has."""

    def __init__(
        self,
        spool: Spool,
        apply: Apply,
        apply_all: ApplyAll | None = None,
        *,
        wake: Callable[[], None] = lambda: None,
        rest: float = REST,
        patience: float = PATIENCE,
    ) -> None:
        """`apply` does a spooled request in the database: True when done, False if it means nothing. `apply_all` does
        several in one transaction. `wake` is called when requests were applied: there may be mails to write."""
        self.spool = spool
        self._apply = apply
        self._apply_all: ApplyAll = apply_all or (lambda requests: [apply(request) for request in requests])
        self._wake = wake
        self._rest, self._deadlines = rest, Deadlines(patience)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._locked_until = self._last = 0.0

    async def unsubscribe(self, request: Spooled) -> None:
        """Returns once the request is in the database or safely on disk.

        Raises:
            StoreError: it is in neither place.
        """
        loop = asyncio.get_running_loop()
        job = self._put(_Job(loop.create_future(), spooled=request))
        self._deadlines.watch(loop, job.future)
        if await job.future is LATE:
            await asyncio.to_thread(self._keep, [request])

    async def run(self, write: Callable[[], T]) -> T:
        """The answer of a write that is not worth spooling.

        Raises:
            StoreError: the database cannot take it now; nothing was changed.
        """
        job = self._put(_Job(asyncio.get_running_loop().create_future(), run=write))
        answer: T = await job.future
        return answer

    @property
    def idle_for(self) -> float:
        """Seconds since something was written, or was to be."""
        return time.monotonic() - self._last

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
        if self._thread is None:
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
            waiting = [job for job in jobs if job is not None]
            self._last = time.monotonic()
            try:
                self._write(waiting)
            finally:
                _tell(waiting)
            if None in jobs:
                return

    def _take(self) -> list[_Job | None]:
        """The next job and all that wait behind it."""
        jobs = [self._jobs.get(timeout=REPLAY_EVERY)]
        self._gather()
        with contextlib.suppress(queue.Empty):
            while len(jobs) < TOGETHER:
                jobs.append(self._jobs.get_nowait())
        return jobs

    def _gather(self) -> None:
        """Waits while more come, a few milliseconds at most: one transaction for many costs each of them less."""
        seen = -1
        for _ in range(MOMENTS):
            waiting = self._jobs.qsize()
            if waiting in (seen, 0) or waiting >= TOGETHER:
                return
            seen = waiting
            time.sleep(MOMENT)

    def _write(self, jobs: Sequence[_Job]) -> None:
        """Does the jobs in order. Once one must be kept for later, so must all behind it."""
        held: list[_Job] = []
        for leaving, group in itertools.groupby(jobs, key=lambda job: job.spooled is not None):
            these = list(group)
            if held or time.monotonic() < self._locked_until:
                _put_off(these, StoreError("The database is busy."), held)
            elif leaving:
                self._leave(these, held)
            else:
                for job in these:
                    self._run(job, held)
        self._hold(held)

    def _leave(self, jobs: Sequence[_Job], held: list[_Job]) -> None:
        """Unsubscribe requests, together. If that fails for any reason but a locked database, one by one."""
        requests = [job.spooled for job in jobs if job.spooled]
        try:
            self._replay()
            self._apply_all(requests)
            self._wake()
        except StoreError as error:
            self._found_locked(jobs, error, held)
        except Exception as error:
            log.error("write failed kind=%s", type(error).__name__)
            if len(jobs) == 1:
                _put_off(jobs, error, held)
                return
            for job in jobs:
                self._leave([job], held)

    def _run(self, job: _Job, held: list[_Job]) -> None:
        if job.future.cancelled() or job.run is None:
            return
        if held or time.monotonic() < self._locked_until:
            job.error = StoreError("The database is busy.")
            return
        try:
            self._replay()
            job.answer = job.run()
        except StoreError as error:
            self._found_locked([job], error, held)
        except Exception as error:
            log.error("write failed kind=%s", type(error).__name__)
            job.error = error

    def _found_locked(self, jobs: Sequence[_Job], error: StoreError, held: list[_Job]) -> None:
        self._locked_until = time.monotonic() + self._rest
        _put_off(jobs, error, held)

    def _hold(self, jobs: Sequence[_Job]) -> None:
        """Puts jobs on the disk together."""
        if not jobs:
            return
        try:
            self._keep([job.spooled for job in jobs if job.spooled])
        except StoreError as error:
            for job in jobs:
                job.error = error

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
                self._wake()
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


def _put_off(jobs: Iterable[_Job], error: Exception, held: list[_Job]) -> None:
    """Holds jobs that may be kept on disk; fails any other."""
    for job in jobs:
        if job.spooled:
            held.append(job)
        else:
            job.error = error


def _tell(jobs: Sequence[_Job]) -> None:
    """Answers all who wait: one message to each loop. A loop that has ended meanwhile has nobody waiting any more."""
    for loop in {job.future.get_loop() for job in jobs}:
        mine = [job for job in jobs if job.future.get_loop() is loop]
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_here, mine)


def _tell_here(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        job.tell()
