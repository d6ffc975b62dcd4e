"""How long a request waits for the writer, told by one timer however many wait."""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from typing import Any

LATE = object()  # the result of a future that has waited too long


class Deadlines:
    """Tells futures that they have waited too long. All may wait equally long, so one timer for the oldest will do."""

    def __init__(self, patience: float) -> None:
        """`patience`: seconds."""
        self._patience = patience
        self._waiting: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, deque[tuple[float, asyncio.Future[Any]]]]
        self._waiting = weakref.WeakKeyDictionary()

    def watch(self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]) -> None:
        """On the future's own loop."""
        waiting = self._waiting.get(loop)
        if waiting is None:
            waiting = self._waiting[loop] = deque()
        waiting.append((loop.time() + self._patience, future))
        if len(waiting) == 1:
            loop.call_later(self._patience, self._look, loop, waiting)

    def _look(self, loop: asyncio.AbstractEventLoop, waiting: deque[tuple[float, asyncio.Future[Any]]]) -> None:
        now = loop.time()
        while waiting and (waiting[0][1].done() or waiting[0][0] <= now):
            _, future = waiting.popleft()
            if not future.done():
                future.set_result(LATE)
        if waiting:
            loop.call_later(waiting[0][0] - now, self._look, loop, waiting)
