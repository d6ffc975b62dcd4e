"""NL004: a list that has grown or shrunk at once."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL004"
TITLE = "The audience has changed much"
LEVEL = Level.FIX
MOST = 0.10
THRESHOLD = f"More than {MOST:.0%} more or fewer recipients than this series' last campaign to this audience."
WHY = "A list that jumps was mostly imported wrongly, or is another list."
SOURCE = "ICO guidance on sending bulk email"
EXAMPLE = "2,400 recipients, 1,840 the last time"
FIX = "Look at what was imported or removed since; if it is right, silence NL004 in issue.md and say why."


def check(subject: Subject) -> Iterator[Finding]:
    """One finding, when both sizes are known."""
    size, previous = subject.audience_size, subject.previous_size
    if size is None or not previous or abs(size - previous) <= MOST * previous:
        return
    change = abs(size - previous) / previous
    direction = "more" if size > previous else "fewer"
    yield Finding(
        code=CODE,
        level=LEVEL,
        **subject.opening.spot("audiences"),
        words=f"{size:,} recipients",
        message=f"That is {change:.0%} {direction} than the {previous:,} of the last campaign.",
        fix=FIX,
    )
