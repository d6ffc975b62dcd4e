"""SendGrid's Event Webhook: whether a call is really theirs, and what it tells. Pure.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.errors import UsageError
from newsletter.models.events import EventKind, ProviderEvent

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

SOURCE = "SendGrid"
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
# SendGrid tries again for 24 hours and does not say whether it signs each try anew. A call that is repeated later than
# that is refused, though it could do no harm: every event is known by what it says.
OLDEST = timedelta(hours=24, minutes=10)
NEWEST = timedelta(minutes=10)  # clocks differ

_DELIVERY = re.compile(r"[0-9a-f]{32}")
_SMTP_ID = re.compile(r"<([0-9a-f]{32})@")
_EMAIL = re.compile(r"[^\s<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s<>,;:\"()\[\]\\@\x00-\x1f]{1,255}")
_LAST_SECOND = 4_102_444_800  # the year 2100
_KINDS = {
    "processed": EventKind.ACCEPTED,
    "deferred": EventKind.ACCEPTED,
    "delivered": EventKind.DELIVERED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
    "group_resubscribe": EventKind.RESUBSCRIBED,
}


class Unsigned(Exception):
    """Not SendGrid's: no signature, a wrong one, or one of long ago."""


class Unreadable(Exception):
    """Signed, and yet not what the documentation describes."""


@dataclass(frozen=True)
class Told:
    """What one call holds."""

    events: tuple[ProviderEvent, ...]
    skipped: int  # entries that could not be read, or tell nothing that matters here


class Reader:
    """Verifies and reads calls. `group`: our unsubscribe group; what readers do to others is not our business."""

    def __init__(self, public_key: str, group: int | None = None) -> None:
        """`public_key`: as SendGrid shows it (base64 of DER), or as PEM.

        Raises:
            UsageError: it is not such a key.
        """
        self._key, self._group = _load(public_key), group

    def read(self, body: bytes, signature: str, timestamp: str, now: datetime) -> Told:
        """The events of one call.

        Raises:
            Unsigned, Unreadable: nothing of it may be believed, or nothing of it can be read.
        """
        self._verify(body, signature, timestamp, now)
        try:
            entries = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable from None
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise Unreadable
        readable = [entry for entry in entries if _moment(entry) and isinstance(entry.get("event"), str)]
        if entries and not readable:
            raise Unreadable
        told = [list(self._events(entry)) for entry in readable]
        return Told(
            tuple(event for events in told for event in events),
            skipped=len(entries) - sum(1 for events in told if events),
        )

    def _verify(self, body: bytes, signature: str, timestamp: str, now: datetime) -> None:
        """ECDSA with SHA-256 over the timestamp and the body as it came (not as it could be written again)."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.hashes import SHA256

        if not re.fullmatch(r"[0-9]{1,12}", timestamp):
            raise Unsigned
        age = now.timestamp() - int(timestamp)
        if not -NEWEST.total_seconds() <= age <= OLDEST.total_seconds():
            raise Unsigned
        try:
            self._key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ECDSA(SHA256()))
        except (InvalidSignature, ValueError):  # binascii.Error, and text outside ASCII, are ValueErrors
            raise Unsigned from None

    def _events(self, entry: Mapping[str, object]) -> Iterator[ProviderEvent]:
        name = entry["event"]
        if name == "dropped":
            yield from _dropped(entry)
        elif name == "bounce":
            yield _event(entry, EventKind.BLOCKED if entry.get("type") == "blocked" else EventKind.BOUNCED)
        elif isinstance(name, str) and name in _KINDS:
            ours = self._group is not None and entry.get("asm_group_id") == self._group
            if ours or not name.startswith("group_"):
                yield _event(entry, _KINDS[name])


def _dropped(entry: Mapping[str, object]) -> Iterator[ProviderEvent]:
    """SendGrid took the message and did not send it, since the address stands on one of its lists."""
    reason = str(entry.get("reason", "")).casefold()
    if reason == "invalid" or reason.startswith("bounced address"):
        yield _event(entry, EventKind.BOUNCED, "dropped: ")
        return
    yield _event(entry, EventKind.BLOCKED, "dropped: ")
    if reason.startswith("spam reporting address"):  # of an earlier message, so it says nothing of this delivery
        yield _event(entry, EventKind.COMPLAINED, "dropped: ").model_copy(update={"delivery_id": ""})


def _event(entry: Mapping[str, object], kind: EventKind, before: str = "") -> ProviderEvent:
    reason = _text(entry.get("reason")) or _text(entry.get("response"))
    address = entry.get("email")
    return ProviderEvent(
        kind=kind,
        at=_moment(entry) or datetime.now(UTC),
        source=SOURCE,
        delivery_id=_delivery(entry),
        addresses=(address,) if isinstance(address, str) and _usable(address) else (),
        reason=before + reason if reason else before.rstrip(": "),
        event_id=_text(entry.get("sg_event_id")),
    )


def _delivery(entry: Mapping[str, object]) -> str:
    """The delivery that the message belongs to: our custom argument, else the Message-ID that we gave it."""
    name = entry.get("delivery")
    if isinstance(name, str) and _DELIVERY.fullmatch(name):
        return name
    found = _SMTP_ID.match(str(entry.get("smtp-id", "")))
    return found[1] if found else ""


def _text(value: object) -> str:
    """A text as it can be kept: JSON may hold half a sign."""
    return value[:1_000].encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _usable(address: str) -> bool:
    try:
        address.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return bool(_EMAIL.fullmatch(address))


def _moment(entry: Mapping[str, object]) -> datetime | None:
    seconds = entry.get("timestamp")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < _LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _load(public_key: str) -> EllipticCurvePublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    text = re.sub(r"-----[A-Z ]+-----|\s", "", public_key)
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey):
        raise UsageError(
            "NEWSLETTER_SENDGRID_WEBHOOK_KEY is not the public key of SendGrid's Event Webhook.",
            hint="Copy it from SendGrid: Settings, Mail Settings, Event Webhooks, Signature Verification.",
        )
    return key
