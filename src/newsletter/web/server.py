"""Runs an application under uvicorn: one process, one listening socket, quiet, and stopped by Ctrl-C without a fuss."""

from __future__ import annotations

import contextlib
import gc
import logging
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from newsletter.errors import UsageError
from newsletter.web.logs import log_to

if TYPE_CHECKING:
    from newsletter.web.ports import ServiceApp

RARELY = (20_000, 20, 20)  # is garbage looked for: it would go through all waiting requests again and again
SLOWEST_GOODBYE = 10  # seconds that a running request gets when we stop
KEEP_ALIVE = 5  # seconds
MOST_AT_ONCE = 1_000  # connections; more are told to come back


def serve(
    app: ServiceApp,
    host: str,
    port: int,
    *,
    trusted_proxies: Sequence[str] = (),
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Runs the public service until it is stopped. `on_ready` gets its address once it answers.

    Raises:
        UsageError: the address cannot be listened on, or a secret is missing.
        StoreError, TemplateError: the database or a page cannot be used.
    """
    from newsletter.web.service import create_service

    service = create_service(app)
    with listen(host, port) as listening:
        log_to()
        gc.collect()
        gc.set_threshold(*RARELY)
        gc.freeze()  # what was loaded to start stays; to look through it for garbage again and again costs requests
        run(Server(service, listening, trusted_proxies=trusted_proxies, on_ready=on_ready))


class Server(uvicorn.Server):
    """uvicorn on a socket of ours. `run` returns when `should_exit` is set or a signal comes."""

    def __init__(
        self,
        app: ASGIApp,
        listening: socket.socket,
        *,
        trusted_proxies: Sequence[str] = (),
        on_ready: Callable[[str], None] = lambda url: None,
        on_stop: Callable[[], None] = lambda: None,
        goodbye: int = SLOWEST_GOODBYE,
    ) -> None:
        """`trusted_proxies`: addresses whose X-Forwarded-Proto and -For count. `on_stop` is called first of all."""
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                log_config=None,
                access_log=False,  # ours leaves personal links out
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                limit_concurrency=MOST_AT_ONCE,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=goodbye,
                ws="none",
            )
        )
        self._listening, self._on_ready, self._on_stop = listening, on_ready, on_stop

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves on our socket."""
        super().run(sockets=sockets or [self._listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says so when requests are answered."""
        await super().startup(sockets=sockets)
        self._on_ready(self.url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends streams that never end by themselves before the server waits for them."""
        self._on_stop()
        await super().shutdown(sockets=sockets)

    @property
    def url(self) -> str:
        """Where it is reached from this machine."""
        host, port = self._listening.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; port 0 takes any free one.

    Raises:
        UsageError: the address is taken, is not ours, or may not be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(
            f"'{host}' is not an address of this machine: {error.strerror}.", hint="Leave --host out, or use 0.0.0.0."
        ) from None
    with contextlib.closing(listening):
        try:
            if sys.platform != "win32":  # there it would let two servers share a port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(2048)
        except OSError as error:
            raise UsageError(
                f"Port {port} on {host} cannot be used: {error.strerror}.",
                hint="Another program may be using it. Stop that one, or choose another port with --port.",
            ) from None
        yield listening


def run(server: Server) -> None:
    """Runs until it is stopped. Ctrl-C is how people stop it, so it is not an error."""
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
