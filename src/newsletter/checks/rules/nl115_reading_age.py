"""NL115: how old a reader must be to read an issue with ease."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.reading import age_of
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL115"
TITLE = "Hard to read"
LEVEL = Level.ADVICE
HARD = 18.0  # years
THRESHOLD = (
    f"Reading age above {HARD:g} for the whole issue. The aim is 9 to 11; newsletters of this kind often measure "
    "16 to 18."
)
WHY = "Plain words are read faster by everybody, specialists too, and by tired people at night."
SOURCE = "GOV.UK content design, reading age 9; Flesch-Kincaid grade (Kincaid and others 1975)"
EXAMPLE = "An issue with a reading age of 20"
FIX = "Use shorter sentences and everyday words: help for assistance, use for utilise, before for prior to."


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for the issue, naming its hardest item."""
    age = age_of(subject.pieces)
    if age is None or age <= HARD:
        return
    ages = {piece.file: found for piece in subject.pieces if (found := age_of((piece,))) is not None}
    hardest = max(ages, key=lambda file: ages[file], default="")
    yield Finding(
        code=CODE,
        level=LEVEL,
        file=hardest or subject.issue.origin.file,
        words=f"reading age {age:.0f}",
        message="The issue is hard to read." + (" This is its hardest part." if hardest else ""),
        fix=FIX,
    )
