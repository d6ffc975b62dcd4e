"""Finds the line of the Markdown that a word of the HTML came from.

Markdown keeps no positions, but it keeps the order of words. So the words of each block are followed through
the source; marks, addresses and whatever else the source holds between them are stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

WORD = re.compile(r"[^\W_]+")
_LEAD = 5  # words of a block that must be found together for it to be recognised
_GAP = 24  # source words that may stand between two words of a block: an address, a title


class LineMap:
    """The words of one Markdown text with their lines. Asked block by block, in the order of reading."""

    def __init__(self, markdown: str, first_line: int) -> None:
        """`first_line`: the file's line on which the text starts, 1-based."""
        self._source = list(enumerate(markdown.split("\n"), first_line))
        found = [(word, number) for number, line in self._source for word in WORD.findall(line)]
        self._words = [word for word, _ in found]
        self._lines = [number for _, number in found]
        self._first = first_line
        self._cursor = 0
        self._seen: dict[str, int] = {}

    def locate(self, words: Sequence[str]) -> list[int]:
        """The line of each word of the next block."""
        if not self._words:
            return [self._first] * len(words)
        start = self._start(words[:_LEAD])
        position, line, lines = start, self._lines[min(start, len(self._lines) - 1)], []
        for place, word in enumerate(words):
            following = words[place + 1] if place + 1 < len(words) else None
            found = self._step(position, word, following)
            if found is not None:
                position, line = found + 1, self._lines[found]
            lines.append(line)
        if start >= self._cursor:  # a footnote is read out of order; the rest goes on where it was
            self._cursor = position
        return lines

    def line_of(self, needle: str) -> int | None:
        """The line of the next place where an address stands in the source: the second call gives the second place."""
        for text in dict.fromkeys((needle, unquote(needle))):
            lines = [number for number, line in self._source for _ in range(line.count(text))] if text else []
            if lines:
                nth = self._seen.get(text, 0)
                self._seen[text] = nth + 1
                return lines[min(nth, len(lines) - 1)]
        return None

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

    def _step(self, position: int, word: str, following: str | None) -> int | None:
        """The next place of a word. A place further on counts only if the word after it follows there too."""
        try:
            found = self._words.index(word, position, position + _GAP)
        except ValueError:
            return None
        if found == position or following is None or following in self._words[found + 1 : found + 1 + _GAP]:
            return found
        return None
