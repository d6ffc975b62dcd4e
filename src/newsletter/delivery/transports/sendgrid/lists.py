"""SendGrid's lists of addresses that it does not send to, as events. Pure, but for what it is handed to ask with.

https://www.twilio.com/docs/sendgrid/api-reference/bounces-api/retrieve-all-bounces and its four siblings: pages of at
most 500 entries. A group's list comes whole, as addresses without a date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from newsletter.errors import TransportUnavailable
from newsletter.models.events import EventKind, ProviderEvent

PAGE = 500
SOURCE = "SendGrid's lists"

LISTS = {  # as the API names them
    "bounces": EventKind.BOUNCED,
    "invalid_emails": EventKind.BOUNCED,
    "spam_reports": EventKind.COMPLAINED,
    "unsubscribes": EventKind.UNSUBSCRIBED,
    "blocks": EventKind.BLOCKED,
}
_EMAIL = re.compile(r"[^\s<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s<>,;:\"()\[\]\\@\x00-\x1f]{1,255}")

Get = Callable[[str, Mapping[str, int]], bytes]  # path below /v3/, query -> body of the answer


def read(get: Get, group: int | None, now: datetime) -> Iterator[ProviderEvent]:
    """Every address of the five lists, and of our own unsubscribe group.

    Raises:
        TransportUnavailable: a list cannot be read; whatever came before it may be used.
    """
    for name, kind in LISTS.items():
        for entry in _pages(get, f"suppression/{name}"):
            if isinstance(entry, dict) and _usable(address := entry.get("email")):
                yield _event(kind, str(address), _moment(entry.get("created"), now), entry.get("reason"))
    if group is not None:
        for address in _page(get, f"asm/groups/{group}/suppressions", {}):
            if _usable(address):
                yield _event(EventKind.UNSUBSCRIBED, str(address), now)


def _pages(get: Get, path: str) -> Iterator[object]:
    """Page after page until one is not full."""
    offset, page, before = 0, list[object](), list[object]()
    while not offset or len(page) == PAGE:
        page = _page(get, path, {"limit": PAGE, "offset": offset})
        if page and page == before:
            raise _unreadable(path)  # the same again: it would go on for ever
        yield from page
        offset, before = offset + PAGE, page


def _page(get: Get, path: str, query: Mapping[str, int]) -> list[object]:
    try:
        page = json.loads(get(path, query))
    except (ValueError, RecursionError):
        page = None
    if not isinstance(page, list):
        raise _unreadable(path)
    return page


def _unreadable(path: str) -> TransportUnavailable:
    return TransportUnavailable(
        f"SendGrid's answer about {path} cannot be read.",
        hint="Nothing was sent. Try again later with: newsletter subscribers sync",
    )


def _event(kind: EventKind, address: str, at: datetime, reason: object = "") -> ProviderEvent:
    text = reason[:1_000].encode("utf-8", "replace").decode("utf-8") if isinstance(reason, str) else ""
    return ProviderEvent(kind=kind, at=at, source=SOURCE, addresses=(address,), reason=text)


def _usable(address: object) -> bool:
    return isinstance(address, str) and address.isprintable() and bool(_EMAIL.fullmatch(address))


def _moment(seconds: object, now: datetime) -> datetime:
    usual = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds <= now.timestamp()
    return datetime.fromtimestamp(seconds, UTC) if usual else now  # type: ignore[arg-type]
