"""NL005: a restricted issue stays with those it is for."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.places import Spot
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL005"
TITLE = "A restricted issue that would get out"
LEVEL = Level.STOP
THRESHOLD = "Any audience that is neither restricted nor for tests; any web copy, or link to one."
WHY = (
    "People invited to a live review are promised that nobody else reads of it; a page that is not linked is "
    "still not secret."
)
SOURCE = "Working Together to Safeguard Children, confidentiality of reviews in progress"
EXAMPLE = "visibility: restricted with audiences: [practitioners]"
FIX = "Send it to an audience with restricted = true in newsletter.toml, or change the visibility."


def check(subject: Subject) -> Iterator[Finding]:
    """Audiences named, the audience it is about to go to, and what the edition holds."""
    issue = subject.issue
    if not issue.restricted:
        return
    named = dict(enumerate(issue.front.audiences))
    for place, name in named.items():
        audience = subject.publication.audiences.get(name)
        if audience is not None and not (audience.restricted or audience.test):
            yield _finding(
                subject,
                subject.opening.spot("audiences", place),
                name,
                f"“{audience.title}” is not a restricted audience.",
                FIX,
            )
    going = subject.audience
    if going is not None and going.name not in named.values() and not (going.restricted or going.test):
        yield _finding(
            subject,
            subject.opening.spot("visibility"),
            going.name,
            f"“{going.title}” is not a restricted audience.",
            FIX,
        )
    if leak := _leak(subject):
        words, message = leak
        yield _finding(
            subject,
            subject.opening.spot("visibility"),
            words,
            message,
            "Mend the template: a restricted issue has no web copy and no link to one.",
        )


def _leak(subject: Subject) -> tuple[str, str] | None:
    """A web copy in the edition, or a link to where one would stand."""
    edition = subject.edition
    if edition is None:
        return None
    if edition.web_url or "web" in edition.renditions:
        return edition.web_url or "web", "This restricted issue is about to get a web copy."
    address = f"{subject.publication.site.url}/{subject.issue.series.folder}/{subject.issue.slug}"
    tree = subject.tree("email")
    links = [str(link.get("href", "")) for link in tree.iter("a")] if tree is not None else []
    linked = any(link.startswith(address) for link in links) or address in (subject.rendition("text") or "")
    return (address, "This restricted issue links to a web copy of itself.") if linked else None


def _finding(subject: Subject, spot: Spot, words: str, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=LEVEL, **spot, words=words, message=message, fix=fix)
