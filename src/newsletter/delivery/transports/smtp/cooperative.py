"""smtplib over sockets that let other greenlets of the thread go on while they wait (gevent)."""

from __future__ import annotations

import smtplib
import ssl
from typing import Any

import gevent.event
import gevent.socket
import gevent.ssl


class CooperativeSMTP(smtplib.SMTP):
    """Differs in its socket, and closes that if its greenlet is ended while it waits for the server's greeting."""

    def connect(self, *where: Any, **how: Any) -> tuple[int, bytes]:
        """See `smtplib.SMTP.connect`."""
        try:
            return super().connect(*where, **how)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return gevent.socket.create_connection((host, port), timeout, self.source_address)


class CooperativeSMTPS(smtplib.SMTP_SSL, CooperativeSMTP):
    """The same, encrypted from the start."""


def context(ca: str | None) -> ssl.SSLContext:
    """As `ssl.create_default_context`."""
    made: ssl.SSLContext = gevent.ssl.create_default_context(cafile=ca)
    return made


class Turns:
    """What `threading.Condition` is to threads, for greenlets of one thread, which nobody interrupts."""

    def __init__(self) -> None:
        self._event = gevent.event.Event()

    def __enter__(self) -> Turns:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing was locked."""

    def wait(self) -> None:
        """Until somebody notifies."""
        self._event.wait()

    def notify(self) -> None:
        """Wakes all who wait: each looks for itself."""
        waited, self._event = self._event, gevent.event.Event()
        waited.set()
