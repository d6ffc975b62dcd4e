"""The public web service: does it answer, does an unsubscribe link show its page, how long is its certificate good?

Opening a link changes nothing (`web/unsubscribe.py`), so a real one can be tried.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from newsletter.delivery.probes.server import certificate, ends
from newsletter.models.diagnosis import Diagnosis, fault, warning, well

AREA = "unsubscribing"
TIMEOUT = 10.0  # seconds
_LARGEST = 1_000_000  # bytes of a page that are read
_RUN = 'Run "newsletter serve" there, and let the web server in front of it pass these addresses on.'


class _Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    until: datetime | None  # when the certificate ends


def judge(service_url: str, link: str, now: datetime, context: ssl.SSLContext | None = None) -> Iterator[Diagnosis]:
    """`link`: an unsubscribe link as it stands in a message. `context`: whom to trust; None: as usual."""
    parts = urlsplit(service_url)
    if parts.scheme != "https":
        fix = "Put the service behind https, and write that into newsletter.toml: [unsubscribe] url"
        yield fault(AREA, f"{service_url} is not https, which one-click unsubscribing asks for (RFC 8058).", fix)
    try:
        health = _get(parts, f"{parts.path}/healthz", context)
        page = _get(parts, urlsplit(link).path, context)
    except ssl.SSLCertVerificationError as error:
        what = f"{parts.hostname} shows a certificate that cannot be trusted: {error.verify_message}."
        yield fault(AREA, what, "Unsubscribe links do not work as long as this stands. Renew the certificate.")
        return
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
        yield fault(AREA, f"The service at {service_url} cannot be reached: {reason}.", _RUN)
        return
    yield _health(service_url, health)
    yield _page(service_url, page)
    if health.until is not None:
        yield certificate(AREA, f"The certificate of {parts.hostname}", health.until, now)


def _health(url: str, answer: _Answer) -> Diagnosis:
    words = answer.body[:200].decode("utf-8", "replace").strip()
    if answer.status == 200 and words.startswith("ok"):
        if "spooled" in words:
            what = f"The service at {url} has unsubscribe requests waiting on its disk."
            return warning(
                AREA, what, "Its database was locked. If this lasts, restart the service and look at its log."
            )
        return well(AREA, f"The service at {url} is well.")
    if answer.status == 503:
        return fault(AREA, f"The service at {url} cannot use its database.", "Look at its log.")
    return fault(AREA, f"{url}/healthz answers {answer.status}, which is not our service.", _RUN)


def _page(url: str, answer: _Answer) -> Diagnosis:
    if answer.status in (301, 302, 303, 307, 308):
        what = f"An unsubscribe link at {url} is sent on to {answer.headers.get('Location', 'another address')}."
        fix = "Let [unsubscribe] url name that address: a one-click request must not be redirected (RFC 8058)."
        return fault(AREA, what, fix)
    if answer.status == 200 and b"<form" in answer.body.lower() and b"post" in answer.body.lower():
        return well(AREA, "An unsubscribe link opens its page.")
    fix = "The service must use the same NEWSLETTER_SECRET, newsletter.toml and database as this machine."
    return fault(AREA, f"An unsubscribe link at {url} answers {answer.status} without its button.", fix)


def _get(parts: SplitResult, path: str, context: ssl.SSLContext | None) -> _Answer:
    """One GET, redirects not followed."""
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = context or ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=TIMEOUT, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers={"User-Agent": "newsletter doctor"})
        sock = connection.sock
        until = ends(sock.getpeercert()) if isinstance(sock, ssl.SSLSocket) else None
        answer = connection.getresponse()
        return _Answer(answer.status, answer.headers, answer.read(_LARGEST), until)
    finally:
        connection.close()
