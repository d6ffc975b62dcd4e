"""The mail service: can it be reached, does it take our sign-in, how long is its certificate good? Nothing is sent."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from newsletter.delivery.transport import Dsn, open_transport
from newsletter.errors import NewsletterError
from newsletter.models.dates import long_date
from newsletter.models.diagnosis import Diagnosis, fault, warning, well

AREA = "transport"
TIMEOUT = 10.0  # seconds
SOON = timedelta(days=14)  # a certificate that ends within this ought to have been renewed already


def judge(dsn: Dsn, now: datetime) -> Iterator[Diagnosis]:
    """Connects and signs in as a sending does, and hangs up. `now` is aware."""
    dsn = dsn.model_copy(update={"options": {"timeout": str(TIMEOUT), **dsn.options} if dsn.scheme != "outbox" else {}})
    try:
        with open_transport(dsn):
            pass
    except NewsletterError as error:
        yield fault(AREA, error.message, error.hint)
        return
    yield well(AREA, _words(dsn))
    if dsn.scheme == "smtp" and (until := _certificate(dsn)) is not None:
        yield certificate(AREA, f"The certificate of {dsn.host}", until, now)


def certificate(area: str, what: str, until: datetime, now: datetime) -> Diagnosis:
    """How long a certificate is good."""
    if until - now < SOON:
        fix = "It ought to renew itself: ask whoever runs that server."
        return warning(area, f"{what} is only good until {long_date(until.date())}.", fix)
    return well(area, f"{what} is good until {long_date(until.date())}.")


def ends(peer: object) -> datetime | None:
    """When a certificate, as the ssl module describes it, ends."""
    text = peer.get("notAfter") if isinstance(peer, dict) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if isinstance(text, str) else None


def _words(dsn: Dsn) -> str:
    if dsn.scheme == "outbox":
        return f"Messages are written to {dsn}: nothing leaves this machine."
    if dsn.scheme == "sendgrid":
        return "SendGrid can be reached and knows the key."
    signed_in = " and takes our sign-in" if dsn.user else ""
    return f"The mail server {dsn.host} can be reached{signed_in}."


def _certificate(dsn: Dsn) -> datetime | None:
    """Of a server that a connection was just made to; None if it is spoken to in the clear, or does not tell."""
    context = ssl.create_default_context(cafile=str(dsn.base / dsn.options["ca"]) if "ca" in dsn.options else None)
    with suppress(OSError, smtplib.SMTPException):
        if dsn.variant == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(dsn.host, dsn.port or 465, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(dsn.host, dsn.port or 587, timeout=TIMEOUT)
        with server:
            if dsn.variant != "smtps":
                server.starttls(context=context)
            return ends(server.sock.getpeercert()) if isinstance(server.sock, ssl.SSLSocket) else None
    return None
