"""Hands messages to Twilio SendGrid: one call carries one content and up to 1,000 people with their own values.

SendGrid knows no idempotency key. So only what certainly was not accepted is tried again; when the answer to a call is
lost, everybody in it is in doubt until the mail service's events, or a person, settle it.
"""

from __future__ import annotations

import http.client
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol

from newsletter.delivery.transport import Dsn, Mark, all_ours
from newsletter.delivery.transports.sendgrid import answers, lists
from newsletter.delivery.transports.sendgrid.body import MEDIA_TYPE, Unspoken, body
from newsletter.errors import OutcomeUnknown, TransportUnavailable, UsageError
from newsletter.models.delivery import Message, Receipt, ReceiptState
from newsletter.models.events import ProviderEvent

TIMEOUT = 30  # seconds; the client itself has none
LONGEST_WAIT = 120  # seconds waited for a rate limit to pass, in one call of `send`
REJECTIONS = 40  # rejected calls in one `send`: SendGrid blocks keys that make too many bad requests


class _Response(Protocol):
    status_code: int
    headers: Mapping[str, str]


class SendGrid:
    """https://www.twilio.com/docs/sendgrid/api-reference/mail-send"""

    batch_size = 1000  # personalizations in one call
    connections = 1
    idempotent = False

    def __init__(
        self, dsn: Dsn, *, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.time
    ) -> None:
        self.name = str(dsn)
        self._dsn, self._sleep, self._clock = dsn, sleep, clock
        self._post: Callable[[str], _Response] | None = None

    def __enter__(self) -> SendGrid:
        client = _client(self._dsn)
        kind = {"Content-Type": MEDIA_TYPE}
        self._post = lambda text: client.mail.send.post(request_body=Unspoken(text), request_headers=kind)
        self._greet(client.scopes.get)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._post = None

    def send(self, messages: Sequence[Message], mark: Mark = all_ours) -> Sequence[Receipt]:
        """See `Transport`. A call that is rejected for one bad address is made again without it."""
        if self._post is None:
            raise RuntimeError("The transport is not open.")
        ours = mark(messages)
        chosen = [message for message in messages if message.delivery_id in ours]
        return _Delivery(self._post, self._sleep, self._clock).deliver(chosen)

    def _greet(self, get: Callable[[], _Response]) -> None:
        """Asks what the key may do, before anything is at stake: the key is wrong, or nothing can be reached."""
        from python_http_client.exceptions import HTTPError

        try:
            if not answers.may_send(get()):
                raise answers.unavailable(403, "the key has no permission for mail.send")
        except UnicodeError:
            raise answers.unavailable(401, "") from None
        except HTTPError as error:
            if error.status_code == 401:
                raise answers.unavailable(401, "") from None
        except (OSError, http.client.HTTPException) as error:
            raise answers.unreachable(error) from None


