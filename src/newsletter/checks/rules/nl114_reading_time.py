"""NL114: reading time against what the series promises."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.reading import count_words
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL114"
TITLE = "Longer than the series promises"
LEVEL = Level.FIX
AIM, LIMIT = 175, 238  # words a minute: the slower readers among adults, and the mean
THRESHOLD = f"Only for a series with reading_minutes: ADVICE above {AIM} words a minute, FIX above {LIMIT}."
WHY = "A five minute briefing that takes ten is not opened the next time."
SOURCE = "Brysbaert 2019: adults read non-fiction silently at 238 words a minute, most of them between 175 and 300"
EXAMPLE = "1,300 words in a series with reading_minutes = 5"
FIX = "Cut what readers need not do or know now, and link to the rest."


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for the issue, with its longest item."""
    minutes = subject.issue.series.reading_minutes
    if not minutes:
        return
    counts = {piece.file: sum(count_words(one.text) for one in piece.body) for piece in subject.pieces}
    words = subject.edition.words if subject.edition else sum(counts.values())
    aim, limit = minutes * AIM, minutes * LIMIT
    if words <= aim:
        return
    over = words > limit
    longest = max(counts, key=lambda file: counts[file])
    yield Finding(
        code=CODE,
        level=LEVEL if over else Level.ADVICE,
        file=subject.issue.origin.file,
        words=f"{words:,} words",
        message=f"{subject.issue.series.title} promises {minutes} minutes: {limit if over else aim:,} words "
        + ("for most readers." if over else "for those who read more slowly."),
        fix=f"Cut {words - (limit if over else aim):,} words or more;"
        f" the longest part is {longest} with {counts[longest]:,}.",
    )
