"""What holds for every request: limits before anything is parsed, security headers after, one line in the log.

A personal link is a secret and an address is personal data: neither is ever written to a log, nor are a client's words.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
import secrets
import time
import traceback
from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.web.deadlines import Deadlines
from newsletter.web.logs import FIELDS

LARGEST_BODY = 4_096  # bytes; our own forms and a one-click POST need a few hundred
LONGEST = 20.0  # seconds until a response must have begun
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-site",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
BARE = "bare"  # in the start of a response to a program: no browser shows it, so it needs none of these
TRANSPORT_SECURITY = "max-age=31536000"

access = logging.getLogger("newsletter.web.access")
log = logging.getLogger("newsletter.web")


class _TooLarge(Exception):
    """The body is longer than any of our forms."""


class _Gone(Exception):
    """The client hung up before its request was complete."""


class Guard:
    """The outermost layer. Answers requests that are too large, too slow or that failed itself, by `problem`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        problem: Callable[..., Response],
        headers: Mapping[str, str] = HEADERS,
        larger: Mapping[str, int] | None = None,
        https: bool = False,
        seconds: float = LONGEST,
    ) -> None:
        """`https`: the public address is https, so answers that went over TLS may ask browsers to stay there.

        `larger`: path -> bytes, for addresses that take a longer body than our forms are."""
        self._app, self._problem, self._https = app, problem, https
        self._deadlines = Deadlines(seconds)
        self._plain_headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._secure_headers = [*self._plain_headers, (b"strict-transport-security", TRANSPORT_SECURITY.encode())]
        self._larger = dict(larger or {})
        self._run, self._numbers = secrets.token_hex(4), itertools.count()
        self._lines: list[dict[str, object]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, from its first byte to its line in the log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, reference = time.perf_counter(), f"{self._run}{next(self._numbers) & 0xFFFFFFFF:08x}"
        answer = _Answer(send, self._fixed(scope), reference)
        try:
            await self._within_limits(scope, receive, answer)
        except _Gone:
            answer.status = 499
        except Exception as error:
            _log_fault(error, reference)
            if answer.status:
                raise  # the status is out already: the server can only cut the connection
            await self._problem("fault", scope, reference=reference)(scope, receive, answer)
        finally:
            self._note(_line(scope, answer.status, started, reference))

    async def _within_limits(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        kind, task = "slow", asyncio.current_task()
        assert task is not None
        answer.begun = lambda: self._deadlines.end(task)  # a slow reader of a large file is no fault
        self._deadlines.begin(task)
        try:
            if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                most = self._larger.get(scope["path"], LARGEST_BODY)
                receive = _again(await _read(scope, receive, most), receive)
            kind = "busy"
            await self._app(scope, receive, answer)
            return
        except _TooLarge:
            kind = "size"
        except asyncio.CancelledError:
            if not self._deadlines.missed(task):
                raise
        finally:
            self._deadlines.end(task)
        answer.closing = True
        await self._problem(kind, scope)(scope, receive, answer)

    def _note(self, line: dict[str, object]) -> None:
        """Into the log, with all others of this round of the loop: a record for each costs as much as its answer."""
        self._lines.append(line)
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_soon(self._write_lines)

    def _write_lines(self) -> None:
        lines, self._lines = self._lines, []
        access.info("requests", extra={FIELDS: lines})

    def _fixed(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        return self._secure_headers if self._https and scope.get("scheme") == "https" else self._plain_headers


class _Answer:
    """Sends a response with our headers on it; remembers its status."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]], reference: str) -> None:
        """`headers`: those that a response has which does not say otherwise, names in lower case."""
        self._send, self._headers = send, headers
        self._always = (b"x-request-id", reference.encode("ascii"))
        self.status = 0
        self.closing = False  # whether the connection is closed afterwards
        self.begun: Callable[[], None] = lambda: None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.begun()
            headers = [*message.get("headers", ()), self._always]
            if BARE not in message:
                names = {name for name, _ in headers}
                headers += [pair for pair in self._headers if pair[0] not in names]
            if self.closing:
                headers.append((b"connection", b"close"))
            message = {"type": "http.response.start", "status": self.status, "headers": headers}
        await self._send(message)


async def _read(scope: Scope, receive: Receive, most: int) -> bytes:
    """The whole body, if it is no longer than allowed."""
    length: bytes = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > most:
        raise _TooLarge
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        body += message.get("body", b"")
        if len(body) > most:
            raise _TooLarge
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body out once more, then whatever the server says next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _line(scope: Scope, status: int, started: float, reference: str) -> dict[str, object]:
    """What the log says of a request."""
    return {
        "method": _method(scope),
        "path": _shown(scope, status),
        "status": status,
        "ms": round((time.perf_counter() - started) * 1000, 1),
        "id": reference,
    }


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "OTHER"


def _shown(scope: Scope, status: int) -> str:
    """The path without what is personal in it; of a page that does not exist, nothing."""
    path = scope["path"]
    if token := scope.get("path_params", {}).get("token"):
        return _quoted(path.replace(token, "TOKEN"))
    return quote(path) if 0 < status < 400 else "-"


_quoted = functools.lru_cache(maxsize=64)(quote)


def _log_fault(error: Exception, reference: str) -> None:
    """Where it happened, not what the error says: its words may hold an address."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    log.error("fault kind=%s id=%s at=%s", type(error).__name__, reference, places)