class _Delivery:
    """One call of `send`: pieces that are still to be handed over, in order, and the receipts so far."""

    def __init__(
        self, post: Callable[[str], _Response], sleep: Callable[[float], None], clock: Callable[[], float]
    ) -> None:
        self._post, self._sleep, self._clock = post, sleep, clock
        self._receipts: dict[str, Receipt] = {}
        self._unexplained: dict[str, str] = {}  # refused, though no error named them: delivery id -> reason
        self._rejected, self._waited = 0, 0.0

    def deliver(self, messages: Sequence[Message]) -> Sequence[Receipt]:
        """Every message handed over once, or refused.

        Raises:
            TransportUnavailable, OutcomeUnknown: with the receipts so far.
        """
        pieces = [list(messages)] if messages else []
        try:
            while pieces:
                pieces[:0] = self._hand_over(pieces.pop(0))
            if len(self._unexplained) > 1 and len(self._unexplained) == len(messages):
                raise answers.unavailable(400, next(iter(self._unexplained.values())))
        except OutcomeUnknown as error:
            error.receipts = self._in_order(messages)
            raise
        except TransportUnavailable as error:
            self._forgive()
            error.receipts = self._in_order(messages)
            raise
        return self._in_order(messages)

    def _forgive(self) -> None:
        """Refusals that name nobody are the call's own fault as long as nobody got through.

        Not done when an answer is lost: those in doubt are the first without a receipt, and must stay the first."""
        if not any(receipt.state is ReceiptState.ACCEPTED for receipt in self._receipts.values()):
            for delivery_id in self._unexplained:
                del self._receipts[delivery_id]

    def _in_order(self, messages: Sequence[Message]) -> tuple[Receipt, ...]:
        return tuple(self._receipts[m.delivery_id] for m in messages if m.delivery_id in self._receipts)

    def _hand_over(self, piece: list[Message]) -> list[list[Message]]:
        """Makes one call, and gives the pieces to try after it."""
        from python_http_client.exceptions import HTTPError

        text = body(piece)
        try:
            response = self._post(text)
        except HTTPError as error:
            return self._rejection(piece, error.status_code, error.body, dict(error.headers or {}))
        except (OSError, http.client.HTTPException) as error:
            if answers.before_the_request(error):
                raise answers.unreachable(error) from None
            raise answers.doubt(len(piece), answers.words(error)) from None
        if response.status_code != 202:
            raise answers.doubt(len(piece), f"it answered {response.status_code}")
        self._settle(piece, ReceiptState.ACCEPTED, provider_id=response.headers.get("X-Message-Id") or "")
        return []

    def _settle(
        self, piece: Sequence[Message], state: ReceiptState, *, provider_id: str = "", reason: str = ""
    ) -> None:
        for message in piece:
            self._receipts[message.delivery_id] = Receipt(
                delivery_id=message.delivery_id, state=state, provider_id=provider_id, reason=reason
            )

    def _rejection(
        self, piece: list[Message], status: int, answer: bytes, headers: Mapping[str, str]
    ) -> list[list[Message]]:
        """What a status other than success means. 5xx may follow an acceptance; the others certainly do not."""
        if status >= 500:
            raise answers.doubt(len(piece), f"it answered {status}")
        if status == 429:
            self._wait(headers)
            return [piece]
        errors = answers.errors_of(answer)
        self._rejected += 1
        named = {
            place: reason for place, reason in map(answers.culprit, errors) if place is not None and place < len(piece)
        }
        general = any(error.get("field") and answers.culprit(error)[0] is None for error in errors)
        if status != 400 or general or self._rejected > REJECTIONS:
            raise answers.unavailable(status, answers.first_reason(errors))
        if len(piece) == 1 and not named:
            named = {0: answers.first_reason(errors)}
            self._unexplained[piece[0].delivery_id] = named[0]
        if named:
            for place, reason in named.items():
                self._settle([piece[place]], ReceiptState.REFUSED, reason=reason)
            rest = [message for place, message in enumerate(piece) if place not in named]
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


def suppressed(dsn: Dsn, *, group: int | None, now: datetime) -> Iterator[ProviderEvent]:
    """Every address on SendGrid's lists, read page by page. `group`: our own unsubscribe group, if there is one.

    Raises:
        UsageError: there is no key. TransportUnavailable: the lists cannot be read.
    """
    open_transport(dsn)  # asks for the key, and for options that are known
    client = _client(dsn)
    yield from lists.read(lambda path, query: _listed(client, path, query), group, now)


def _listed(client: Any, path: str, query: Mapping[str, int]) -> bytes:
    from python_http_client.exceptions import HTTPError

    try:
        body: bytes = client._(path).get(query_params=dict(query) or None).body
    except HTTPError as error:
        raise answers.list_refused(error.status_code, path) from None
    except UnicodeError:
        raise answers.list_refused(401, path) from None
    except (OSError, http.client.HTTPException) as error:
        raise answers.unreachable(error) from None
    return body


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
