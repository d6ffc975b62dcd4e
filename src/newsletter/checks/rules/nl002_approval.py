"""NL002: somebody has agreed to exactly this edition."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.places import whole
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL002"
TITLE = "Not approved, or changed since"
LEVEL = Level.STOP
THRESHOLD = (
    "As many approvals of this edition as [approval] in newsletter.toml asks for, when a campaign is about to be sent."
)
WHY = "What leaves must be what people agreed to: a change after an approval is where mistakes slip in."
SOURCE = "The partnership's own rules, [approval] in newsletter.toml"
EXAMPLE = "A comma changed after the chair approved"
FIX = "Record an approval of this edition: newsletter approve."


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for everything it has too little of; nothing where that was not asked."""
    if subject.approvals_lacking:
        yield Finding(
            code=CODE,
            level=LEVEL,
            **whole(subject.issue.origin.file),
            message=f"This edition has {' and '.join(subject.approvals_lacking)}.",
            fix=FIX,
        )
