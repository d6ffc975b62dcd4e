"""NL103: one link text for two targets."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.links import is_vague, target
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL103"
TITLE = "One link text for two targets"
LEVEL = Level.ADVICE
THRESHOLD = "The same words in one issue, of three letters or more, with addresses that differ."
WHY = "In a list of links the two look the same, so a reader cannot tell which one they want."
SOURCE = "WCAG 2.2 SC 2.4.4 (link purpose)"
EXAMPLE = "[Book a place](https://www.example.org/a) in one item, [Book a place](https://www.example.org/b) in another"
FIX = "Let the words differ: “Book the March workshop”, “Book the June workshop”."


def check(subject: Subject) -> Iterator[Finding]:
    """The second and later links that reuse the words of an earlier one for somewhere else."""
    first: dict[str, tuple[str, str, int]] = {}  # words -> target, file, line
    for piece in subject.pieces:
        for link in piece.links:
            words = " ".join(link.text.casefold().split()).strip(" .,:;!")
            if len(words) < 3 or link.pictured or is_vague(words):  # vague words are told of once, by NL102
                continue
            known, file, line = first.setdefault(words, (target(link.url), link.file, link.words_place.line))
            if known != target(link.url):
                yield Finding(
                    code=CODE,
                    level=LEVEL,
                    **link.words_spot,
                    words=" ".join(link.text.split())[:90],
                    message=f"The same words link to another page at {file}:{line}.",
                    fix="Say in each what is different there, such as the date, the place or the document's name.",
                )
