"""The list of past issues: what it says of each, newest first, year by year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from newsletter.models.edition import Edition
from newsletter.models.issue import Issue


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    place: str  # below the archive's root: "issues/2026-11-winter"
    title: str
    date: date
    number: int | None
    series: str  # its title
    summary: str  # one line
    topics: tuple[str, ...]
    lang: str
    minutes: float

    @property
    def href(self) -> str:
        """Its page, below the archive's root. The file is named, so that the archive also works from a disk."""
        return f"{self.place}/index.html"


Neighbours = tuple[Listed | None, Listed | None]
"""The issues before and after one."""


@dataclass(frozen=True)
class Year:
    """The issues of one year."""

    year: int
    issues: tuple[Listed, ...]


def listed(pairs: Iterable[tuple[Issue, Edition]]) -> tuple[Listed, ...]:
    """The issues, newest first."""
    lines = [
        Listed(
            place=f"{issue.series.folder}/{issue.slug}",
            title=issue.front.title,
            date=issue.front.date,
            number=issue.front.number,
            series=issue.series.title,
            summary=summary_of(issue),
            topics=tuple(dict.fromkeys(tag for item in issue.items for tag in item.front.tags)),
            lang=issue.lang,
            minutes=edition.minutes,
        )
        for issue, edition in pairs
    ]
    return tuple(sorted(lines, key=lambda line: (line.date, line.place), reverse=True))


def neighbours(issues: Sequence[Listed]) -> dict[str, Neighbours]:
    """For each listed issue, by its place: the one before and the one after it in its own series."""
    series: dict[str, list[Listed]] = {}
    for issue in issues:
        series.setdefault(issue.series, []).append(issue)
    return {
        issue.place: (older, newer)
        for line in series.values()
        for issue, older, newer in zip(line, [*line[1:], None], [None, *line[:-1]], strict=True)
    }


def summary_of(issue: Issue) -> str:
    """One line on an issue: its preheader, its strapline, or what its first items are about."""
    front = issue.front
    first = next((item.front.summary for item in issue.items if item.front.summary), "")
    return front.preheader or front.strapline or first


def by_year(issues: Sequence[Listed]) -> tuple[Year, ...]:
    """The list in years, newest first."""
    return tuple(Year(year, tuple(group)) for year, group in groupby(issues, key=lambda issue: issue.date.year))
