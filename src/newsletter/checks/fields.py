"""Finds the place of a value in the front matter, and of each of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.checks.places import WORD, Place, step
from newsletter.models.issue import Origin

_GAP = 8  # source words that may stand between two words of a value: a note in a comment


class FrontMap:
    """The front matter of one file as it is written; without it only the lines of fields are known."""

    def __init__(self, written: Sequence[str] = (), body_line: int = 1) -> None:
        """`written`: all lines of the file. `body_line`: the first that is no front matter, 1-based."""
        self._lines = dict(enumerate(written[: max(0, body_line - 1)], 1))

    def value(self, origin: Origin, path: Sequence[str]) -> Place:
        """Where the value of a field starts; only its line where it stands below it, or under another name."""
        known = _known(origin, path)
        line = origin.line(*known)
        text = self._lines.get(line)
        if text is None or ".".join(known) not in origin.lines:
            return Place(line)
        start = _after_the_name(text, known[-1])
        value = re.compile(r"\s*[\"']?(?=[^\s|>\"'])").match(text, start) if start >= 0 else None
        return Place(line, value.end() + 1 if value else 0)

    def name(self, origin: Origin, path: Sequence[str]) -> Place:
        """Where the name of a field stands."""
        line = origin.line(*path)
        found = re.search(rf"(?<![\w-]){re.escape(path[-1])}[\"']?\s*:", self._lines.get(line, ""))
        return Place(line, found.start() + 1 if found else 0)

    def words(self, origin: Origin, path: Sequence[str], value: str) -> list[Place]:
        """The place of each word of a value."""
        first = self.value(origin, path)
        source = self._words_from(first, self._end(origin, first.line))
        names = [word for word, _ in source]
        position, line, places = 0, first.line, []
        words = WORD.findall(value)
        for number, word in enumerate(words):
            following = words[number + 1] if number + 1 < len(words) else None
            found = step(names, position, word, following, _GAP)
            if found is not None:
                position, line = found + 1, source[found][1].line
            places.append(source[found][1] if found is not None else Place(line))
        return places

    def _words_from(self, first: Place, end: int) -> list[tuple[str, Place]]:
        start = {first.line: max(0, first.column - 1)}
        return [
            (found[0], Place(number, found.start() + 1))
            for number in range(first.line, end)
            for found in WORD.finditer(self._lines.get(number, ""), start.get(number, 0))
        ]

    def _end(self, origin: Origin, line: int) -> int:
        """The line on which the next field starts."""
        return min((other for other in origin.lines.values() if other > line), default=line + len(self._lines) + 1)


def _known(origin: Origin, path: Sequence[str]) -> tuple[str, ...]:
    """The field's path as the file has it. One contact and a list of one are the same to the model, and not there."""
    single = tuple(part for part in path if not part.isdigit())
    return single if ".".join(path) not in origin.lines and ".".join(single) in origin.lines else tuple(path)


def _after_the_name(line: str, name: str) -> int:
    """Where the value of a field starts in its line; -1 if the field does not stand there."""
    if name.isdigit():  # an entry of a list
        found = re.match(r"\s*-\s", line)
    else:
        found = re.search(rf"(?:^|[\s{{,])[\"']?{re.escape(name)}[\"']?\s*:(?=\s|$)", line)
    return found.end() if found else -1
