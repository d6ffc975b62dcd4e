"""Hands messages to Twilio SendGrid: one call carries one content and up to 1,000 people with their own values.

SendGrid knows no idempotency key. So only what certainly was not accepted is tried again; when the answer to a call is
lost, everybody in it is in doubt until the mail service's events, or a person, settle it.
"""

from __future__ import annotations

import base64
import errno
import http.client
import json
import logging
import re
import socket
import ssl
import time
import urllib.error
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol

from newsletter.delivery.transport import Dsn
from newsletter.errors import OutcomeUnknown, TransportUnavailable, UsageError
from newsletter.models.addresses import wire_address
from newsletter.models.delivery import Attachment, Message, Receipt, ReceiptState

TIMEOUT = 30  # seconds; the client itself has none
LONGEST_WAIT = 120  # seconds waited for a rate limit to pass, in one call of `send`
REJECTIONS = 40  # rejected calls in one `send`: SendGrid blocks keys that make too many bad requests
Json = Mapping[str, object]


class _Response(Protocol):
    status_code: int
    headers: Mapping[str, str]


class SendGrid:
    """https://www.twilio.com/docs/sendgrid/api-reference/mail-send"""

    batch_size = 1000  # personalizations in one call
    idempotent = False

    def __init__(
        self, dsn: Dsn, *, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.time
    ) -> None:
        self.name = str(dsn)
        self._dsn, self._sleep, self._clock = dsn, sleep, clock
        self._post: Callable[[Json], _Response] | None = None

    def __enter__(self) -> SendGrid:
        client = _client(self._dsn)
        self._post = lambda body: client.mail.send.post(request_body=body)
        self._greet(client.scopes.get)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._post = None

    def send(self, messages: Sequence[Message]) -> Sequence[Receipt]:
        """See `Transport`. A call that is rejected for one bad address is made again without it."""
        if self._post is None:
            raise RuntimeError("The transport is not open.")
        return _Delivery(self._post, self._sleep, self._clock).deliver(messages)

    def _greet(self, get: Callable[[], _Response]) -> None:
        """Asks what the key may do, before anything is at stake: the key is wrong, or nothing can be reached."""
        from python_http_client.exceptions import HTTPError

        try:
            get()
        except UnicodeError:
            raise _unavailable(401, "") from None
        except HTTPError as error:
            if error.status_code == 401:
                raise _unavailable(401, "") from None
        except (OSError, http.client.HTTPException) as error:
            raise _unreachable(error) from None


class _Delivery:
    """One call of `send`: pieces that are still to be handed over, in order, and the receipts so far."""

    def __init__(
        self, post: Callable[[Json], _Response], sleep: Callable[[float], None], clock: Callable[[], float]
    ) -> None:
        self._post, self._sleep, self._clock = post, sleep, clock
        self._receipts: dict[str, Receipt] = {}
        self._rejected, self._waited = 0, 0.0

    def deliver(self, messages: Sequence[Message]) -> Sequence[Receipt]:
        pieces = [list(messages)]
        while pieces:
            piece = pieces.pop(0)
            try:
                pieces[:0] = self._hand_over(piece)
            except (TransportUnavailable, OutcomeUnknown) as error:
                error.receipts = self._in_order(messages)
                raise
        return self._in_order(messages)

    def _in_order(self, messages: Sequence[Message]) -> tuple[Receipt, ...]:
        return tuple(self._receipts[m.delivery_id] for m in messages if m.delivery_id in self._receipts)

    def _hand_over(self, piece: list[Message]) -> list[list[Message]]:
        """Makes one call, and gives the pieces to try after it."""
        from python_http_client.exceptions import HTTPError

        body = payload(piece)
        try:
            response = self._post(body)
        except HTTPError as error:
            return self._rejection(piece, error.status_code, error.body, dict(error.headers or {}))
        except (OSError, http.client.HTTPException) as error:
            if _before_the_request(error):
                raise _unreachable(error) from None
            raise _doubt(len(piece), _words(error)) from None
        if response.status_code != 202:
            raise _doubt(len(piece), f"it answered {response.status_code}")
        self._settle(piece, ReceiptState.ACCEPTED, provider_id=response.headers.get("X-Message-Id") or "")
        return []

    def _settle(
        self, piece: Sequence[Message], state: ReceiptState, *, provider_id: str = "", reason: str = ""
    ) -> None:
        values = {"state": state, "provider_id": provider_id, "reason": reason}
        self._receipts |= {
            m.delivery_id: Receipt.model_validate({"delivery_id": m.delivery_id, **values}) for m in piece
        }

    def _rejection(
        self, piece: list[Message], status: int, body: bytes, headers: Mapping[str, str]
    ) -> list[list[Message]]:
        """What a status other than success means. 5xx may follow an acceptance; the others certainly do not."""
        if status >= 500:
            raise _doubt(len(piece), f"it answered {status}")
        if status == 429:
            self._wait(headers)
            return [piece]
        errors = _errors(body)
        self._rejected += 1
        named = {place: reason for place, reason in map(_culprit, errors) if place is not None and place < len(piece)}
        general = any(error.get("field") and _culprit(error)[0] is None for error in errors)
        if status != 400 or general or self._rejected > REJECTIONS:
            raise _unavailable(status, _first_reason(errors))
        if refused := named or ({0: _first_reason(errors)} if len(piece) == 1 else {}):
            for place, reason in refused.items():
                self._settle([piece[place]], ReceiptState.REFUSED, reason=reason)
            rest = [message for place, message in enumerate(piece) if place not in refused]
            return [rest] if rest else []
        middle = len(piece) // 2
        return [piece[:middle], piece[middle:]]

    def _wait(self, headers: Mapping[str, str]) -> None:
        """Until the rate limit is over, if that is soon."""
        reset = next((value for name, value in headers.items() if name.lower() == "x-ratelimit-reset"), "")
        pause = max(1.0, float(reset) - self._clock()) if re.fullmatch(r"\d+", reset) else 10.0
        self._waited += pause
        if self._waited > LONGEST_WAIT:
            raise TransportUnavailable(
                "SendGrid takes no more messages for now: too many in a short time (429).",
                hint="Nobody lost their place. Send again later with --resume.",
            )
        self._sleep(pause)


