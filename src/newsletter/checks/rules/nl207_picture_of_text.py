"""NL207: pictures that hold words, and QR codes that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.contacts import WEB
from newsletter.checks.places import Spot
from newsletter.checks.reading import count_words
from newsletter.checks.subject import Subject
from newsletter.checks.text import ImageUse, Piece
from newsletter.models.finding import Finding, Level

CODE = "NL207"
TITLE = "A picture of text, or a QR code without a link beside it"
LEVEL = Level.FIX
MOST_WORDS = 30
THRESHOLD = (
    f"A poster, flyer or screenshot in an item of fewer than {MOST_WORDS} words without a link; alt text of more "
    f"than {MOST_WORDS} words; a QR code in an item without a link."
)
WHY = (
    "Words in a picture cannot be read aloud, enlarged or translated; a QR code cannot be scanned on the phone "
    "that shows it."
)
SOURCE = "WCAG 2.2 SC 1.4.5 (images of text), level AA"
EXAMPLE = "![Poster with the times of the drop-in](images/poster.png) and nothing else"
FIX = "Write the words of the picture in the item; put the link that a QR code leads to beside it."

_QR = re.compile(r"(?<![A-Za-z])qr(?![A-Za-z])", re.I)
_OF_TEXT = re.compile(
    r"(?<![A-Za-z])(?:poster|flyer|flier|leaflet|infographic|screenshot|invitation|timetable)(?![A-Za-z])", re.I
)


def check(subject: Subject) -> Iterator[Finding]:
    """What file name, alt and caption tell of a picture; pictures themselves are not read."""
    for piece in subject.pieces:
        linked = bool(piece.links) or any(WEB.search(passage.text) for passage in piece.body)
        words = sum(count_words(passage.text) for passage in piece.body)
        for image in piece.images:
            if reason := _reason(image, linked=linked, words=words):
                yield _finding(image.alt_spot, image.alt or image.src, *reason)
        yield from _scan_me(piece, linked=linked)


def _reason(image: ImageUse, *, linked: bool, words: int) -> tuple[str, str] | None:
    told = f"{image.alt} {image.src.rsplit('/', 1)[-1]} {image.caption}"
    if _QR.search(told):
        return None if linked else ("A QR code is the only way to its page.", "Put the link itself beside it.")
    if _OF_TEXT.search(told) and words < MOST_WORDS and not linked:
        return "This picture seems to hold words that stand nowhere else.", "Write its words in the item."
    if len(image.alt.split()) > MOST_WORDS:
        return (
            "This alt text is so long that the picture seems to hold words.",
            "Write the words in the item, and keep alt to one short sentence.",
        )
    return None


def _scan_me(piece: Piece, *, linked: bool) -> Iterator[Finding]:
    for passage in piece.sentences:
        found = re.search(r"(?i:\bscan (?:the|this|our) (?:qr )?code\b)", passage.text)
        if found and not linked:
            yield _finding(
                passage.spot(found.start()),
                found[0],
                "Readers on a phone cannot scan it.",
                "Put the link itself beside it.",
            )


def _finding(spot: Spot, words: str, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=LEVEL, **spot, words=words[:90], message=message, fix=fix)
