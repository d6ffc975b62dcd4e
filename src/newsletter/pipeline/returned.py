"""Reads a mailbox of returned messages and folds what they say into the deliveries and the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from newsletter.delivery.bounces import Reading, Sort, read
from newsletter.models.events import Effect, EventKind, ProviderEvent

AT_ONCE = 200  # events in one transaction, so that the public service need not wait long

Leave = Callable[[str], bool | None]  # a token -> whether somebody left, had left already; None: it is none of ours


class Events(Protocol):
    """What this asks of the store."""

    def record(self, events: Sequence[ProviderEvent], *, now: datetime, really: bool) -> Sequence[Effect]: ...


@dataclass(frozen=True)
class Told:
    """One event that was not known before, for people: masked address, the server's words."""

    kind: EventKind
    address: str
    reason: str
    settled: bool


@dataclass
class Summary:
    """What stood in the mailbox, and what it changed."""

    messages: int = 0
    told: list[Told] = field(default_factory=list)
    known: int = 0  # told already: the same file twice changes nothing
    strange: int = 0  # of no message of ours
    left: int = 0  # unsubscribed by a mailto link
    had_left: int = 0
    sorts: Counter[Sort] = field(default_factory=Counter)

    def of(self, kind: EventKind) -> list[Told]:
        """What was told of this kind."""
        return [told for told in self.told if told.kind is kind]

    @property
    def settled(self) -> int:
        """How many were in doubt before."""
        return sum(told.settled for told in self.told)


def fold(messages: Iterable[bytes], events: Events, leave: Leave, *, now: datetime, really: bool) -> Summary:
    """Every message is read; not `really`: only says what they would change."""
    summary, waiting = Summary(), list[ProviderEvent]()
    for raw in messages:
        reading = read(raw, now)
        summary.messages += 1
        summary.sorts[_leaving(reading, leave, summary)] += 1
        waiting += reading.events
        if len(waiting) >= AT_ONCE:
            _record(waiting, events, summary, now, really)
            waiting = []
    _record(waiting, events, summary, now, really)
    return summary


def _leaving(reading: Reading, leave: Leave, summary: Summary) -> Sort:
    """Does what a request to leave asks for. One that no key reads any more is for a person."""
    if reading.sort is not Sort.UNSUBSCRIBE:
        return reading.sort
    left = leave(reading.token)
    if left is None:
        return Sort.OTHER
    summary.left += left
    summary.had_left += not left
    return Sort.UNSUBSCRIBE


def _record(told: Sequence[ProviderEvent], events: Events, summary: Summary, now: datetime, really: bool) -> None:
    if not told:
        return
    for event, effect in zip(told, events.record(told, now=now, really=really), strict=True):
        if not effect.known:
            summary.strange += 1
        elif not effect.new:
            summary.known += 1
        else:
            summary.told.append(Told(effect.kind, effect.address, event.reason, effect.settled))
