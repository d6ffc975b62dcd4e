"""NL202: headings of the body that do not work as headings."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.contacts import has_address
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, Piece, shorten
from newsletter.models.finding import Finding, Level

CODE = "NL202"
TITLE = "Headings"
LEVEL = Level.FIX
THRESHOLD = (
    "FIX: a level left out, a heading without words. ADVICE: capitals throughout, bold text in place of a "
    "heading, a full stop, comma or colon at the end."
)
WHY = "People who listen to a page find their way by its headings; capitals are slow to read."
SOURCE = "WCAG 2.2 SC 1.3.1 (info and relationships), 2.4.6 (headings and labels); GOV.UK style guide, capitals"
EXAMPLE = "**What has changed:** on a line of its own"
FIX = "Write a heading with its marks: ## What has changed. Go down one level at a time."

_FEWEST_CAPITALS = 2  # words; one alone may be an acronym
_LONGEST_HEADING = 12  # words


def check(subject: Subject) -> Iterator[Finding]:
    """Titles, sections and the headings of every body."""
    for piece in subject.pieces:
        for passage in piece.fields:
            if passage.role in ("title", "section"):
                yield from _wording(passage)
        yield from _levels(piece)
        yield from _fakes(piece)


def _levels(piece: Piece) -> Iterator[Finding]:
    before = 0
    for passage in piece.body:
        if not passage.heading:
            continue
        if not passage.text:
            yield _finding(
                passage,
                LEVEL,
                "(no words)",
                "This heading has no words.",
                "Write the heading as text, or take the marks out.",
            )
        elif before and passage.heading > before + 1:
            fix = f"Take {passage.heading - before - 1} of its # marks away."
            yield _finding(passage, LEVEL, passage.text, "This heading leaves a level out.", fix)
        before = passage.heading
        yield from _wording(passage)


def _wording(passage: Passage) -> Iterator[Finding]:
    text = passage.text.strip()
    words = [word for word in text.split() if any(sign.isalpha() for sign in word)]
    if len(words) >= _FEWEST_CAPITALS and text.isupper() and any(len(word) > 5 for word in words):
        yield _finding(
            passage,
            Level.ADVICE,
            text,
            "Capitals throughout are slow to read.",
            f"Write “{text.capitalize()}”, with names as they are spelt.",
        )
    if text.endswith((".", ",", ":", ";")) and not text.endswith(("etc.", "...", "p.m.", "a.m.")):
        yield _finding(passage, Level.ADVICE, text, f"A heading needs no “{text[-1]}” at its end.", "Take it away.")


def _fakes(piece: Piece) -> Iterator[Finding]:
    """A short bold paragraph with text after it is a heading that nobody can jump to."""
    for passage, after in zip(piece.body, piece.body[1:], strict=False):
        short = len(passage.text.split()) <= _LONGEST_HEADING and not passage.text.endswith((".", "!"))
        sets_off = passage.bold and passage.role == "p" and not after.bold and not after.heading
        if sets_off and short and not passage.links and not has_address(passage.text):
            yield _finding(
                passage,
                Level.ADVICE,
                passage.text,
                "Bold text stands here in place of a heading.",
                f"Write ## {passage.text.rstrip(':')}",
            )


def _finding(passage: Passage, level: Level, words: str, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=level, **passage.spot(), words=shorten(words), message=message, fix=fix)
