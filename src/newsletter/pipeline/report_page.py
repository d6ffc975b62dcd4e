"""The report as one HTML file that needs nothing else: words, tables, and plots as inline SVG in the house style.

Every plot stands beside the table that says the same, so nobody depends on seeing it, and no colour says anything that
no word does. Text is never inside a picture, so it keeps its size on a phone and in whatever a reader has set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsletter.models.publication import Publication
from newsletter.models.report import AFTER, SMALLEST, Month, Part, Report, Sent
from newsletter.pipeline.report import month_name

TEMPLATE = "report/page.html"
_SMALL, _LARGE = 0.05, 0.25  # parts that fill a bar at least, so that a handful does not look like everybody


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart. `first` and `second`: parts of the whole width, 0 to 100."""

    label: str
    first: float
    second: float
    words: str


@dataclass(frozen=True)
class Line:
    """A line over months, in a box of 100 by 100 whose origin is at the top left."""

    points: str  # for <polyline>
    top: int  # what the upper edge stands for; the lower edge is 0
    first: str
    last: str
    words: str  # what it shows, in a sentence


def page(report: Report, publication: Publication, render: Callable[..., str]) -> str:
    """The file's text.

    Raises:
        TemplateError: a template is wrong.
    """
    return render(
        TEMPLATE,
        report=report,
        publication=publication,
        months=[(month_name(month), month) for month in report.months],
        sendings=_sendings(report.sent),
        leaving=_leaving(report.sent),
        agencies=_parts(report.agencies),
        line=growth(report.months),
        smallest=SMALLEST,
        after=AFTER,
    )


def _sendings(sent: Sequence[Sent]) -> list[Bar]:
    """Reached, and not reached, of what was sent."""
    most = max((one.reached + one.failed for one in sent), default=0) or 1
    return [
        Bar(
            label=f"{one.title} ({one.audience})",
            first=_share(one.reached, most),
            second=_share(one.failed, most),
            words=f"{one.reached:,} reached" + (f", {one.failed:,} not" if one.failed else ""),
        )
        for one in sent
    ]


def _leaving(sent: Sequence[Sent]) -> list[Bar]:
    """Who left after each of them."""
    if not any(one.unsubscribed for one in sent):
        return []
    most = max(*(one.unsubscribed for one in sent), *(_SMALL * one.recipients for one in sent))
    return [
        Bar(f"{one.title} ({one.audience})", 0.0, _share(one.unsubscribed, most), f"{one.unsubscribed:,} left")
        for one in sent
    ]


def _parts(parts: Sequence[Part]) -> list[Bar]:
    """How much of what was sent to each agency failed."""
    if not any(part.failed for part in parts):
        return []
    most = max(_LARGE, *(part.failed / part.offered for part in parts if part.offered))
    return [
        Bar(
            label=part.name or "Not known",
            first=0.0,
            second=_share(part.failed / part.offered, most),
            words=f"{part.failed:,} of {part.offered:,} ({100 * part.failed / part.offered:.1f}%)",
        )
        for part in parts
        if part.failed
    ]


def _share(part: float, most: float) -> float:
    return round(100 * part / most, 2)


def growth(months: Sequence[Month]) -> Line | None:
    """The size of the list; None if there is too little of it to draw."""
    if len(months) < 2 or not any(month.size for month in months):
        return None
    top = _round_up(max(month.size for month in months))
    step = 100 / (len(months) - 1)
    points = " ".join(f"{place * step:.2f},{100 - 100 * month.size / top:.2f}" for place, month in enumerate(months))
    first, last = months[0], months[-1]
    words = (
        f"The list had {first.size:,} people at the end of {month_name(first)}"
        f" and {last.size:,} at the end of {month_name(last)}."
    )
    return Line(points, top, month_name(first), month_name(last), words)


def _round_up(number: int) -> int:
    """To a number that people read easily."""
    unit = 10 ** max(0, len(str(number)) - 1)
    steps = (step * unit for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10))
    return next(int(step) for step in steps if step >= number and step == int(step))
