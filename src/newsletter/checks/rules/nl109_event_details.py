"""NL109: events that do not say when, where or how to book."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.subject import Subject
from newsletter.checks.text import Piece
from newsletter.models.finding import Finding, Level
from newsletter.models.items import EventItem

CODE = "NL109"
TITLE = "An event without time, venue or booking"
LEVEL = Level.ADVICE
THRESHOLD = "Confirmed events only: hold-the-date, to-be-announced, on-demand and cancelled ones need none of them."
WHY = "Readers who cannot see at once when and where it is and how to book do not come."
SOURCE = "Seen in real newsletters: no venue and no year on any event, no start time on two"
EXAMPLE = "An event with when: 12 November 2026 and nothing else"
FIX = "Add when with times, venue or online, and booking. If they are not known yet, write status: hold-the-date."

_IN_WORDS = re.compile(
    r"(?i:no need to book|no booking|drop[- ]in|just turn up|just come|booking is not needed|to book"
    r"|book(?:ing)? (?:a place|your place|by|via|through|with)|invitation only|by invitation)"
)
_CLOCK = re.compile(r"(?i:\b\d{1,2}(?:[.:]\d{2})?\s*(?:am|pm)\b|\bmidday\b|\bnoon\b|\b\d{2}[:.]\d{2}\b|\ball day\b)")
_ONLINE = re.compile(r"(?i:\bteams\b|\bzoom\b|\bonline\b|\bwebinar\b|\bvirtual\b|\bvenue\b)")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each event, naming all that is missing."""
    for piece in subject.pieces:
        event = piece.front
        if isinstance(event, EventItem) and event.status == "confirmed" and (missing := _missing(piece, event)):
            yield Finding(
                code=CODE,
                level=LEVEL,
                **piece.spot("when"),
                words=event.title[:90],
                message=f"This event does not say {_and(missing)}.",
                fix=FIX,
            )


def _missing(piece: Piece, event: EventItem) -> list[str]:
    body = "\n".join(passage.text for passage in piece.body)
    timed = (
        event.sessions
        or (event.when and (event.when.start or event.when.last_day))
        or event.ends
        or _CLOCK.search(body)
    )
    placed = event.venue or event.online or _ONLINE.search(f"{event.delivery} {event.title} {body}")
    booked = event.booking or piece.links or piece.addresses or _IN_WORDS.search(body)
    wanted = ((timed, "what time it starts"), (placed, "where it is"), (booked, "how to book"))
    return [what for found, what in wanted if not found]


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"
