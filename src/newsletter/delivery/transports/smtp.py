"""Hands messages to a mail server over SMTP: one connection, encrypted, kept open between messages.

What a lost connection means depends on how far the message had come. Until the dot that ends its text has left, it
certainly was not accepted, and is sent again on a new connection. After that it is in doubt (RFC 1047), for good.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from types import TracebackType

from newsletter.delivery.compiled import wire
from newsletter.delivery.transport import Dsn
from newsletter.errors import OutcomeUnknown, Refused, TransportUnavailable, UsageError
from newsletter.models.addresses import wire_address
from newsletter.models.delivery import Message, Receipt, ReceiptState

TIMEOUT = 60.0  # seconds; RFC 5321 section 4.5.3.2 allows minutes, and a campaign should not stand still that long
_CLOSING = 421  # "service not available, closing transmission channel"
_SIGN_IN_FIRST = 530  # RFC 4954 section 6
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class _Dropped(Exception):
    """The connection is gone, and the message certainly was not accepted."""


class Smtp:
    """A mail server. `batch_size` is one, so that a crash leaves at most one message in doubt."""

    batch_size = 1
    idempotent = False

    def __init__(self, dsn: Dsn, tls: ssl.SSLContext | None) -> None:
        """`tls`: None for a connection in the clear."""
        self.name = str(dsn)
        self._dsn, self._tls = dsn, tls
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Smtp:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def send(self, messages: Sequence[Message]) -> Sequence[Receipt]:
        """See `Transport`."""
        receipts: list[Receipt] = []
        for message in messages:
            try:
                receipts.append(self._send(message))
            except (TransportUnavailable, OutcomeUnknown) as error:
                error.receipts = tuple(receipts)
                raise
        return receipts

    def _send(self, message: Message) -> Receipt:
        """On the open connection; if the server has closed it meanwhile, once more on a new one."""
        try:
            data = wire(message)
        except Refused as error:
            return Receipt(delivery_id=message.delivery_id, state=ReceiptState.REFUSED, reason=error.message)
        if self._server is not None:
            try:
                return self._transact(self._server, message, data)
            except _Dropped:
                self._hang_up()
        try:
            return self._transact(self._connect(), message, data)
        except _Dropped as dropped:
            self._hang_up()
            raise TransportUnavailable(
                f"The mail server {self._dsn.host} closed the connection: {dropped}",
                hint="Nobody lost their place. Send again later with --resume.",
            ) from None

    def _transact(self, server: smtplib.SMTP, message: Message, data: bytes) -> Receipt:
        """One message. Raises _Dropped as long as its end has not left, OutcomeUnknown afterwards."""
        stuffed = re.sub(rb"(?m)^\.", b"..", data)  # RFC 5321 section 4.5.2
        try:
            if answer := self._envelope(server, message, data):
                server.rset()
                return answer
            server.send(stuffed)
        except (OSError, smtplib.SMTPException) as error:
            raise _Dropped(_reason(error)) from None
        try:
            server.send(b".\r\n")
            code, reply = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise self._unknown(_reason(error)) from None
        if code < 200:
            self._hang_up()
            raise self._unknown("its answer could not be read")
        return self._answer(message, code, reply)

    def _envelope(self, server: smtplib.SMTP, message: Message, data: bytes) -> Receipt | None:
        """Sender, recipient, and the wish to send the text. None: go on."""
        options = [f"size={len(data)}"] if server.has_extn("size") else []
        recipient = wire_address(message.recipient)
        if not data.isascii() or not recipient.isascii():
            if not server.has_extn("smtputf8"):
                reason = "This mail server takes no addresses with letters beyond ASCII before the @."
                return Receipt(delivery_id=message.delivery_id, state=ReceiptState.REFUSED, reason=reason)
            options += ["SMTPUTF8", "BODY=8BITMIME"]  # RFC 6531
        code, reply = server.mail(wire_address(message.letter.sender), options)
        if code >= 500:
            raise TransportUnavailable(
                f"The mail server {self._dsn.host} refuses the sender {message.letter.sender}: {code} {_plain(reply)}",
                hint="Check [sender] in newsletter.toml, and that this account may send for it.",
            )
        if code == 250:
            code, reply = server.rcpt(recipient)
        if code in (250, 251):
            code, reply = server.docmd("DATA")
        return None if code == 354 else self._answer(message, code, reply)

    def _answer(self, message: Message, code: int, reply: bytes) -> Receipt:
        """What the server said of this message."""
        said = f"{code} {_plain(reply)}"
        if code == _CLOSING or code < 200:
            raise _Dropped(said)
        if code == _SIGN_IN_FIRST:
            raise TransportUnavailable(
                f"The mail server {self._dsn.host} wants a user and a secret: {said}",
                hint="Write them into NEWSLETTER_TRANSPORT: smtp://user:secret@host:587",
            )
        if code < 300:
            accepted = ReceiptState.ACCEPTED
            return Receipt(delivery_id=message.delivery_id, state=accepted, provider_id=_plain(reply))
        state = ReceiptState.REFUSED if code >= 500 else ReceiptState.TEMPORARY
        return Receipt(delivery_id=message.delivery_id, state=state, reason=said)

    def _unknown(self, reason: str) -> OutcomeUnknown:
        where = f"The mail server {self._dsn.host} was lost just after a message had been handed over"
        return OutcomeUnknown(
            f"{where}: {reason}", unknown=1, hint='"newsletter status" lists those who may or may not have it.'
        )

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    def _connect(self) -> smtplib.SMTP:
        """A new connection, encrypted and signed in."""
        try:
            self._server = self._open()
            if self._server.sock is not None:  # the dot leaves by itself, and must not wait for an acknowledgement
                self._server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._dsn.user:
                self._server.login(self._dsn.user, self._dsn.password.get_secret_value())
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise self._no_connection(error) from None
        return self._server

    def _open(self) -> smtplib.SMTP:
        dsn, timeout = self._dsn, self._dsn.seconds("timeout", TIMEOUT)
        helo = dsn.options.get("helo") or ("localhost" if dsn.host in _LOOPBACK else None)
        if dsn.variant == "smtps":
            return smtplib.SMTP_SSL(dsn.host, dsn.port or 465, helo, timeout=timeout, context=self._tls)
        server = smtplib.SMTP(dsn.host, dsn.port or 587, helo, timeout=timeout)
        try:
            if self._tls is not None:
                server.starttls(context=self._tls)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _no_connection(self, error: Exception) -> TransportUnavailable:
        where = f"The mail server {self._dsn.host}"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return TransportUnavailable(
                f"{where} refuses the user or the secret ({error.smtp_code}).",
                hint="Check both in NEWSLETTER_TRANSPORT. Signs such as @ : / in them are written %40 %3A %2F.",
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            return TransportUnavailable(
                f"{where} shows a certificate that cannot be trusted: {error.verify_message}.",
                hint="Check the host name. If your organisation signs its own certificates, add ?ca=FILE.",
            )
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return TransportUnavailable(
                f"{where} offers no encryption (STARTTLS) or no sign-in.",
                hint="Check the port: 587 for smtp://, 465 for smtps://.",
            )
        return TransportUnavailable(
            f"{where} cannot be reached: {_reason(error)}",
            hint="Check its name and port in NEWSLETTER_TRANSPORT, and that this network lets you connect to it.",
        )


def open_transport(dsn: Dsn) -> Smtp:
    """`smtp://user:secret@host:587` or `smtps://...:465`. Options: `tls=off|on`, `ca=FILE`, `helo`, `timeout`.

    Certificates are always verified. Without `tls=off` only a server on this machine may be spoken to in the clear.

    Raises:
        UsageError: the DSN lacks a host, or asks for something that cannot or should not be.
    """
    if not dsn.host:
        raise UsageError("The transport smtp needs a host.", hint="Write smtp://user:secret@host:587")
    dsn.check_options(("ca", "helo", "timeout", "tls"))
    encrypted = dsn.variant == "smtps" or _wants_tls(dsn)
    if dsn.user and not encrypted and dsn.host not in _LOOPBACK:
        raise UsageError(
            "With tls=off the secret would travel in the clear.",
            hint="Take tls=off out, or send without user and secret.",
        )
    return Smtp(dsn, _context(dsn) if encrypted else None)


def _wants_tls(dsn: Dsn) -> bool:
    wish = dsn.options.get("tls", "on" if "ca" in dsn.options or dsn.host not in _LOOPBACK else "off")
    if wish not in ("on", "off"):
        raise UsageError("The option tls of the transport smtp is neither on nor off.")
    return wish == "on"


def _context(dsn: Dsn) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(dsn.base / dsn.options["ca"]) if "ca" in dsn.options else None)
    except OSError:
        raise UsageError(
            f"The file of certificates {dsn.options['ca']} cannot be read.", hint="ca=FILE names a file in PEM format."
        ) from None


def _reason(error: Exception) -> str:
    """In the server's or the system's words, on one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_plain(error.smtp_error)}"
    text = " ".join(str(error).split()) or type(error).__name__
    return "it did not answer in time" if isinstance(error, TimeoutError) or text.endswith("timed out") else text


def _plain(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:500]
