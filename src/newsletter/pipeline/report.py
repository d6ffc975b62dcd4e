"""The board's report: what was sent, what came back, how the list grew, and whom nothing reaches."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from newsletter.importing.safe_csv import harmless
from newsletter.models.approval import Approval
from newsletter.models.dates import LONDON, MONTHS, short_date
from newsletter.models.lists import ListHealth
from newsletter.models.report import Month, Part, Report, Sent, merged
from newsletter.models.sending_settings import ReportSettings

COLUMNS = (
    "issue", "title", "series", "audience", "started_at", "state", "recipients", "accepted", "reached", "bounced",
    "complained", "refused", "excluded", "uncertain", "waiting", "unsubscribed", "approvals",
)  # fmt: skip


class Reports(Protocol):
    """What is counted."""

    def sent(self, since: datetime, until: datetime, issue_path: str = "") -> dict[str, Sent]: ...
    def by_agency(self, campaign_ids: Sequence[str]) -> tuple[Part, ...]: ...
    def by_domain(self, campaign_ids: Sequence[str]) -> tuple[Part, ...]: ...
    def people(self) -> int: ...
    def months(self, since: date, until: date) -> tuple[Month, ...]: ...


class Approvals(Protocol):
    """What is asked of the approvals."""

    def list_for(self, edition_hash: str) -> tuple[Approval, ...]: ...


class Campaign(Protocol):
    """What is asked of a campaign."""

    @property
    def edition_hash(self) -> str: ...


class Ledger(Protocol):
    """What is asked of the ledger."""

    def campaign(self, campaign_id: str) -> Campaign: ...


class Subscribers(Protocol):
    """What is asked of the list."""

    def health(self, *, agencies: Sequence[str], areas: Sequence[str]) -> ListHealth: ...


class Store(Protocol):
    """The database, as the report sees it."""

    @property
    def reports(self) -> Reports: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def subscribers(self) -> Subscribers: ...


def make(store: Store, settings: ReportSettings, *, since: date, until: date, now: datetime, issue: str = "") -> Report:
    """The report of what was started from `since` to `until`, both days included; of one issue, whenever that was."""
    start = datetime.combine(since, time(0), LONDON)
    end = datetime.combine(until + timedelta(days=1), time(0), LONDON)
    sent = store.reports.sent(start, end, issue)
    keys = list(sent)
    health = store.subscribers.health(agencies=settings.agencies, areas=settings.areas)
    return Report(
        made_at=now,
        since=since,
        until=until,
        issue=issue,
        sent=tuple(_approved(store, key, one) for key, one in sent.items()),
        agencies=merged(store.reports.by_agency(keys)),
        domains=merged(store.reports.by_domain(keys)),
        months=() if issue else store.reports.months(since, until),
        people=store.reports.people(),
        reachable=sum(group.reachable for group in health.agencies),
        gaps=(*health.agency_gaps, *health.area_gaps),
    )


def _approved(store: Store, key: str, one: Sent) -> Sent:
    """With who approved it: their roles, not their names."""
    approvals = store.approvals.list_for(store.ledger.campaign(key).edition_hash)
    holding = [approval for approval in approvals if approval.holds]
    roles = tuple(dict.fromkeys(approval.role for approval in holding if approval.role))
    return one.model_copy(update={"approvals": len(holding), "approved_by": roles})


def as_csv(report: Report) -> str:
    """One line for each campaign, for a spreadsheet; text that it would run as a formula is made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in report.sent:
        values = [getattr(one, name) for name in COLUMNS]
        writer.writerow([harmless(value) if isinstance(value, str) else _cell(value) for value in values])
    return out.getvalue()


def _cell(value: Any) -> object:
    if isinstance(value, datetime):
        return value.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")
    return value


def as_text(report: Report) -> Iterator[str]:
    """Lines for a terminal, or an email to the board."""
    whole = report.totals
    yield f"{len(report.sent)} {'sending' if len(report.sent) == 1 else 'sendings'}: {_sum(whole)}"
    yield ""
    if report.sent:
        numbers = f"{'sent to':>8} {'reached':>8} {'failed':>7} {'spam':>5} {'left':>5}"
        yield f"{'Started':<17} {'Audience':<16} {numbers}  Title"
    for one in report.sent:
        day = short_date(one.day)
        yield (
            f"{day:<17} {one.audience[:16]:<16} {one.accepted + one.refused:>8,} {one.reached:>8,} {one.failed:>7,}"
            f" {one.complained:>5,} {one.unsubscribed:>5,}  {one.title}"
        )
    for title, parts in (("Agency", report.agencies), ("Mail domain", report.domains)):
        yield from _text_of(title, parts)
    if report.months:
        yield ""
        yield f"{'Month':<16} {'joined':>8} {'left':>8} {'on the list':>12}"
        for month in report.months:
            yield f"{month_name(month):<16} {month.joined:>8,} {month.left:>8,} {month.size:>12,}"
    yield ""
    yield f"On the list now: {report.people:,} people, of whom {report.reachable:,} can be reached."
    if report.gaps:
        yield f"Nobody is reached in: {', '.join(report.gaps)}"


def _text_of(title: str, parts: Sequence[Part]) -> Iterator[str]:
    if not parts:
        return
    width = max(len(title), 12, *(len(part.name) for part in parts))
    yield ""
    yield f"{title:<{width}} {'people':>8} {'messages':>9} {'failed':>7}"
    for part in parts:
        yield f"{part.name or '(not known)':<{width}} {part.people:>8,} {part.offered:>9,} {part.failed:>7,}"


def _sum(whole: dict[str, int]) -> str:
    """The sum that is printed everywhere, over all sendings."""
    return (
        f"{whole['recipients']:,} recipients, {whole['reached']:,} reached, {whole['bounced']:,} came back,"
        f" {whole['refused']:,} not taken, {whole['excluded']:,} excluded, {whole['uncertain']:,} uncertain,"
        f" {whole['unsubscribed']:,} unsubscribed"
    )


def month_name(month: Month) -> str:
    """November 2026"""
    return f"{MONTHS[month.first_day.month - 1]} {month.first_day.year}"
