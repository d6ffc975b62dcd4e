"""Finds the line and column of the Markdown that a word of the HTML came from.

Markdown keeps no positions, but it keeps the order of words. So the words of each block are followed through
the source; marks, addresses and whatever else the source holds between them are stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from newsletter.checks.places import Place, step, words_in_place

_LEAD = 5  # words of a block that must be found together for it to be recognised
_GAP = 24  # source words that may stand between two words of a block: an address, a title
_IN_AN_ADDRESS = r"[\w/?#=&%~+@-]"


class LineMap:
    """The words of one Markdown text with their places. Asked block by block, in the order of reading."""

    def __init__(self, markdown: str, first_line: int, written: Sequence[str] = ()) -> None:
        """`first_line`: the file's line on which the tidied text starts, 1-based. `written`: all lines of the file as
        they stand there, for columns that are right where tidying changed a line."""
        self._source = list(enumerate(markdown.split("\n"), first_line))
        self._written = dict(enumerate(written, 1))
        found = [
            (word, Place(number, column))
            for number, line in self._source
            for word, column in words_in_place(line, self._written.get(number))
        ]
        self._words = [word for word, _ in found]
        self._places = [place for _, place in found]
        self._first = Place(first_line)
        self._cursor = 0
        self._seen: dict[str, int] = {}

    def locate(self, words: Sequence[str]) -> list[Place]:
        """The place of each word of the next block; without a column for a word that the source spells otherwise."""
        if not self._words:
            return [self._first] * len(words)
        start = self._start(words[:_LEAD])
        position, line, places = start, self._places[min(start, len(self._places) - 1)].line, []
        for number, word in enumerate(words):
            following = words[number + 1] if number + 1 < len(words) else None
            found = step(self._words, position, word, following, _GAP)
            if found is None:
                places.append(Place(line))
                continue
            position, line = found + 1, self._places[found].line
            places.append(self._places[found])
        if start >= self._cursor:  # a footnote is read out of order; the rest goes on where it was
            self._cursor = position
        return places

    def place_of(self, address: str) -> Place | None:
        """The next place where an address stands in the source: the second call gives the second place."""
        for text in _spellings(address):
            if places := list(self._all(text)):
                nth = self._seen.get(text, 0)
                self._seen[text] = nth + 1
                return places[min(nth, len(places) - 1)]
        return None

    def _all(self, text: str) -> Iterator[Place]:
        """Every place of an address; it is not the start or the end of a longer one."""
        pattern = address_pattern(text)
        for number, line in self._source:
            for found in pattern.finditer(line):
                at = self._written.get(number, line).find(text, max(0, found.start() - 2))
                yield Place(number, at + 1)

    def _start(self, lead: Sequence[str]) -> int:
        """Where a block starts: ahead if it can be, else behind, else where we are."""
        if not lead:
            return self._cursor
        ahead = range(self._cursor, len(self._words))
        behind = range(self._cursor)
        for wanted in dict.fromkeys((len(lead), min(2, len(lead)))):
            for candidates in (ahead, behind):
                for place in candidates:
                    if self._words[place] == lead[0] and self._follows(place, lead) >= wanted:
                        return place
        return self._cursor

    def _follows(self, place: int, lead: Sequence[str]) -> int:
        """How many words of the lead stand in order from here."""
        count = 0
        for word in lead:
            try:
                place = self._words.index(word, place, place + _GAP) + 1
            except ValueError:
                continue
            count += 1
        return count


def address_pattern(text: str) -> re.Pattern[str]:
    """Finds an address where it is not the start or the end of a longer one."""
    return re.compile(rf"(?<!{_IN_AN_ADDRESS}){re.escape(text)}(?!{_IN_AN_ADDRESS}|\.\w)")


def _spellings(address: str) -> tuple[str, ...]:
    """An address as it may be typed: with or without what is added to a bare one."""
    bare = [address.removeprefix(start) for start in ("https://", "mailto:") if address.startswith(start)]
    typed = (address, address.replace("&", "&amp;"), unquote(address), *bare)
    return tuple(dict.fromkeys(text for text in typed if text))
