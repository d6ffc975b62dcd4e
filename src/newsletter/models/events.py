"""Events: what a mail service tells us after it accepted a message, and what each of them changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.models.base import Model

LONGEST_REASON = 300  # characters kept of a service's words
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']+@[^\s<>()\[\]:;,\"']+")


class EventKind(StrEnum):
    """What a mail service says of one message, or of one address."""

    ACCEPTED = "accepted"  # it has the message and is working on it
    DELIVERED = "delivered"
    BLOCKED = "blocked"  # this message came back; the next one may arrive
    BOUNCED = "bounced"  # it came back, and so would the next one: the address is no good
    COMPLAINED = "complained"  # the reader called it spam
    UNSUBSCRIBED = "unsubscribed"  # at the mail service: from everything
    RESUBSCRIBED = "resubscribed"  # took that back there


class ProviderEvent(Model):
    """One thing that happened to a message, or to an address."""

    kind: EventKind
    at: datetime  # when it happened; aware
    source: str  # who says so: "SendGrid", "a returned message"
    delivery_id: str = ""  # 32 hex digits; "" when it is told of an address alone
    addresses: tuple[str, ...] = ()  # those it is told of
    reason: str = ""  # in the words of the service; may name an address
    event_id: str = ""  # the service's own name for it
    signed: bool = True  # False: anybody could have written it, so it counts only for the delivery that it names


@dataclass(frozen=True, slots=True)
class Effect:
    """What one event changed."""

    kind: EventKind  # as it was understood: a bounce of a forwarded copy is only "blocked"
    new: bool  # False: it was known already
    known: bool  # False: it names no delivery of ours
    settled: bool = False  # the recipient had been in doubt, and is not any more
    suppressed: bool = False  # the address is never mailed again because of it
    address: str = ""  # masked; "" when the person was erased or is not on the list


def words(text: str) -> str:
    """A service's words as they are kept: no address, no control sign, not too long."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = re.sub(r"[\x00-\x20\x7f-\x9f]+", " ", text).strip()
    return _ADDRESS.sub("(address)", text)[:LONGEST_REASON]
