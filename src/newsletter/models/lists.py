"""Lists of subscribers coming in and being counted: rows of an import, its plan, and the numbers people are shown.

Plain dataclasses with slots, since an import may hold a million rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why we may write to somebody, where that came from, and when they last said so."""

    basis: str = ""
    source: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of a list. Empty text and None mean "not said": they never erase what is known."""

    line: int  # 1-based, of the file
    email: str
    name: str = ""
    agency: str = ""
    area: str = ""
    audiences: tuple[str, ...] = ()  # empty: the default ones of the import
    shared: bool | None = None
    language: str = ""
    evidence: tuple[Evidence, ...] = ()  # none, one that holds for every audience, or one for each of `audiences`
    left: str = ""  # "unsubscribed", "bounced", "complained": the list says that they are not to be mailed

    def evidence_for(self, audience: str) -> Evidence:
        """What this row says of one audience."""
        if len(self.evidence) > 1 and audience in self.audiences:
            return self.evidence[self.audiences.index(audience)]
        return self.evidence[0] if self.evidence else Evidence()


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A line that cannot be used, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A subscriber who is known already, and what the import would change."""

    row: ImportRow
    subscriber_id: int
    fields: Mapping[str, tuple[object, object]]  # field -> (now, then)
    audiences: tuple[str, ...]  # audiences added
    confirmed: Mapping[str, tuple[datetime | None, datetime]]  # audience -> (last confirmed, confirmed since)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A line left alone because the person left or the address is never mailed."""

    row: ImportRow
    reason: str  # "unsubscribed", "bounced", "complained", "erased"
    audiences: tuple[str, ...]  # those it will not bring back


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A line whose address stood further up already: the first one counts, with the audiences of all of them."""

    line: int
    first_line: int


@dataclass(frozen=True, slots=True)
class LeavingRow:
    """A line of somebody who left another list, or whose address failed there: never to be mailed by us either."""

    row: ImportRow
    scopes: tuple[str, ...]  # audiences, or "*" for every one
    subscriber_id: int | None  # of those who are on the list
    ending: tuple[str, ...]  # audiences they get now and will not any more


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. A row may be both changed (a new audience) and suppressed (one it once left).

    The sequences may be far longer than memory: they are read from disk as they are gone through."""

    source: str  # where the list comes from: "Training bookings, March 2026"
    basis: str  # why we may write to them: "consent", "public task" (UK GDPR article 6)
    default_audiences: tuple[str, ...]
    rows: Iterable[ImportRow]  # every usable line, each address once; can be gone through again
    total: int  # of these
    new: Sequence[ImportRow]
    changed: Sequence[ChangedRow]
    unchanged: int
    suppressed: Sequence[SkippedRow]
    leaving: Sequence[LeavingRow]
    invalid: Sequence[InvalidRow]
    duplicates: Sequence[DuplicateRow]
    roles: Sequence[ImportRow]  # addresses of a team rather than a person, not marked as shared; they are kept
    without_basis: int  # new subscriptions for which no basis would be recorded


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. The database was asked again, so it may differ from the plan that was shown."""

    import_id: int
    new: int
    changed: int
    unchanged: int
    suppressed: int
    leaving: int


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Something of an import that is not taken back, since somebody changed it afterwards."""

    email: str
    reason: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking the last import back would do, or did."""

    import_id: int
    source: str
    at: datetime
    removed: int  # people who were new with it
    restored: int  # people who were on the list before, and are now as they were
    lifted: int  # suppressions that it brought
    left_alone: Sequence[LeftAlone]


@dataclass(frozen=True, slots=True)
class GroupHealth:
    """The people of one agency or area. `name` is "" for those of whom it is not known."""

    name: str
    people: int
    reachable: int  # get something and are not suppressed
    shared: int
    bounced: int
    complained: int
    unsubscribed: int  # from everything
    audiences: Mapping[str, int]  # audience -> reachable people


@dataclass(frozen=True, slots=True)
class ListHealth:
    """How the list does, for the board's report."""

    agencies: Sequence[GroupHealth]
    areas: Sequence[GroupHealth]
    agency_gaps: Sequence[str]  # named in newsletter.toml, and nobody there can be reached
    area_gaps: Sequence[str]


@dataclass(frozen=True, slots=True)
class InPost:
    """Somebody to ask after: are they still in post?"""

    email: str
    name: str
    agency: str
    area: str
    audiences: tuple[str, ...]
    last: datetime  # when they were last confirmed, or else came on the list


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """One audience in numbers."""

    audience: str
    subscribed: int  # active subscriptions: what a campaign would freeze
    suppressed: int  # of these, addresses that are never mailed: a campaign excludes them
    left: int  # ended subscriptions


@dataclass(frozen=True, slots=True)
class ListCount:
    """The whole list in numbers."""

    subscribers: int
    suppressions: int  # addresses that are never mailed, in any audience
    audiences: Sequence[AudienceCount]
