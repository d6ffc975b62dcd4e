"""Hands messages to a mail server over SMTP: encrypted, over connections that are kept open between messages."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Sequence
from types import TracebackType

from newsletter.delivery.compiled import wire
from newsletter.delivery.transport import Dsn, Following, Mark, all_ours, nothing_known
from newsletter.delivery.transports.smtp.connecting import LOOPBACK, Kinds, connect
from newsletter.delivery.transports.smtp.pool import Pool, Turns
from newsletter.delivery.transports.smtp.session import Dropped, Session
from newsletter.errors import OutcomeUnknown, Refused, TransportUnavailable, UsageError
from newsletter.models.delivery import Message, Receipt, ReceiptState

CONNECTIONS = 3  # unless the DSN says otherwise: what large mail services allow one account at the same time


class Smtp:
    """A mail server. `batch_size` is one, so that a crash leaves at most one message a connection in doubt."""

    batch_size = 1
    idempotent = False
    reads_ahead = True

    def __init__(self, dsn: Dsn, tls: ssl.SSLContext | None) -> None:
        """`tls`: None for a connection in the clear."""
        self.name = str(dsn)
        self.connections = dsn.count("connections", CONNECTIONS)
        self._dsn, self._tls = dsn, tls
        self._kinds = Kinds()
        self._turns: Callable[[], Turns] = threading.Condition
        self._pool = Pool(self._connect, self.connections, self._turns())

    def cooperate(self) -> None:
        """See `transport.Cooperative`."""
        from newsletter.delivery.transports.smtp import cooperative

        if self._tls is not None:
            self._tls = _context(self._dsn, cooperative.context)
        self._kinds = Kinds(cooperative.CooperativeSMTP, cooperative.CooperativeSMTPS)
        self._turns = cooperative.Turns

    def __enter__(self) -> Smtp:
        self._pool = Pool(self._connect, self.connections, self._turns())
        with self._pool.slot():  # whoever cannot be reached is told of before anything is at stake
            return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def send(
        self, messages: Sequence[Message], mark: Mark = all_ours, following: Following = nothing_known
    ) -> Sequence[Receipt]:
        """See `Transport` and `transport.ReadsAhead`."""
        receipts: list[Receipt] = []
        for message in messages:
            try:
                receipt = self._send(message, mark, following)
            except (TransportUnavailable, OutcomeUnknown) as error:
                error.receipts = tuple(receipts)
                raise
            if receipt is not None:
                receipts.append(receipt)
        return receipts

    def _send(self, message: Message, mark: Mark, following: Following) -> Receipt | None:
        """On an open connection; if the server has closed it meanwhile, once more on a new one."""
        with self._pool.slot(message.delivery_id) as slot:
            session = slot.used_for(message.delivery_id)
            following = nothing_known if self._pool.scarce else following
            try:
                data = session.begun.data if session is not None and session.begun is not None else wire(message)
            except Refused as error:
                return Receipt(delivery_id=message.delivery_id, state=ReceiptState.REFUSED, reason=error.message)
            if session is not None:
                try:
                    return session.deliver(message, data, mark, following)
                except Dropped:
                    pass
            try:
                return slot.fresh().deliver(message, data, mark, following)
            except Dropped as dropped:
                raise TransportUnavailable(
                    f"The mail server {self._dsn.host} closed the connection: {dropped}",
                    hint="Nobody lost their place. Send again later with --resume.",
                ) from None

    def _connect(self) -> Session:
        return Session(connect(self._dsn, self._tls, self._kinds), self._dsn.host)


def open_transport(dsn: Dsn) -> Smtp:
    """`smtp://user:secret@host:587` or `smtps://...:465`. Options: `connections`, `tls=off|on`,
    `ca=FILE`, `helo`, `timeout`.

    Certificates are always verified. Without `tls=off` only a server on this machine may be spoken to in the clear.

    Raises:
        UsageError: the DSN lacks a host, or asks for something that cannot or should not be.
    """
    if not dsn.host:
        raise UsageError("The transport smtp needs a host.", hint="Write smtp://user:secret@host:587")
    dsn.check_options(("ca", "connections", "helo", "timeout", "tls"))
    encrypted = dsn.variant == "smtps" or _wants_tls(dsn)
    if dsn.user and not encrypted and dsn.host not in LOOPBACK:
        raise UsageError(
            "With tls=off the secret would travel in the clear.",
            hint="Take tls=off out, or send without user and secret.",
        )
    return Smtp(dsn, _context(dsn, _certificates) if encrypted else None)


def _wants_tls(dsn: Dsn) -> bool:
    wish = dsn.options.get("tls", "on" if "ca" in dsn.options or dsn.host not in LOOPBACK else "off")
    if wish not in ("on", "off"):
        raise UsageError("The option tls of the transport smtp is neither on nor off.")
    return wish == "on"


def _certificates(ca: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca)


def _context(dsn: Dsn, make: Callable[[str | None], ssl.SSLContext]) -> ssl.SSLContext:
    try:
        return make(str(dsn.base / dsn.options["ca"]) if "ca" in dsn.options else None)
    except OSError:
        raise UsageError(
            f"The file of certificates {dsn.options['ca']} cannot be read.", hint="ca=FILE names a file in PEM format."
        ) from None
