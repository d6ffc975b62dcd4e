"""NL301: the size of the email's HTML."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.reading import count_words
from newsletter.checks.subject import Subject
from newsletter.models.edition import MERGE_TAGS
from newsletter.models.finding import Finding, Level

CODE = "NL301"
TITLE = "The email is large"
LEVEL = Level.FIX
ADVICE, LIMIT = 80_000, 100_000  # bytes, personalised
THRESHOLD = f"ADVICE above {ADVICE:,} bytes, FIX above {LIMIT:,}, with personal links filled in."
WHY = "Gmail cuts a message off at 102,400 bytes, and the unsubscribe link with it."
SOURCE = "Measured by senders: Gmail clips between 102 and 105 KB"
EXAMPLE = "A newsletter of 14 long items"
FIX = "Shorten the longest items and link to the rest, or send two issues."

_PERSONAL = 75  # bytes of a signed link, at most


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for the issue."""
    html = subject.rendition("email")
    if html is None:
        return
    size = len(html.encode()) + sum(html.count(tag) * (_PERSONAL - len(tag)) for tag in MERGE_TAGS.values())
    if size <= ADVICE:
        return
    counts = {piece.file: sum(count_words(passage.text) for passage in piece.body) for piece in subject.pieces}
    longest = max(counts, key=lambda file: counts[file])
    yield Finding(
        code=CODE,
        level=LEVEL if size > LIMIT else Level.ADVICE,
        file=subject.issue.origin.file,
        words=f"{size:,} bytes",
        message="Gmail cuts this message off, and hides the unsubscribe link."
        if size > LIMIT
        else "Gmail cuts messages off at 102,400 bytes.",
        fix=f"{FIX} The longest is {longest} with {counts[longest]:,} words.",
    )
