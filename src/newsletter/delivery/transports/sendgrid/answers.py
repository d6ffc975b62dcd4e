"""What SendGrid's answers, and its silences, mean: in doubt, unavailable, or somebody's address."""

from __future__ import annotations

import json
import re
import urllib.error
from collections.abc import Mapping, Sequence

from newsletter.errors import OutcomeUnknown, TransportUnavailable

Json = Mapping[str, object]


def before_the_request(error: Exception) -> bool:
    """Whether it failed before SendGrid can have read the whole call, so that it certainly took nobody.

    urllib wraps in URLError what fails while it connects and while it sends (`AbstractHTTPHandler.do_open`); what fails
    while the answer is waited for comes as it is. A call whose last byte was not sent has no end: its length is said
    in front."""
    return isinstance(error, urllib.error.URLError)


def words(error: Exception) -> str:
    """What happened, without the library's wrapping."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return "it did not answer in time" if isinstance(reason, TimeoutError) else str(reason) or type(reason).__name__


def unreachable(error: Exception) -> TransportUnavailable:
    """No call was made."""
    return TransportUnavailable(
        f"SendGrid cannot be reached: {words(error)}.",
        hint="Check the network of this machine. Nobody lost their place: send again with --resume.",
    )


def may_send(scopes: object) -> bool:
    """Whether the answer to what a key may do (GET /v3/scopes) names sending; an answer that says nothing may."""
    try:
        known = json.loads(getattr(scopes, "body", b""))["scopes"]
        return not isinstance(known, list) or "mail.send" in known
    except (ValueError, TypeError, LookupError):
        return True


def doubt(count: int, reason: str) -> OutcomeUnknown:
    """The answer to a call of `count` messages was lost, or says nothing about them."""
    return OutcomeUnknown(
        f"SendGrid may or may not have taken {count} messages: {reason}.",
        unknown=count,
        hint='They are never sent again by themselves. "newsletter status" lists them.',
    )


def unavailable(status: int, reason: str) -> TransportUnavailable:
    """The call was refused, and so will be the next one."""
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


def list_refused(status: int, path: str) -> TransportUnavailable:
    """A list of addresses that SendGrid does not give away."""
    hints = {
        401: "The API key is not valid. Check it in NEWSLETTER_TRANSPORT.",
        403: "The API key may not read it. At SendGrid let it read Suppressions and Unsubscribe Groups.",
        404: "Check the number of your unsubscribe group: group = ... under [unsubscribe] in newsletter.toml.",
        429: "Too many questions in a short time. Try again in a minute.",
    }
    return TransportUnavailable(
        f"SendGrid does not say who is on its list {path} ({status}).",
        hint=hints.get(status, "Try again later.") + " Nothing was sent.",
    )


def errors_of(body: bytes) -> list[dict[str, object]]:
    """The errors of an answer; none if it is not what the documentation says."""
    try:
        return [error for error in json.loads(body)["errors"] if isinstance(error, dict)]
    except (ValueError, LookupError, TypeError):
        return []


def culprit(error: Json) -> tuple[int | None, str]:
    """Which personalization an error means, if it says so, and why."""
    found = re.match(r"personalizations[.\[](\d+)", str(error.get("field") or ""))
    return (int(found[1]) if found else None), " ".join(str(error.get("message", "")).split())


def first_reason(errors: Sequence[Json]) -> str:
    """What to tell when no error names anybody."""
    return next((" ".join(str(error.get("message", "")).split()) for error in errors), "")[:500]
