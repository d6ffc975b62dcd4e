"""Opens a connection to a mail server: encrypted, certificates verified, signed in. What can go wrong, in words."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import NamedTuple

from newsletter.delivery.transport import Dsn
from newsletter.errors import TransportUnavailable

TIMEOUT = 60.0  # seconds; RFC 5321 section 4.5.3.2 allows minutes, and a campaign should not stand still that long
_BUFFER = 262_144  # bytes: a whole message, so that its recipient is marked while it travels
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Kinds(NamedTuple):
    """What connections are made of: in the clear at first, and encrypted from the start."""

    plain: type[smtplib.SMTP] = smtplib.SMTP
    encrypted: type[smtplib.SMTP_SSL] = smtplib.SMTP_SSL


def connect(dsn: Dsn, tls: ssl.SSLContext | None, kinds: Kinds) -> smtplib.SMTP:
    """A new connection, ready for a message. `tls`: None for one in the clear.

    Raises:
        TransportUnavailable: there is none to be had, and why.
    """
    server: smtplib.SMTP | None = None
    try:
        server = _open(dsn, tls, kinds)
        if server.sock is not None:  # the dot leaves by itself, and must not wait for an acknowledgement
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        if dsn.user:
            server.login(dsn.user, dsn.password.get_secret_value())
    except (OSError, smtplib.SMTPException) as error:
        if server is not None:
            server.close()
        raise _no_connection(dsn, error) from None
    return server


def _open(dsn: Dsn, tls: ssl.SSLContext | None, kinds: Kinds) -> smtplib.SMTP:
    timeout = dsn.seconds("timeout", TIMEOUT)
    helo = dsn.options.get("helo") or ("localhost" if dsn.host in LOOPBACK else None)
    if dsn.variant == "smtps":
        secure = kinds.encrypted(dsn.host, dsn.port or 465, helo, timeout=timeout, context=tls)
        secure.ehlo_or_helo_if_needed()
        return secure
    server = kinds.plain(dsn.host, dsn.port or 587, helo, timeout=timeout)
    try:
        if tls is not None:
            server.starttls(context=tls)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _no_connection(dsn: Dsn, error: Exception) -> TransportUnavailable:
    where = f"The mail server {dsn.host}"
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
        f"{where} cannot be reached: {reason(error)}",
        hint="Check its name and port in NEWSLETTER_TRANSPORT, and that this network lets you connect to it.",
    )


def reason(error: Exception) -> str:
    """In the server's or the system's words, on one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {plain(error.smtp_error)}"
    text = " ".join(str(error).split()) or type(error).__name__
    return "it did not answer in time" if isinstance(error, TimeoutError) or text.endswith("timed out") else text


def plain(reply: bytes | str) -> str:
    """A reply on one line."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:500]
