"""NL303: what an inbox shows before anything is opened."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.places import Spot
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL303"
TITLE = "Subject and preheader"
LEVEL = Level.ADVICE
LONGEST = 65  # characters
THRESHOLD = f"A subject of more than {LONGEST} characters; a preheader that is missing or repeats the subject."
WHY = (
    "Phones cut long subjects off; without a preheader they show the first words of the page, often “view in browser”."
)
SOURCE = "Width of the subject line in common mail programs"
EXAMPLE = "An issue without preheader"
FIX = "Add preheader: with the one thing readers should know or do."


def check(subject: Subject) -> Iterator[Finding]:
    """At most one finding each for the subject and the preheader."""
    issue = subject.issue
    spot_of = subject.opening.spot
    if len(issue.subject) > LONGEST:
        yield _finding(
            spot_of("subject" if issue.front.subject else "title"),
            issue.subject,
            f"This subject has {len(issue.subject)} characters; phones show about {LONGEST}.",
            "Shorten it; put what matters first.",
        )
    preheader = issue.front.preheader
    if not preheader:
        yield _finding(
            spot_of("title"),
            issue.front.title,
            "There is no preheader, the line that inboxes show after the subject.",
            FIX,
        )
    elif preheader.casefold().strip(" .") in (
        issue.subject.casefold().strip(" ."),
        issue.front.title.casefold().strip(" ."),
    ):
        yield _finding(
            spot_of("preheader"),
            preheader,
            "The preheader repeats the subject.",
            "Say something the subject does not say.",
        )


def _finding(spot: Spot, words: str, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=LEVEL, **spot, words=words[:120], message=message, fix=fix)
