"""Takes over from a mail service whom it does not send to any more: bounced, complained, left there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from newsletter.delivery.transport import Dsn
from newsletter.errors import UsageError
from newsletter.models.events import Effect, EventKind, ProviderEvent


class Events(Protocol):
    """What this asks of the store."""

    def record_listed(self, events: Iterable[ProviderEvent], *, now: datetime) -> Iterator[Effect]: ...


@dataclass
class Synced:
    """How many addresses the service's lists hold, and how many of them are never mailed from now on."""

    listed: Counter[EventKind] = field(default_factory=Counter)
    new: Counter[EventKind] = field(default_factory=Counter)


def sync(dsn: Dsn, group: int | None, events: Events, now: datetime) -> Synced:
    """Reads the lists, and suppresses whoever is not suppressed yet. Nobody is ever brought back by this.

    A block is counted and nothing more: SendGrid itself goes on sending to that address.

    Raises:
        UsageError: the transport keeps no lists. TransportUnavailable: they cannot be read.
    """
    if dsn.scheme != "sendgrid":
        raise UsageError(
            f"The transport {dsn.scheme} keeps no lists of its own.",
            hint="SendGrid does: set NEWSLETTER_TRANSPORT, or add --transport sendgrid://:KEY@default",
        )
    from newsletter.delivery.transports.sendgrid import suppressed

    synced = Synced()

    def counted() -> Iterator[ProviderEvent]:
        for event in suppressed(dsn, group=group, now=now):
            synced.listed[event.kind] += 1
            if event.kind is not EventKind.BLOCKED:
                yield event

    for effect in events.record_listed(counted(), now=now):
        synced.new[effect.kind] += effect.suppressed
    return synced
