"""NL206: downloads that do not say what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from newsletter.checks.links import split
from newsletter.checks.reading import count_words
from newsletter.checks.subject import Subject
from newsletter.checks.text import LinkUse, Piece
from newsletter.models.finding import Finding, Level
from newsletter.models.items import Resource

CODE = "NL206"
TITLE = "A download without format and size"
LEVEL = Level.ADVICE
FEWEST_WORDS = 40
THRESHOLD = (
    "Links to PDF, Word, Excel and PowerPoint files on the web; a resource that is only a PDF and is told of in "
    f"fewer than {FEWEST_WORDS} words."
)
WHY = "On a phone a large file costs time and money, and many cannot read a PDF at all."
SOURCE = "WCAG 2.2 SC 2.4.4; GDS: why GOV.UK content should be published in HTML and not PDF"
EXAMPLE = "[Annual report](https://www.example.org/report.pdf)"
FIX = "Add both to the words of the link: Annual report (PDF, 1.2 MB)."

_FORMATS = {
    ".pdf": "PDF",
    ".doc": "Word",
    ".docx": "Word",
    ".xls": "Excel",
    ".xlsx": "Excel",
    ".ppt": "PowerPoint",
    ".pptx": "PowerPoint",
    ".zip": "ZIP",
}
_SIZE = re.compile(r"\d(?:[.,]\d+)?\s*(?:bytes|kb|mb|gb|k)\b", re.I)


def check(subject: Subject) -> Iterator[Finding]:
    """Files on the web; files of the issue are printed with format and size by themselves."""
    for piece in subject.pieces:
        for link in piece.links:
            if (format_ := _format(link)) and link.text and not link.pictured:
                yield from _label(link, format_)
        yield from _only_copy(piece)


def _format(link: LinkUse) -> str:
    """What kind of file a link on the web leads to; "" for pages and for files of the issue."""
    parts = split(link.url)
    return _FORMATS.get(PurePosixPath(parts.path).suffix.lower(), "") if parts.scheme in ("http", "https") else ""


def _label(link: LinkUse, format_: str) -> Iterator[Finding]:
    names_it = (
        format_.casefold() in link.text.casefold()
        or PurePosixPath(split(link.url).path).suffix[1:].casefold() in link.text.casefold()
    )
    missing = [
        what for what, told in (("its format", names_it), ("its size", bool(_SIZE.search(link.text)))) if not told
    ]
    if missing:
        yield Finding(
            code=CODE,
            level=LEVEL,
            **link.words_spot,
            words=" ".join(link.text.split())[:90],
            message=f"This link opens a file and does not say {' and '.join(missing)}.",
            fix=f"Write for example: {' '.join(link.text.split())[:60]} ({format_}, 1.2 MB).",
        )


def _only_copy(piece: Piece) -> Iterator[Finding]:
    if not isinstance(piece.front, Resource):
        return
    only_pdf = all((file.url or file.path).lower().endswith(".pdf") for file in piece.front.files)
    pages = [link for link in piece.links if not link.url.lower().endswith(".pdf")]
    if only_pdf and not pages and sum(count_words(passage.text) for passage in piece.body) < FEWEST_WORDS:
        yield Finding(
            code=CODE,
            level=LEVEL,
            **piece.spot("files"),
            words=piece.front.files[0].title[:90],
            message="A PDF is the only way to read this.",
            fix="Say the main points in the item, or link to a web page that holds the same.",
        )