def payload(messages: Sequence[Message]) -> dict[str, object]:
    """The body of one call. All messages must be of one campaign: they share sender, subject and both texts."""
    first = messages[0]
    body: dict[str, object] = {
        "from": {"email": wire_address(first.sender), "name": first.sender_name},
        "reply_to": {"email": wire_address(first.reply_to)},
        "subject": first.subject,
        "content": [
            {"type": "text/plain", "value": first.template_text},
            {"type": "text/html", "value": first.template_html},
        ],
        "personalizations": [_personalization(message) for message in messages],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }
    if first.attachments:
        body["attachments"] = [_attachment(attachment) for attachment in first.attachments]
    if first.unsubscribe_group is not None:
        body["asm"] = {"group_id": first.unsubscribe_group}
    return body


def _personalization(message: Message) -> dict[str, object]:
    """One person. Substitutions do not reach headers, so the links stand in both; the list headers in each."""
    to = {"email": wire_address(message.recipient)}
    if name := re.sub(r"[;,]", " ", message.recipient_name).strip():  # SendGrid takes neither
        to["name"] = name
    return {
        "to": [to],
        "headers": {"Message-ID": message.message_id, **message.headers},
        "substitutions": dict(message.substitutions),
        "custom_args": {"delivery": message.delivery_id, "campaign": message.campaign_id},
    }


def _attachment(attachment: Attachment) -> dict[str, str]:
    value = {
        "content": base64.b64encode(attachment.data).decode("ascii"),
        "type": attachment.media_type,
        "filename": attachment.file_name,
        "disposition": "inline" if attachment.content_id else "attachment",
    }
    return value | ({"content_id": attachment.content_id} if attachment.content_id else {})


def open_transport(dsn: Dsn) -> SendGrid:
    """`sendgrid://:KEY@default`. Options: `region=eu`, `timeout=SECONDS`, `host=URL` for a test server.

    Raises:
        UsageError: there is no key, or an option is not known.
    """
    if not dsn.password.get_secret_value():
        raise UsageError("The transport sendgrid needs an API key.", hint="Write sendgrid://:KEY@default")
    dsn.check_options(("host", "region", "timeout"))
    if dsn.options.get("region", "global") not in ("eu", "global"):
        raise UsageError("The option region of the transport sendgrid is neither eu nor global.")
    return SendGrid(dsn)


def _client(dsn: Dsn) -> Any:
    """The official client. Setting the region replaces its inside, so host and timeout come after it."""
    from sendgrid import SendGridAPIClient

    logging.getLogger("python_http_client").setLevel(logging.WARNING)  # else it logs the key and every address
    api = SendGridAPIClient(dsn.password.get_secret_value())
    api.set_sendgrid_data_residency(dsn.options.get("region", "global"))
    if host := dsn.options.get("host"):
        api.client.host = host
    api.client.timeout = dsn.seconds("timeout", TIMEOUT)
    return api.client


def _before_the_request(error: Exception) -> bool:
    """Whether it failed before SendGrid can have read the call: no name, no route, no connection, no trust."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError):
        return True
    return isinstance(reason, OSError) and reason.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN)


def _words(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return "it did not answer in time" if isinstance(reason, TimeoutError) else str(reason) or type(reason).__name__


def _unreachable(error: Exception) -> TransportUnavailable:
    return TransportUnavailable(
        f"SendGrid cannot be reached: {_words(error)}.",
        hint="Check the network of this machine. Nobody lost their place: send again with --resume.",
    )


def _doubt(count: int, reason: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"SendGrid may or may not have taken {count} messages: {reason}.",
        unknown=count,
        hint='They are never sent again by themselves. "newsletter status" lists them.',
    )


def _unavailable(status: int, reason: str) -> TransportUnavailable:
    hints = {
        401: "The API key is not valid. Check it in NEWSLETTER_TRANSPORT.",
        403: "The API key may not send mail, or the account is blocked. Check both at SendGrid.",
        413: "The message is too large: SendGrid takes 30 MB. Make its pictures and files smaller.",
    }
    said = f" It says: {reason}" if reason else ""
    return TransportUnavailable(
        f"SendGrid refuses the call ({status}).{said}",
        hint=hints.get(status, "Mend what it complains about, then send again with --resume.")
        + " Nobody lost their place.",
    )


def _errors(body: bytes) -> list[dict[str, object]]:
    """The errors of an answer; none if it is not what the documentation says."""
    try:
        return [error for error in json.loads(body)["errors"] if isinstance(error, dict)]
    except (ValueError, LookupError, TypeError):
        return []


def _culprit(error: Json) -> tuple[int | None, str]:
    """Which personalization an error means, if it says so, and why."""
    found = re.match(r"personalizations[.\[](\d+)", str(error.get("field") or ""))
    return (int(found[1]) if found else None), " ".join(str(error.get("message", "")).split())


def _first_reason(errors: Sequence[Json]) -> str:
    return next((" ".join(str(error.get("message", "")).split()) for error in errors), "")[:500]
