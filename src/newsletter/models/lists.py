"""Lists of subscribers coming in and being counted: rows of an import, its plan, and the numbers people are shown.

Plain dataclasses with slots, since an import may hold hundreds of thousands of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A line left alone because the person left or the address is never mailed."""

    row: ImportRow
    reason: str  # "unsubscribed", "bounced", "complained", "erased"
    audiences: tuple[str, ...]  # those it will not bring back


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A line whose address stood further up already; the first one counts."""

    line: int
    first_line: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. A row may be both changed (a new audience) and suppressed (one it once left)."""

    source: str  # where the list comes from: "Training bookings, March 2026"
    basis: str  # why we may write to them: "consent", "public task" (UK GDPR article 6)
    default_audiences: tuple[str, ...]
    rows: Sequence[ImportRow]  # every usable line, each address once
    new: Sequence[ImportRow]
    changed: Sequence[ChangedRow]
    unchanged: int
    suppressed: Sequence[SkippedRow]
    invalid: Sequence[InvalidRow]
    duplicates: Sequence[DuplicateRow]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. The database was asked again, so it may differ from the plan that was shown."""

    import_id: int
    new: int
    changed: int
    unchanged: int
    suppressed: int


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
