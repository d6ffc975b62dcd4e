"""A mail server on 127.0.0.1 that keeps what it was given, and fails when told to. Needs aiosmtpd."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Any


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
