"""A small web server on loopback that behaves as its paths say, and names that lead to it."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.1"


class Web:
    """The server, with what it has seen. Paths: /status/404, /head/405/200 (HEAD, GET), /to/CODE/TARGET, /slow, ..."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str]]] = []  # method, path, headers
        self.now: Counter[str] = Counter()  # requests being answered, by host
        self.most: Counter[str] = Counter()  # at one time
        self.lock = threading.Lock()
        self.port = 0

    def paths(self) -> list[str]:
        """What was asked for, method and path, in order."""
        return [f"{method} {path}" for method, path, _ in self.requests]

    def url(self, path: str, host: str = "site.example", scheme: str = "http") -> str:
        """An address of this server under some name."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Every name ending in .example leads here; others do not exist."""
        if host.endswith(".example"):
            return [LOOPBACK]
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    @contextmanager
    def counted(self, host: str) -> Iterator[None]:
        with self.lock:
            for name in (host, "all"):
                self.now[name] += 1
                self.most[name] = max(self.most[name], self.now[name])
        try:
            yield
        finally:
            with self.lock:
                for name in (host, "all"):
                    self.now[name] -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, web: Web) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.web = web
        self.release = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        web = self.server.web
        with web.lock:
            web.requests.append((self.command, self.path, dict(self.headers)))
        name, *rest = self.path.strip("/").split("/")
        getattr(self, f"act_{name}")(*rest)

    def do_HEAD(self) -> None:
        self.do_GET()

    def act_status(self, code: str, *_: str) -> None:
        self.reply(int(code))

    def act_head(self, head: str, get: str) -> None:
        self.reply(int(head if self.command == "HEAD" else get))

    def act_to(self, code: str, *target: str) -> None:
        self.reply(int(code), Location="/".join(target).replace("|", "/"))

    def act_count(self, number: str) -> None:
        self.reply(302, Location=f"/count/{int(number) + 1}")

    def act_slow(self) -> None:
        self.server.release.wait(10)

    def act_busy(self, *_: str) -> None:
        with self.server.web.counted(self.headers.get("Host", "").partition(":")[0]):
            time.sleep(0.02)  # long enough for others to arrive meanwhile
        self.reply(200)  # after it was counted out: the next request may come at once

    def act_garbage(self) -> None:
        self.wfile.write(b"these are no headers at all\r\n\r\n")

    def act_close(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def act_cookie(self) -> None:
        self.reply(200, **{"Set-Cookie": "id=1"})

    def act_huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        if self.command == "GET":
            self.server.release.wait(10)

    def reply(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": "0"}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """The server, until it is no longer needed."""
    web = Web()
    server = _Server(web)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.release.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
