"""The dates of an issue as entries of a diary: its events, and those of their sessions that stand for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from newsletter.models.dates import When
from newsletter.models.issue import Issue, Item
from newsletter.models.items import EventItem
from newsletter.rendering.addresses import safe
from newsletter.rendering.blocks import block_for
from newsletter.rendering.context import Context
from newsletter.rendering.events import event_when, status
from newsletter.rendering.ics import Entry, Status
from newsletter.rendering.parts import ContactLine

STATUS: dict[str, Status] = {"hold-the-date": "TENTATIVE", "cancelled": "CANCELLED"}
UNDATED = ("to-be-announced", "on-demand")
SAID_BY_THE_ENTRY = ("when", "venue")  # rows that the description need not repeat


def dates_of(issue: Issue) -> tuple[str, ...]:
    """For each entry that the issue makes in a diary, the anchor of its item."""
    return tuple(item.slug for item in issue.items if item.event is not None for _ in _times(item.event))


def entries(context: Context) -> tuple[Entry, ...]:
    """Every date of the issue, in the order of its items. A date to be announced is none, and neither is a course that
    can be taken at any time."""
    found: list[Entry] = []
    for item in context.issue.items:
        if item.event is not None:
            found += _entries(item, item.event, context.of(item))
    return tuple(found)


def _entries(item: Item, front: EventItem, context: Context) -> Iterator[Entry]:
    prefix = f"{status(front, context.words())}: " if front.status in STATUS else ""
    description = "\n".join(_description(item, front, context))
    for part, title, when in _times(front):
        yield Entry(
            uid=_uid(item, context, part),
            summary=f"{prefix}{title}",
            when=when,
            status=STATUS.get(front.status, "CONFIRMED"),
            description=description,
            location=front.venue or front.online,
            url=_url(item, context),
            categories=front.tags,
            lang=front.lang,
        )


def _times(front: EventItem) -> list[tuple[str, str, When]]:
    """What becomes an entry: the part of the event it is ("" for the whole), its title, and when it is.

    A session is one if it has a time outside the event's own hours. Those within are parts of an entry that is there
    already, and stand in its description."""
    whole = event_when(front) if front.status not in UNDATED else None
    found = [("", front.title, whole)] if whole else []
    for number, session in enumerate(front.sessions, 1):
        if session.when.start is not None and not (whole and _within(session.when, whole)):
            found.append((f"session-{number}", f"{front.title}: {session.title}", session.when))
    return found


def _within(part: When, whole: When) -> bool:
    """Whether the part begins in the whole's hours, on its days."""
    if part.start is None or whole.start is None or not whole.day <= part.day <= part.final_day <= whole.final_day:
        return False
    if whole.end is None:
        return part.start == whole.start
    return whole.start <= part.start and (whole.end == time(0) or part.start < whole.end)  # midnight ends the day


def _uid(item: Item, context: Context, part: str) -> str:
    """The same whatever is written, since it comes from where the item stands. A UUID, as RFC 7986 section 5.3 asks."""
    site = context.publication.site.url
    place = f"{site}/{context.issue.path}#{item.slug}" + (f"/{part}" if part else "")
    return f"{uuid5(NAMESPACE_URL, place)}@{urlsplit(site).hostname}"


def _url(item: Item, context: Context) -> str:
    """Where to read more: the item in the web copy; where there is none, where to book."""
    if context.web_url:
        return f"{context.web_url}#{quote(item.slug, safe='-._~')}"
    booking = item.event.booking if item.event else None
    return safe(booking.url) if booking else ""


def _description(item: Item, front: EventItem, context: Context) -> Iterator[str]:
    """What a person needs when the diary reminds them: lines of plain words."""
    block = block_for(item, context)
    yield front.summary
    for row in block.details:
        if row.name not in SAID_BY_THE_ENTRY:
            yield f"{row.label}: {row.url.removeprefix('mailto:') or row.text}"
    if block.action and block.action.url:
        yield f"{block.action.title}: {block.action.url}"
    for session in block.sessions:
        yield f"{session.label}: {session.text}"
    _ = context.words()
    for contact in block.contacts:
        yield _("Ask: %(contact)s", contact=_contact(contact))
    source = f"{context.issue.series.title}: {context.issue.front.title}, {context.publication.partnership.name}"
    yield _("From %(source)s.", source=source) + (f" {_url(item, context)}" if context.web_url else "")


def _contact(contact: ContactLine) -> str:
    """ "Training team, training@example.org, 01632 960110 (Monday to Friday)"."""
    parts = [part for part in (contact.title, contact.name, contact.email, contact.phone) if part]
    return ", ".join(parts) + (f" ({contact.hours})" if contact.hours else "")
