"""Ends requests that take too long: what `asyncio.timeout` does, for thousands a second.

All may take equally long, so one look at all of them now and then costs less than a timer for each.
"""

from __future__ import annotations

import asyncio

LOOKS = 4  # in the time that a request may take: one that takes too long is ended up to a quarter later


class Deadlines:
    """For the tasks of one loop at a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[asyncio.Task[object], float] = {}
        self._late: set[asyncio.Task[object]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None  # where somebody will look

    def begin(self, task: asyncio.Task[object]) -> None:
        """From now on it is cancelled if it does not end in time."""
        loop = asyncio.get_running_loop()
        self._running[task] = loop.time() + self._seconds
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(self._seconds / LOOKS, self._look, loop)

    def end(self, task: asyncio.Task[object]) -> None:
        """It may take any time from now on. Harmless when repeated."""
        self._running.pop(task, None)
        self._late.discard(task)

    def missed(self, task: asyncio.Task[object]) -> bool:
        """Whether it was for this alone that it has just been cancelled; it then goes on as if it had not been."""
        if task not in self._late:
            return False
        self._late.discard(task)
        return task.uncancel() == 0

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is not loop:
            return
        now = loop.time()
        for task in [task for task, until in self._running.items() if until <= now]:
            del self._running[task]
            self._late.add(task)
            task.cancel()
        if self._running:
            loop.call_later(self._seconds / LOOKS, self._look, loop)
        else:
            self._loop = None
