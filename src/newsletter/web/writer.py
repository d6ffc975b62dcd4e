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
from collections.abc import Callable, Sequence
from typing import TypeVar

from newsletter.errors import StoreError
from newsletter.web.jobs import Job, Leaving, answer, tell
from newsletter.web.spool import Spool, Spooled

PATIENCE = 8.0  # seconds: longer than the database's own busy timeout
REST = 2.0  # seconds without another try after the database was found locked
REPLAY_EVERY = 15.0  # seconds between looks at the spool
TOGETHER = 500  # unsubscribe requests handed to the thread at once
QUIET = 2  # rounds of the loop without another request, after which it gets those that came

T = TypeVar("T")
Apply = Callable[[Spooled], bool]
ApplyAll = Callable[[Sequence[Spooled]], Sequence[bool]]
log = logging.getLogger("newsletter.web")


Held = list[tuple[Leaving, Sequence[Spooled]]]  # what must be kept for later, and who waits for it


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
        self._rest, self._patience = rest, patience
        self._gathering: Leaving | None = None
        self._jobs: queue.SimpleQueue[Job | Leaving | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._locked_until = self._last = 0.0
        self._rescues: set[asyncio.Task[None]] = set()

    async def unsubscribe(self, request: Spooled) -> None:
        """Returns once the request is in the database or safely on disk.

        Raises:
            StoreError: it is in neither place.
        """
        loop, leaving = asyncio.get_running_loop(), self._gathering
        if leaving is None or leaving.loop is not loop:
            leaving = self._gathering = Leaving(loop)
            loop.call_soon(self._gather, leaving, 0, 0)
        future: asyncio.Future[None] = loop.create_future()
        leaving.requests.append(request)
        leaving.futures.append(future)
        await future

    async def run(self, write: Callable[[], T]) -> T:
        """The answer of a write that is not worth spooling.

        Raises:
            StoreError: the database cannot take it now; nothing was changed.
        """
        loop, gathering = asyncio.get_running_loop(), self._gathering
        if gathering is not None and gathering.loop is loop:
            self._hand_over(gathering)  # they came first
        job = Job(loop.create_future(), run=write)
        self._put(job)
        written: T = await job.future
        return written

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

    def _gather(self, leaving: Leaving, seen: int, quiet: int) -> None:
        """Once a round of the loop: while more come they are gathered, since one transaction for many costs each of
        them less, and to wake the thread for each costs more than the rest of the request."""
        if leaving is not self._gathering:
            return
        count = len(leaving.requests)
        quiet = quiet + 1 if count == seen else 0
        if quiet < QUIET and count < TOGETHER:
            leaving.loop.call_soon(self._gather, leaving, count, quiet)
        else:
            self._hand_over(leaving)

    def _hand_over(self, leaving: Leaving) -> None:
        self._gathering = None
        leaving.late = leaving.loop.call_later(self._patience, self._rescue, leaving)
        self._put(leaving)

    def _rescue(self, leaving: Leaving) -> None:
        """The database takes too long: what waits for it goes to the disk as well."""
        task = leaving.loop.create_task(self._keep_late(leaving))
        self._rescues.add(task)  # the loop itself holds no task
        task.add_done_callback(self._rescues.discard)

    async def _keep_late(self, leaving: Leaving) -> None:
        error = None
        try:
            await asyncio.to_thread(self._keep, leaving.requests)
        except StoreError as trouble:
            error = trouble
        for future in leaving.futures:
            answer(future, None, error)

    def _put(self, job: Job | Leaving) -> None:
        if self._thread is None:
            self.start()
        self._jobs.put(job)

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
                tell(waiting)
            if None in jobs:
                return

    def _take(self) -> list[Job | Leaving | None]:
        """The next job and all that wait behind it."""
        jobs = [self._jobs.get(timeout=REPLAY_EVERY)]
        with contextlib.suppress(queue.Empty):
            while len(jobs) < TOGETHER:
                jobs.append(self._jobs.get_nowait())
        return jobs

    def _write(self, jobs: Sequence[Job | Leaving]) -> None:
        """Does the jobs in order. Once one must be kept for later, so must all behind it."""
        held: Held = []
        for kind, group in itertools.groupby(jobs, key=type):
            if kind is Leaving:
                self._leave([job for job in group if isinstance(job, Leaving)], held)
            else:
                for job in group:
                    if isinstance(job, Job):
                        self._run(job, busy=bool(held))
        self._hold(held)

    def _leave(self, groups: Sequence[Leaving], held: Held) -> None:
        """Unsubscribe requests, together. If that fails for any reason but a locked database, one by one."""
        whole = [(group, group.requests) for group in groups]
        if held or self._locked:
            held += whole
            return
        try:
            self._replay()
            self._apply_all([request for group in groups for request in group.requests])
            self._wake()
        except StoreError:
            self._found_locked()
            held += whole
        except Exception as error:
            log.error("write failed kind=%s", type(error).__name__)
            for group in groups:
                for request in group.requests:
                    if not self._left_alone(request):
                        held.append((group, [request]))

    def _left_alone(self, request: Spooled) -> bool:
        """One request by itself. False: it must be kept."""
        if self._locked:
            return False
        try:
            self._apply_all([request])
            self._wake()
        except StoreError:
            self._found_locked()
            return False
        except Exception as error:
            log.error("write failed kind=%s", type(error).__name__)
            return False
        return True

    def _run(self, job: Job, *, busy: bool) -> None:
        if job.future.cancelled():
            return
        if busy or self._locked:
            job.error = StoreError("The database is busy.")
            return
        try:
            self._replay()
            job.answer = job.run()
        except StoreError as error:
            self._found_locked()
            job.error = error
        except Exception as error:
            log.error("write failed kind=%s", type(error).__name__)
            job.error = error

    @property
    def _locked(self) -> bool:
        return time.monotonic() < self._locked_until

    def _found_locked(self) -> None:
        self._locked_until = time.monotonic() + self._rest

    def _hold(self, held: Held) -> None:
        """Puts requests on the disk together."""
        if not held:
            return
        try:
            self._keep([request for _, requests in held for request in requests])
        except StoreError as error:
            for group, _ in held:
                group.error = error

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
