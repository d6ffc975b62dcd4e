"""What waits for the writer, and how whoever waits is answered: on their own loop, once, if they still wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from newsletter.web.spool import Spooled


@dataclass(slots=True, eq=False)
class Job:
    """Something to write, and who waits for it."""

    future: asyncio.Future[Any]
    run: Callable[[], Any]
    answer: Any = None
    error: Exception | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where it is waited for."""
        return self.future.get_loop()

    def tell(self) -> None:
        """Answers whoever waits; on their own loop."""
        answer(self.future, self.answer, self.error)


@dataclass(slots=True, eq=False)
class Leaving:
    """Unsubscribe requests that came together, and who waits for each."""

    loop: asyncio.AbstractEventLoop
    requests: list[Spooled] = field(default_factory=list)
    futures: list[asyncio.Future[None]] = field(default_factory=list)
    error: Exception | None = None
    late: asyncio.TimerHandle | None = None  # what happens if it takes too long

    def tell(self) -> None:
        """Answers all who wait; on their own loop."""
        if self.late is not None:
            self.late.cancel()
        for future in self.futures:
            answer(future, None, self.error)


def tell(jobs: Sequence[Job | Leaving]) -> None:
    """Answers all who wait: one message to each loop. A loop that has ended meanwhile has nobody waiting any more."""
    for loop in {job.loop for job in jobs}:
        mine = [job for job in jobs if job.loop is loop]
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_here, mine)


def _tell_here(jobs: Iterable[Job | Leaving]) -> None:
    for job in jobs:
        job.tell()


def answer(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    """Whoever gave up waiting, or was answered already, is told nothing."""
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
