"""What the print templates see: the web copy's items with their words set for paper, and pictures held in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup

from newsletter.models.issue import Issue
from newsletter.rendering.context import Context, Placement
from newsletter.rendering.outline import Entry
from newsletter.rendering.print_html import Spelt, print_body
from newsletter.rendering.print_pdf import Part
from newsletter.rendering.web_html import web_body
from newsletter.rendering.web_view import WebItem, web_item

SHORT = 6  # lines of contents that stand in one column


def paper(context: Context) -> Context:
    """The context for paper: pictures and files by absolute addresses; by names in memory where nothing is hosted."""
    placements = {path: _on_paper(place) for path, place in context.placements.items()}
    return context.model_copy(
        update={"placements": placements, "logo": _on_paper(context.logo) if context.logo else None}
    )


def _on_paper(place: Placement) -> Placement:
    address = f"asset:{quote(place.published)}" if place.content_id else place.email_url
    return place.model_copy(update={"web_url": address})


def parts(context: Context) -> dict[str, Part]:
    """Every picture that a page may show, by the address `paper` gave it."""
    places = [*context.placements.values(), *([context.logo] if context.logo else [])]
    return {place.web_url: Part(place.asset.media_type, place.asset.data) for place in places if place.width}


def items(context: Context, spelt: Spelt) -> list[WebItem]:
    """The issue's items in order."""
    return [
        item.model_copy(update={"body": print_body(item.body, spelt)})
        for item in (web_item(placed, context) for placed in context.outline.placed)
    ]


def opening(context: Context, spelt: Spelt) -> Markup:
    """The issue's opening."""
    return Markup(print_body(web_body(context.issue.body.html, context, level=2), spelt))  # noqa: S704 - cleaned


def columns(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """The contents in two columns of about the same height; in one while they are short."""
    lines = [_lines(entry) for entry in entries]
    if sum(lines) <= SHORT:
        return [tuple(entries)] if entries else []
    cut = min(range(1, len(entries) + 1), key=lambda place: (max(sum(lines[:place]), sum(lines[place:])), place))
    return [column for column in (tuple(entries[:cut]), tuple(entries[cut:])) if column]


def _lines(entry: Entry) -> int:
    return 1 + sum(_lines(child) for child in entry.children)


def embargo(issue: Issue, now: datetime | None) -> datetime | None:
    """The latest embargo that still stands at `now`; every one stands when the moment is not known."""
    moments = [issue.front.embargo_until, *(item.front.embargo_until for item in issue.items)]
    return max((moment for moment in moments if moment and (now is None or moment > now)), default=None)
