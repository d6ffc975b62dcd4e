"""Real servers on free ports, stopped when the test has ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette

from newsletter.web.server import Server, listen


@contextmanager
def running(service: Starlette, trusted: tuple[str, ...] = ()) -> Iterator[str]:
    """The service on a free port; stopped at the end."""
    ready = threading.Event()
    stop = getattr(service.state, "changes", None)
    with listen("127.0.0.1", 0) as listening:
        server = Server(
            service,
            listening,
            trusted_proxies=trusted,
            on_ready=lambda url: ready.set(),
            on_stop=stop.close if stop else lambda: None,
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            assert ready.wait(20)
            yield server.url
        finally:
            server.should_exit = True
            thread.join(20)
        assert not thread.is_alive()
