"""Mail services for tests: real servers on 127.0.0.1 that keep what they were given, and fail when told to.

`SmtpSink` needs aiosmtpd (`pip install aiosmtpd`). `FakeSendGrid` enforces the limits that SendGrid documents:
https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

LIMIT = 1000  # personalizations in one call
LARGEST = 30 * 1024 * 1024  # bytes of one call
SUBSTITUTION_BYTES = 10_000  # of one personalization
CUSTOM_ARGS_BYTES = 10_000
_NOT_OVERRIDABLE = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}  # fmt: skip


class SmtpSink:
    """A mail server that accepts what arrives. A context manager.

    Every answer can be changed: `rcpt` and `data` are asked before it is given, and return None or the reply to give
    instead ("550 5.1.1 no such user"). They may also call `drop()`, which closes the connection without a reply.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        rcpt: Callable[[str], str | None] = lambda address: None,
        data: Callable[[str], str | None] = lambda address: None,
        **options: Any,
    ) -> None:
        """`tls`: offers and requires STARTTLS. `login`: requires this user and secret. `options`: for aiosmtpd."""
        self.messages: list[bytes] = []  # as they came, in order
        self.recipients: list[str] = []  # of the envelope: one for each message
        self.senders: list[str] = []
        self._rcpt, self._data, self._dropping = rcpt, data, False
        self._controller = _controller(self, tls, login, options)

    def __enter__(self) -> SmtpSink:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """On 127.0.0.1."""
        return int(self._controller.port)

    @property
    def dsn(self) -> str:
        """What NEWSLETTER_TRANSPORT would say."""
        return f"smtp://127.0.0.1:{self.port}"

    def drop(self) -> None:
        """Close the connection instead of answering."""
        self._dropping = True

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """Called by aiosmtpd."""
        reply = self._rcpt(address)
        self._drop_if_asked(server)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Called by aiosmtpd. The message is kept before the answer is given, as a real server does."""
        address = envelope.rcpt_tos[0]
        reply = self._data(address)
        if reply is None:
            self.messages.append(envelope.content)
            self.recipients.append(address)
            self.senders.append(envelope.mail_from)
        self._drop_if_asked(server)
        return reply or f"250 OK queued as {len(self.messages)}"

    def _drop_if_asked(self, server: Any) -> None:
        if self._dropping:
            self._dropping = False
            server.transport.abort()


def _controller(
    sink: SmtpSink, tls: ssl.SSLContext | None, login: tuple[str, str] | None, options: dict[str, Any]
) -> Any:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult, LoginPassword

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == login, handled=False)

    if tls is not None:
        options = {"tls_context": tls, "require_starttls": True, **options}
    if login is not None:
        required = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": tls is not None}
        options = {**required, **options}

    class OnAnyPort(Controller):
        """Lets the system choose the port."""

        def _trigger_server(self) -> None:
            server: Any = self.server
            self.port = server.sockets[0].getsockname()[1]
            super()._trigger_server()  # type: ignore[no-untyped-call]

    return OnAnyPort(sink, hostname="127.0.0.1", port=0, **options)


@dataclass(frozen=True)
class Fault:
    """How the next call fails."""

    status: int = 0  # answers with this status; 0: see below
    body: bytes = b'{"errors": [{"message": "failed on purpose", "field": null}]}'
    headers: dict[str, str] = field(default_factory=dict)
    accept: bool = False  # takes the messages before it fails
    drop: bool = False  # closes the connection without an answer
    hang: float = 0.0  # seconds without an answer


@dataclass(frozen=True)
class Received:
    """What one person would get."""

    email: str
    name: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    custom_args: dict[str, str]


class FakeSendGrid:
    """SendGrid's mail/send on 127.0.0.1. A context manager.

    `bad_addresses` are refused with the place of the culprit; `mystery_addresses` without it, so that a caller must
    search. `faults` are used up one for each call, in order.
    """

    def __init__(self, key: str = "SG.test-key") -> None:
        self.key = key
        self.calls: list[dict[str, Any]] = []  # bodies of mail/send, accepted or not
        self.received: list[Received] = []
        self.faults: deque[Fault] = deque()
        self.bad_addresses: set[str] = set()
        self.mystery_addresses: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FakeSendGrid:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def dsn(self) -> str:
        """What NEWSLETTER_TRANSPORT would say."""
        return f"sendgrid://:{self.key}@default?host=http://127.0.0.1:{self._server.server_port}"

    def errors(self, body: dict[str, Any]) -> list[dict[str, str | None]]:
        """What SendGrid would complain about, in its own form."""
        people = body.get("personalizations") or []
        found: list[dict[str, str | None]] = []
        if not 1 <= len(people) <= LIMIT:
            found.append(_error(f"There must be 1 to {LIMIT} personalizations.", "personalizations"))
        if not body.get("subject"):
            found.append(_error("The subject is required.", "subject"))
        if [part.get("type") for part in body.get("content", [])] != ["text/plain", "text/html"]:
            found.append(_error("The text/plain content must be first.", "content"))
        if any(part.get("enable") is not False for part in body.get("tracking_settings", {}).values()):
            found.append(_error("Tracking must be off.", "tracking_settings"))
        seen: set[str] = set()
        for place, person in enumerate(people):
            for message, where in self._complaints(person, seen):
                found.append(_error(message, f"personalizations.{place}.{where}" if where else None))
        return found

    def _complaints(self, person: dict[str, Any], seen: set[str]) -> list[tuple[str, str]]:
        to = person["to"][0]
        address = to["email"].lower()
        found = []
        if address in seen:
            found.append(("Each email address in the personalizations should be unique.", "to.0.email"))
        seen.add(address)
        if address in self.bad_addresses or "@" not in address:
            found.append(("Does not contain a valid address.", "to.0.email"))
        if address in self.mystery_addresses:
            found.append(("Bad Request", ""))
        if any(sign in to.get("name", "") for sign in ";,"):
            found.append(("The name may not hold a comma or a semicolon.", "to.0.name"))
        if wrong := _NOT_OVERRIDABLE & {name.lower() for name in person.get("headers", {})}:
            found.append((f"The header {min(wrong)} cannot be set.", "headers"))
        for part, largest in (("substitutions", SUBSTITUTION_BYTES), ("custom_args", CUSTOM_ARGS_BYTES)):
            values = person.get(part, {})
            if not all(isinstance(value, str) for value in values.values()):
                found.append(("Values must be strings.", part))
            elif sum(len(f"{name}{value}".encode()) for name, value in values.items()) > largest:
                found.append((f"More than {largest} bytes.", part))
        return found

    def accept(self, body: dict[str, Any]) -> None:
        """Keeps what each person would get. Substitutions reach the subject and both texts, but no header."""
        text, html = (part["value"] for part in body["content"])
        for person in body["personalizations"]:
            values = [text, html, body["subject"]]
            for tag, value in person.get("substitutions", {}).items():
                values = [part.replace(tag, value) for part in values]
            to = person["to"][0]
            self.received.append(
                Received(
                    email=to["email"],
                    name=to.get("name", ""),
                    subject=values[2],
                    text=values[0],
                    html=values[1],
                    headers=person.get("headers", {}),
                    custom_args=person.get("custom_args", {}),
                )
            )


def _error(message: str, place: str | None) -> dict[str, str | None]:
    return {"message": message, "field": place, "help": None}


def _handler(fake: FakeSendGrid) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_GET(self) -> None:
            known = self.headers["Authorization"] == f"Bearer {fake.key}"
            self._answer(200 if known else 401, b'{"scopes": ["mail.send"]}')

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != f"Bearer {fake.key}":
                return self._answer(401, b'{"errors": [{"message": "authorization required", "field": null}]}')
            if len(raw) >= LARGEST:
                return self._answer(413, b'{"errors": [{"message": "too large", "field": null}]}')
            body = json.loads(raw)
            fake.calls.append(body)
            fault = fake.faults.popleft() if fake.faults else None
            if fault and not fault.accept:
                return self._fail(fault)
            if errors := fake.errors(body):
                return self._answer(400, json.dumps({"errors": errors}).encode())
            fake.accept(body)
            return self._fail(fault) if fault else self._answer(202, b"", {"X-Message-Id": f"id-{len(fake.calls)}"})

        def _fail(self, fault: Fault) -> None:
            time.sleep(fault.hang)
            if fault.drop or not fault.status:
                self.close_connection = True
                return
            self._answer(fault.status, fault.body, fault.headers)

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            with suppress(ConnectionError):  # the caller did not wait for the answer
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    return Handler
