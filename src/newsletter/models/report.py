"""Numbers for the board: what was sent, what came back, how the list grew. No person is in it, and no address.

Nobody's opening or clicking is known, for it is not tracked.
"""

from __future__ import annotations

from datetime import date, datetime

from newsletter.models.base import Model
from newsletter.models.dates import LONDON

SMALLEST = 5  # groups of fewer people are put together, so that nobody can be told from a number
AFTER = 14  # days after an issue within which leaving is counted with it


class Sent(Model):
    """One campaign."""

    issue: str  # "issues/2026-11-winter"
    title: str
    series: str
    audience: str
    started_at: datetime
    state: str
    recipients: int  # when it was frozen
    accepted: int  # the mail service took it
    bounced: int  # of these, came back
    complained: int  # of these, called it spam
    refused: int  # the mail service would not take it
    excluded: int
    uncertain: int
    waiting: int  # pending, or failed for a time
    unsubscribed: int  # of those who got it: left this audience within `AFTER` days
    approvals: int = 0  # people who approved what was sent
    approved_by: tuple[str, ...] = ()  # their roles

    @property
    def day(self) -> date:
        """The day in the UK on which it was started."""
        return self.started_at.astimezone(LONDON).date()

    @property
    def reached(self) -> int:
        """Messages that were taken and did not come back."""
        return self.accepted - self.bounced

    @property
    def failed(self) -> int:
        """Messages that came back or were not taken."""
        return self.bounced + self.refused

    @property
    def bounce_rate(self) -> float:
        """Of all that were offered, the part that came back or was not taken; 0 to 1."""
        offered = self.accepted + self.refused
        return self.failed / offered if offered else 0.0


class Part(Model):
    """Messages to one agency, or to one mail domain."""

    name: str  # "" for those of whom it is not known
    people: int  # different people
    offered: int  # messages that the mail service was offered
    failed: int  # of these, came back or were not taken


class Month(Model):
    """The list in one month."""

    first_day: date
    joined: int
    left: int
    size: int  # people who get something, at its end


class Report(Model):
    """Everything that is reported."""

    made_at: datetime
    since: date
    until: date  # this day included
    issue: str = ""  # only this issue; "" for all
    sent: tuple[Sent, ...]  # oldest first
    agencies: tuple[Part, ...]
    domains: tuple[Part, ...]
    months: tuple[Month, ...]  # oldest first; none in the report of one issue
    people: int = 0  # who get something now
    reachable: int = 0  # of these, not suppressed
    gaps: tuple[str, ...] = ()  # agencies and areas that ought to be reached, and nobody is

    @property
    def totals(self) -> dict[str, int]:
        """Sums over what was sent."""
        names = ("recipients", "accepted", "reached", "bounced", "complained", "refused", "excluded", "uncertain")
        return {name: sum(getattr(one, name) for one in self.sent) for name in (*names, "unsubscribed")}


def merged(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The largest first; groups of fewer than `SMALLEST` people together at the end, under "Smaller groups"."""
    large = [part for part in parts if part.people >= SMALLEST]
    small = [part for part in parts if part.people < SMALLEST]
    large.sort(key=lambda part: (part.name == "", -part.people, part.name.casefold()))
    if not small:
        return tuple(large)
    sums = {name: sum(getattr(part, name) for part in small) for name in ("people", "offered", "failed")}
    return (*large, Part(name="Smaller groups", **sums))
