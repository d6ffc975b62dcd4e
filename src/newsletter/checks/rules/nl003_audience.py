"""NL003: the right list for the series."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from newsletter.checks.places import Spot
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level
from newsletter.models.publication import Audience

CODE = "NL003"
TITLE = "An audience that may not get this"
LEVEL = Level.STOP
THRESHOLD = (
    "The series is not in the audience's list; a test audience in a real sending, or a real one in a test; a name"
    " that newsletter.toml does not know."
)
WHY = "Sending to the wrong list is the mistake that cannot be called back."
SOURCE = "ICO guidance on sending bulk email"
EXAMPLE = "audiences: [invitees] in a newsletter that invitees do not get"
FIX = "Name another audience, or add the series to the audience in newsletter.toml."


def check(subject: Subject) -> Iterator[Finding]:
    """Audiences that the issue names, then the one it is about to go to."""
    issue, publication = subject.issue, subject.publication
    for place, name in enumerate(issue.front.audiences):
        spot = subject.opening.spot("audiences", place)
        audience = publication.audiences.get(name)
        if audience is None:
            close = difflib.get_close_matches(name, sorted(publication.audiences), n=1)
            known = ", ".join(sorted(publication.audiences)) or "none"
            fix = f"Did you mean “{close[0]}”?" if close else f"Known audiences: {known}."
            yield _finding(subject, name, "newsletter.toml has no audience of this name.", fix, spot)
        elif not audience.may_get(issue.series.name):
            yield _finding(subject, name, _not_for(subject, audience), FIX, spot)
    if (audience := subject.audience) is not None:
        yield from _about_to_go(subject, audience)


def _about_to_go(subject: Subject, audience: Audience) -> Iterator[Finding]:
    spot = subject.opening.spot("audiences")
    if not audience.may_get(subject.issue.series.name) and audience.name not in subject.issue.front.audiences:
        yield _finding(subject, audience.name, _not_for(subject, audience), FIX, spot)
    if subject.test is False and audience.test:
        yield _finding(
            subject,
            audience.name,
            f"“{audience.title}” is for tests only.",
            "Send to one of the issue's own audiences, or add --test.",
            spot,
        )
    if subject.test and not audience.test:
        yield _finding(
            subject,
            audience.name,
            f"“{audience.title}” is no test audience.",
            "Name an audience with test = true.",
            spot,
        )


def _not_for(subject: Subject, audience: Audience) -> str:
    return f"“{audience.title}” does not get the series “{subject.issue.series.title}”."


def _finding(subject: Subject, words: str, message: str, fix: str, spot: Spot) -> Finding:
    return Finding(code=CODE, level=LEVEL, **spot, words=words, message=message, fix=fix)
