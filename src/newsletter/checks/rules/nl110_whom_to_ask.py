"""NL110: people are asked to do something and not told whom to ask; nobody is told whom to ring when worried."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.contacts import has_address
from newsletter.checks.subject import Subject
from newsletter.checks.text import Piece
from newsletter.models.finding import Finding, Level
from newsletter.models.items import Notice, Service

CODE = "NL110"
TITLE = "Nobody to ask"
LEVEL = Level.FIX
THRESHOLD = (
    "Items with act_now or a deadline, notices and services, when neither they nor the issue name a contact; "
    "issues without a [[worried]] block."
)
WHY = (
    "A change of practice raises questions, and a reader who is worried about a child must find the number in "
    "every issue."
)
SOURCE = "Working Together to Safeguard Children: everyone should know whom to contact"
EXAMPLE = "A notice that says what to do and gives no contact, email address or phone number"
FIX = "Add contact: with a name from [contacts] in newsletter.toml, or a role with an email address or phone number."


def check(subject: Subject) -> Iterator[Finding]:
    """Items without a contact, then the missing block."""
    if not subject.issue.front.contact:
        for piece in subject.pieces:
            if piece.item is not None and _asks(piece) and not _reachable(piece):
                yield Finding(
                    code=CODE,
                    level=LEVEL,
                    **piece.spot("title"),
                    words=piece.item.front.title[:90],
                    message="This asks readers to do something and does not say whom to ask.",
                    fix=FIX,
                )
    if not subject.publication.worried:
        yield Finding(
            code=CODE,
            level=LEVEL,
            file="newsletter.toml",
            words="[[worried]]",
            message="No issue says whom to ring when somebody is worried about a child or an adult.",
            fix='Add [[worried]] with title = "Worried about a child?" and the phone number.',
        )


def _asks(piece: Piece) -> bool:
    front = piece.front
    return isinstance(front, Notice | Service) or bool(
        getattr(front, "act_now", False) or getattr(front, "deadline", None)
    )


def _reachable(piece: Piece) -> bool:
    """A contact, an address in the words, or a link to follow: a survey or a booking page answers for itself."""
    if piece.addresses or piece.links or getattr(piece.front, "contact", ()):
        return True
    return any(has_address(passage.text) for passage in piece.passages)
