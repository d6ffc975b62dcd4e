"""NL303: what an inbox shows before anything is opened."""

from __future__ import annotations

from collections.abc import Iterator

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
    line = issue.origin.line("subject") if issue.front.subject else issue.origin.line("title")
    if len(issue.subject) > LONGEST:
        yield _finding(
            subject,
            line,
            issue.subject,
            f"This subject has {len(issue.subject)} characters; phones show about {LONGEST}.",
            "Shorten it; put what matters first.",
        )
    preheader = issue.front.preheader
    if not preheader:
        yield _finding(
            subject,
            issue.origin.line("title"),
            issue.front.title,
            "There is no preheader, the line that inboxes show after the subject.",
            FIX,
        )
    elif preheader.casefold().strip(" .") in (
        issue.subject.casefold().strip(" ."),
        issue.front.title.casefold().strip(" ."),
    ):
        yield _finding(
            subject,
            issue.origin.line("preheader"),
            preheader,
            "The preheader repeats the subject.",
            "Say something the subject does not say.",
        )


def _finding(subject: Subject, line: int, words: str, message: str, fix: str) -> Finding:
    return Finding(
        code=CODE, level=LEVEL, file=subject.issue.origin.file, line=line, words=words[:120], message=message, fix=fix
    )
