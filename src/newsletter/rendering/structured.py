"""What search engines read from a web copy: the issue and its events in the words of schema.org (JSON-LD)."""

from __future__ import annotations

import json

from markupsafe import Markup

from newsletter.models.dates import When
from newsletter.models.items import EventItem
from newsletter.rendering.blocks import event_when
from newsletter.rendering.context import Context

Thing = dict[str, object]


def structured(context: Context, description: str, image: str = "") -> Markup:
    """The content of a `<script type="application/ld+json">`; safe to stand there, whatever a title says."""
    graph = [_article(context, description, image), *_events(context)]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, indent=1)
    for sign in "<>&\u2028\u2029":  # "</script>" must not end the element, nor "<!--" start a comment (HTML, 4.12.1.3)
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _article(context: Context, description: str, image: str) -> Thing:
    front, partnership = context.issue.front, context.publication.partnership
    publisher = {"@type": "Organization", "name": partnership.name, "url": partnership.website}
    number: Thing = {
        "@type": "PublicationIssue",
        "name": front.title,
        "datePublished": front.date.isoformat(),
        "issueNumber": front.number,
        "isPartOf": {"@type": "Periodical", "name": context.issue.series.title, "publisher": publisher},
    }
    return _present(
        {
            "@type": "NewsArticle",
            "@id": context.web_url,
            "url": context.web_url,
            "mainEntityOfPage": context.web_url,
            "headline": front.title,
            "description": description,
            "datePublished": front.date.isoformat(),
            "inLanguage": context.issue.lang,
            "image": image,
            "publisher": publisher,
            "isPartOf": _present(number),
        }
    )


def _events(context: Context) -> list[Thing]:
    """Events with a date. Those without one are no events to a calendar."""
    found = []
    for item in context.issue.items:
        front = item.event
        if front is not None and (when := event_when(front)) is not None:
            found.append(_event(front, when, f"{context.web_url}#{item.slug}", context))
    return found


def _event(front: EventItem, when: When, url: str, context: Context) -> Thing:
    place: Thing = {"@type": "Place", "name": front.venue, "address": front.venue} if front.venue else {}
    room: Thing = {"@type": "VirtualLocation", "url": front.online} if front.online.startswith("http") else {}
    mode = {(True, True): "Mixed", (False, True): "Online"}.get((bool(place), bool(front.online)), "Offline")
    status = "EventCancelled" if front.status == "cancelled" else "EventScheduled"
    starts, ends = when.starts_at, when.ends_at
    return _present(
        {
            "@type": "Event",
            "@id": url,
            "url": url,
            "name": front.title,
            "description": front.summary,
            "startDate": starts.isoformat() if starts else when.day.isoformat(),
            "endDate": ends.isoformat() if ends else when.final_day.isoformat(),
            "eventStatus": f"https://schema.org/{status}",
            "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
            "location": [part for part in (place, room) if part],
            "organizer": {"@type": "Organization", "name": front.host or context.publication.partnership.name},
        }
    )


def _present(values: dict[str, object]) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
