"""How the lanes of a run work side by side: each in a thread of its own, or all in one that changes between them.

Threads of Python take turns, and to change from one to another costs as much as a message. So where a transport can say
itself that it is waiting, its lanes are greenlets: the next goes on at once, and nobody is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from newsletter.delivery.transport import Cooperative, Transport

if TYPE_CHECKING:
    from gevent import Greenlet

_LOOK = 0.2  # seconds between two looks at whether a signal came
_GATHER = 30e-6  # seconds for each lane that whoever writes waits for others to join: one transaction costs as much
_LAST = 1.0  # seconds for a lane that has to end now


class Crew(Protocol):
    """Runs the lanes of one run at the same time."""

    def run(self, lanes: Sequence[Callable[[], None]]) -> None:
        """Until all have ended. A signal that interrupts it leaves them at their work."""

    def finish(self, seconds: float) -> None:
        """Waits for those that have not ended, so long at most."""

    def gather(self) -> None:
        """Called by a lane that is about to wait for the disk: lets others come to the same point."""

    def sleep(self, seconds: float) -> None:
        """For one lane; the others go on."""


def crew_of(transport: Transport) -> Crew:
    """The one that suits a transport which is not entered yet."""
    if transport.connections > 1 and isinstance(transport, Cooperative):
        transport.cooperate()
        return Greenlets()
    return Threads(transport.connections)


class Threads:
    """One for each lane; a single lane stays in the thread that calls."""

    def __init__(self, lanes: int) -> None:
        self._gather = _GATHER * lanes if lanes > 2 else 0.0
        self._threads: list[threading.Thread] = []

    def run(self, lanes: Sequence[Callable[[], None]]) -> None:
        """See `Crew`."""
        if len(lanes) == 1:
            lanes[0]()
            return
        self._threads = [threading.Thread(target=lane, daemon=True) for lane in lanes]
        for thread in self._threads:
            thread.start()
        self.finish(float("inf"))

    def finish(self, seconds: float) -> None:
        """See `Crew`."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            while thread.is_alive() and time.monotonic() < until:
                thread.join(_LOOK)  # with a limit: on Windows nothing else would let Ctrl-C through

    def gather(self) -> None:
        """See `Crew`."""
        if self._gather:
            time.sleep(self._gather)

    def sleep(self, seconds: float) -> None:
        """See `Crew`."""
        time.sleep(seconds)


class Greenlets:
    """All in the thread that calls."""

    def __init__(self) -> None:
        self._greenlets: list[Greenlet[[], None]] = []

    def run(self, lanes: Sequence[Callable[[], None]]) -> None:
        """See `Crew`."""
        import gevent

        hub = gevent.get_hub()
        hub.NOT_ERROR = (*type(hub).NOT_ERROR, KeyboardInterrupt)  # else it prints what we tell in words
        self._greenlets = [gevent.spawn(lane) for lane in lanes]
        gevent.joinall(self._greenlets)

    def finish(self, seconds: float) -> None:
        """See `Crew`. Those that go on after that are ended where they wait."""
        import gevent

        gevent.joinall(self._greenlets, timeout=seconds)
        gevent.killall(self._greenlets, timeout=_LAST)

    def gather(self) -> None:
        """See `Crew`: whoever else can go on comes first."""
        import gevent

        gevent.sleep(0)

    def sleep(self, seconds: float) -> None:
        """See `Crew`."""
        import gevent

        gevent.sleep(seconds)
