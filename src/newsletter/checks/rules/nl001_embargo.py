"""NL001: what must not be known yet."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.subject import Subject
from newsletter.models.dates import print_moment
from newsletter.models.finding import Finding, Level

CODE = "NL001"
TITLE = "An embargo that has not passed"
LEVEL = Level.STOP
THRESHOLD = "Now is before embargo_until of the issue or of one of its items."
WHY = "A review is published on one day by all; families and staff are told first, and a trial may depend on it."
SOURCE = (
    "Working Together to Safeguard Children, publication of reviews; CPS protocol on criminal proceedings and reviews"
)
EXAMPLE = "embargo_until: 26 November 2026 10am, sent on 25 November"
FIX = "Send after that moment, or take the item out of this issue."


def check(subject: Subject) -> Iterator[Finding]:
    """The issue's embargo and those of its items."""
    for piece in subject.pieces:
        moment = piece.front.embargo_until
        if moment is not None and subject.now < moment:
            what = "This item" if piece.item else "This issue"
            yield Finding(
                code=CODE,
                level=LEVEL,
                **piece.spot("embargo_until"),
                words=print_moment(moment),
                message=f"{what} must not be sent before {print_moment(moment)}.",
                fix=FIX if piece.item else "Send after that moment.",
            )
