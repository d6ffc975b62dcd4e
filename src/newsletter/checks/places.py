"""Where something stands: a line and a column of one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypedDict

WORD = re.compile(r"[^\W_]+")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Place(NamedTuple):
    """A place in one file."""

    line: int  # 1-based
    column: int = 0  # 1-based; 0 when only the line is known


class Spot(TypedDict):
    """Where a finding points, for `Finding(**passage.spot(start), ...)`."""

    file: str
    line: int  # 1-based
    column: int  # 1-based; 0 when only the line is known


def whole(file: str) -> Spot:
    """A file as a whole."""
    return Spot(file=file, line=0, column=0)


def lines_of(text: str) -> list[str]:
    """The lines of a file as editors count them, whatever ends them."""
    return _LINE_END.split(text)


def line_starts(text: str) -> list[int]:
    """Where each line of a file starts."""
    return [0, *(found.end() for found in _LINE_END.finditer(text))]


def words_in_place(tidied: str, written: str | None) -> Iterator[tuple[str, int]]:
    """The words of a tidied line, each with its column in the line as written; 0 where tidying changed the word."""
    if written is None or written == tidied:
        yield from ((found[0], found.start() + 1) for found in WORD.finditer(tidied))
        return
    reached = 0
    for word in WORD.findall(tidied):
        at = written.find(word, reached)
        yield word, at + 1
        reached = at + len(word) if at >= 0 else reached


def step(words: Sequence[str], position: int, word: str, following: str | None, gap: int) -> int | None:
    """The next place of a word. A place further on counts only if the word after it follows there too."""
    try:
        found = words.index(word, position, position + gap)
    except ValueError:
        return None
    if found == position or following is None or following in words[found + 1 : found + 1 + gap]:
        return found
    return None
