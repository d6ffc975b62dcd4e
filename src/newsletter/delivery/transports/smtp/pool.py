"""The connections of one transport: as many as are wanted, or as the server allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from newsletter.delivery.transports.smtp.session import Session
from newsletter.errors import TransportUnavailable


class Turns(Protocol):
    """How those who share a pool wait for one another: what it uses of `threading.Condition`."""

    def __enter__(self) -> object: ...
    def __exit__(self, *error: Any) -> None: ...
    def wait(self) -> object:
        """Until `notify`."""

    def notify(self) -> None:
        """Wakes somebody."""


class Slot:
    """Room for one connection."""

    def __init__(self, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._session: Session | None = None

    @property
    def begun(self) -> str:
        """The delivery whose envelope has left on it already; "": none."""
        return self._session.begun.delivery_id if self._session and self._session.begun else ""

    def used_for(self, delivery_id: str) -> Session | None:
        """The connection that is open already, if it may be used for this."""
        if self._session is not None and not (self._session.usable and self.begun in ("", delivery_id)):
            self.hang_up()
        return self._session

    def fresh(self) -> Session:
        """A new connection.

        Raises:
            TransportUnavailable: there is none to be had.
        """
        self.hang_up()
        self._session = self._connect()
        return self._session

    def hang_up(self) -> None:
        """Closes the connection, if there is one."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def quit(self) -> None:
        """Says goodbye on it; `part` closes it."""
        if self._session is not None:
            self._session.quit()

    def part(self) -> None:
        """Closes it, once the server has said goodbye as well."""
        session, self._session = self._session, None
        if session is not None:
            session.part()


class Pool:
    """For several at a time. A server that takes fewer connections than wanted is used with those it takes."""

    def __init__(self, connect: Callable[[], Session], limit: int, changed: Turns) -> None:
        self._connect, self._wanted, self._limit = connect, limit, limit
        self._idle: list[Slot] = []
        self._slots = 0
        self._changed = changed

    @contextmanager
    def slot(self, delivery_id: str = "") -> Iterator[Slot]:
        """Room for one message: where it was begun, if it was. Whatever goes wrong inside, the connection is closed.

        Raises:
            TransportUnavailable: no connection is to be had.
        """
        slot = self._take(delivery_id)
        try:
            yield slot
        except BaseException:
            slot.hang_up()
            raise
        finally:
            with self._changed:
                self._idle.append(slot)
                self._changed.notify()

    @property
    def scarce(self) -> bool:
        """Whether there are fewer connections than wanted, so that none can be kept for anybody."""
        return self._limit < self._wanted

    def _best(self, delivery_id: str) -> Slot | None:
        """Of those that are idle: the one where this message was begun, else one where none was."""
        if not self._idle:
            return None
        for begun in (delivery_id, ""):
            for place, slot in enumerate(self._idle):
                if slot.begun == begun:
                    return self._idle.pop(place)
        return None if self._slots < self._limit else self._idle.pop(0)

    def close(self) -> None:
        """Says goodbye on every connection that nobody uses; on all of them before it waits for an answer."""
        with self._changed:
            idle, self._idle = self._idle, []
            self._slots -= len(idle)
        for slot in idle:
            slot.quit()
        for slot in idle:
            slot.part()

    def _take(self, delivery_id: str) -> Slot:
        while True:
            with self._changed:
                while not self._idle and self._slots >= self._limit:
                    self._changed.wait()
                if (slot := self._best(delivery_id)) is not None:
                    return slot
                self._slots += 1
                others = self._slots > 1
            slot = Slot(self._connect)
            try:
                slot.fresh()
            except BaseException as error:
                with self._changed:
                    self._slots -= 1
                    self._changed.notify()
                    if not (others and isinstance(error, TransportUnavailable)):
                        raise
                    self._limit = max(1, min(self._limit, self._slots))
                continue
            return slot
