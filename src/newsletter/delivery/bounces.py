"""Messages that come back: delivery reports (RFC 3464), complaints (RFC 5965), automatic replies, requests to leave.

Anybody may write such a message, so what it says counts only for the delivery whose Message-ID it returns: 128 random
bits that nobody knows but whoever got that message. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum

from newsletter.delivery.bounce_codes import meaning
from newsletter.models.events import EventKind, ProviderEvent

RETURNED = "returned message"
COMPLAINT = "complaint"

_OURS = re.compile(r"<([0-9a-f]{32})@[^>\s]{1,255}>")
_LINE = r"^[ \t>|*]{0,20}message-id:"  # the header of a message that is quoted as text
_OURS_IN_TEXT = re.compile(_LINE + r"\s{0,5}<([0-9a-f]{32})@[^>\s]{1,255}>", re.I | re.M)
_TOKEN = re.compile(r"\bunsubscribe\W+([A-Za-z0-9_-]{39})(?![A-Za-z0-9_-])", re.I)
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\]{1,64}@[^\s<>,;:\"()\[\]\\@]{1,255}")
_RETURNED_SUBJECT = re.compile(
    r"undeliver|delivery (status notification|failure|has failed|incomplete)|failure notice|returned mail"
    r"|mail delivery failed|delivery problem",
    re.I,
)
_AUTOMATIC_SUBJECT = re.compile(r"\s*(automatic reply|auto(matic)?[ -]?(reply|response)|out of (the )?office)\b", re.I)
LOOKED_AT = 512 * 1024  # bytes of a message: reports stand in front of the message that they return
_BLANK_LINES = re.compile(rb"(?:\r?\n){3,}")  # each would be a group of fields of its own
_OLD_STYLE = 20_000  # characters of a report without structure that are looked through for the server's words


class Sort(StrEnum):
    """What a message in such a mailbox is."""

    RETURNED = "returned"  # a delivery report of a failure, or of a delivery
    DELAYED = "delayed"  # a report that a server is still trying
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"  # holds the token of a mailto link
    AUTOMATIC = "automatic"  # out of office and the like
    OTHER = "other"  # for a person to read


@dataclass(frozen=True)
class Reading:
    """What one message says."""

    sort: Sort
    events: tuple[ProviderEvent, ...] = ()
    token: str = ""  # sort UNSUBSCRIBE


def read(raw: bytes, now: datetime) -> Reading:
    """Whatever the bytes are, this gives a reading; what cannot be understood is `OTHER`. `now`: aware."""
    try:
        return _read(message_from_bytes(_BLANK_LINES.sub(b"\n\n", raw[:LOOKED_AT])), now)
    except Exception:  # the email package raises errors of many kinds on malformed messages
        return Reading(Sort.OTHER)


def _read(message: Message, now: datetime) -> Reading:
    parts = list(message.walk())
    types = {part.get_content_type() for part in parts}
    if types & {"message/delivery-status", "message/global-delivery-status"}:
        return _report(message, parts, now)
    if "message/feedback-report" in types:
        return _complaint(message, parts, now)
    if _old_style(message):
        return _unstructured(message, now)
    if _automatic(message):
        return Reading(Sort.AUTOMATIC)
    if found := _TOKEN.search(_header(message, "Subject")):
        return Reading(Sort.UNSUBSCRIBE, token=found[1])
    return Reading(Sort.OTHER)


def _report(message: Message, parts: Iterable[Message], now: datetime) -> Reading:
    """RFC 3464 section 2: fields for the message, then fields for each recipient."""
    delivery = _delivery(message)
    events, delayed = [], False
    for fields in _fields_of(parts, "delivery-status"):
        action = fields.get("action", "").casefold()
        diagnostic = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
        delayed |= action == "delayed"
        if action not in ("", "failed", "delivered") or not {"action", "status"} & fields.keys():
            continue
        kind = EventKind.DELIVERED if action == "delivered" else meaning(fields.get("status", ""), diagnostic)
        if kind is EventKind.DELIVERED and action != "delivered":
            continue
        named = [fields.get(name, "") for name in ("original-recipient", "final-recipient")]
        events.append(_event(message, kind or EventKind.BLOCKED, RETURNED, delivery, named, diagnostic, now))
    if not events:
        return Reading(Sort.DELAYED if delayed else Sort.OTHER)
    return Reading(Sort.RETURNED, tuple(events))


def _complaint(message: Message, parts: Iterable[Message], now: datetime) -> Reading:
    """RFC 5965 section 3. Only "abuse" is a reader who does not want this."""
    fields: Mapping[str, str] = next(iter(_fields_of(parts, "feedback-report")), {})
    if fields.get("feedback-type", "").strip().casefold() != "abuse":
        return Reading(Sort.OTHER)
    named = [fields.get("original-rcpt-to", ""), fields.get("removal-recipient", "")]
    return Reading(
        Sort.COMPLAINT,
        (_event(message, EventKind.COMPLAINED, COMPLAINT, _delivery(message), named, "", now),),
    )


def _old_style(message: Message) -> bool:
    """A report that is plain text: old servers, qmail, and gateways that rewrite them."""
    if message.get("X-Failed-Recipients"):
        return True
    sender = _header(message, "From").casefold() + _header(message, "Return-Path")
    robot = "mailer-daemon" in sender or "postmaster" in sender or "<>" in sender
    return robot and bool(_RETURNED_SUBJECT.search(_header(message, "Subject")))


def _unstructured(message: Message, now: datetime) -> Reading:
    text = _text(message)[:_OLD_STYLE]
    above = re.split(_LINE, text, maxsplit=1, flags=re.I | re.M)[0]
    kind = meaning("", above)
    if kind not in (EventKind.BLOCKED, EventKind.BOUNCED):
        return Reading(Sort.OTHER)
    words = next((line.strip() for line in above.splitlines() if re.search(r"\b[45]\d\d\b", line)), "")
    named = [_header(message, "X-Failed-Recipients")]
    return Reading(Sort.RETURNED, (_event(message, kind, RETURNED, _delivery(message), named, words, now),))


def _event(
    message: Message, kind: EventKind, source: str, delivery: str, named: Iterable[str], reason: str, now: datetime
) -> ProviderEvent:
    addresses = dict.fromkeys(found for text in named for found in _ADDRESS.findall(_xtext(text)))
    return ProviderEvent(
        kind=kind,
        at=_moment(message, now),
        source=source,
        delivery_id=delivery,
        addresses=tuple(addresses),
        reason=" ".join(reason.split())[:1_000],
        signed=False,
    )


def _delivery(message: Message) -> str:
    """Whose message it was: by the message that is returned, else by what the report says it answers."""
    inside = [part for part in message.walk() if part is not message]
    for part in inside:
        if found := _OURS.match(_header(part, "Message-ID")):
            return found[1]
        if part.get_content_type() == "text/rfc822-headers" and (found := _OURS_IN_TEXT.search(_text(part))):
            return found[1]
    for name in ("In-Reply-To", "References", "X-Original-Message-ID"):
        if found := _OURS.search(_header(message, name)):
            return found[1]
    in_text = _OURS_IN_TEXT.search(_text(message))
    return in_text[1] if in_text else ""


def _fields_of(parts: Iterable[Message], kind: str) -> Iterator[dict[str, str]]:
    """The groups of fields in such parts, names in lower case. The parser gives them as messages, or one and text."""
    for part in parts:
        if not part.get_content_type().endswith(kind):
            continue
        for group in part.get_payload() if part.is_multipart() else [message_from_string(_text(part))]:
            if isinstance(group, Message):
                yield _fields(group)
                for more in re.split(r"\n\s*\n", _text(group)):
                    yield _fields(message_from_string(more.lstrip()))


def _fields(group: Message) -> dict[str, str]:
    return {name.casefold(): " ".join(_header(group, name).split()) for name in group.keys()}  # noqa: SIM118


def _automatic(message: Message) -> bool:
    """RFC 3834 section 5, and what programs wrote before it."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().casefold()
    return (
        submitted not in ("", "no")
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From"))
        or _header(message, "Precedence").strip().casefold() == "auto_reply"
        or bool(_AUTOMATIC_SUBJECT.match(_header(message, "Subject")))
    )


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, ""))
    try:
        value = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        pass
    return value.encode("utf-8", "replace").decode("utf-8")


def _text(message: Message) -> str:
    """Its text, or that of its parts of text."""
    if message.is_multipart():
        texts = (_text(part) for part in message.walk() if not part.is_multipart() and _readable(part))
        return "\n".join(texts)
    payload = message.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")


def _readable(part: Message) -> bool:
    return part.get_content_maintype() in ("text", "message")


def _xtext(text: str) -> str:
    """ "rfc822; jo+2Bnews@example.org" without the encoding of RFC 3461 section 4."""
    return re.sub(r"\+([2-7][0-9A-F])", lambda found: chr(int(found[1], 16)), text)


def _moment(message: Message, now: datetime) -> datetime:
    """When it was written, as far as that can be believed."""
    try:
        at = parsedate_to_datetime(_header(message, "Date"))
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at if now - timedelta(days=3650) < at <= now else now
    except (ValueError, TypeError, OverflowError):
        return now
