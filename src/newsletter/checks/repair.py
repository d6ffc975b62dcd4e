"""A repair: one replacement in one line of a file, and where in an issue repairs are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.checks.lines import address_pattern
from newsletter.checks.places import lines_of
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, Piece

_NOT_OURS = frozenset({"pre", "blockquote"})  # program text, and other people's words


@dataclass(frozen=True, order=True, slots=True)
class Repair:
    """The very words that are replaced, and where they stand. Where other words stand there, nothing is changed."""

    file: str
    line: int  # 1-based
    column: int  # 1-based
    old: str
    new: str
    code: str  # of the check it belongs to
    what: str  # "link unwrapped"


def prose(subject: Subject) -> Iterator[tuple[Piece, Passage]]:
    """English sentences of the issue's own: no headings, no quotations, no program text."""
    for piece in subject.pieces:
        for passage in piece.sentences:
            if passage.english and not passage.heading and passage.role not in _NOT_OURS:
                yield piece, passage


def in_passage(passage: Passage, start: int, end: int, new: str, *, code: str, what: str) -> Iterator[Repair]:
    """The repair of a part of a passage; none if it is not known where that stands."""
    place = passage.place(start)
    if place.column:
        yield Repair(passage.file, place.line, place.column, passage.text[start:end], new, code, what)


def of_address(piece: Piece, source: str, old: str, new: str, *, code: str, what: str) -> Iterator[Repair]:
    """Repairs of an address wherever it stands in a file, as a link or as the words of one; not in comments."""
    written = {old: new, old.replace("&", "&amp;"): new.replace("&", "&amp;")}
    if old.startswith("https://www.") and new.startswith("https://www."):
        written[old.removeprefix("https://")] = new.removeprefix("https://")
    for number, line in enumerate(lines_of(source), 1):
        if number < piece.origin.body_line and line.lstrip().startswith("#"):
            continue
        for spelt, instead in written.items():
            for found in address_pattern(spelt).finditer(line):
                yield Repair(piece.file, number, found.start() + 1, spelt, instead, code, what)
