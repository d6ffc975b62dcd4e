"""Plain text in columns: how wide words are on a screen of fixed pitch, and how they are wrapped.

Wide East Asian signs and emoji take two columns (Unicode UAX #11), combining marks none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

WIDTH = 72  # columns: fits a window of 80 with room for the marks of quoting (RFC 3676 section 4.2)
_NARROWEST = 20  # however deep a list is nested, its words keep this much room
_UNBREAKABLE = "\u00a0\u2007\u202f"
_BLANKS = re.compile(f"[^\\S{_UNBREAKABLE}]+")
_PRINTED = str.maketrans(dict.fromkeys(_UNBREAKABLE, " "))
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_TOGETHER = re.compile(
    rf"(?<![\d/.:-])(?:\d{{1,2}}(?= (?:{_MONTH})\b)|\+?\d{{2,5}}(?= \d{{3,6}}\b)|\d{{3,4}}(?= \d{{3,6}}\b)) "
)
_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"


@lru_cache(maxsize=8192)
def columns(text: str) -> int:
    """How many columns the text takes."""
    if text.isascii():
        return len(text)
    return sum(columns_of for _, columns_of in _signs(text))


def _signs(text: str) -> Iterator[tuple[str, int]]:
    """Signs as they are seen, each with its columns: a base with its marks, or emoji joined into one."""
    sign, taken = "", 0
    for char in text:
        if sign and (_is_mark(char) or sign.endswith(_JOINER) or _pairs(sign, char)):
            sign += char
            taken = 2 if char == _EMOJI_STYLE or _pairs(sign[:-1], char) else taken
            continue
        if sign:
            yield sign, taken
        sign, taken = char, 0 if _is_mark(char) else _columns_of(char)
    if sign:
        yield sign, taken


def _is_mark(char: str) -> bool:
    """Takes no column of its own: combining marks, joiners, the skin tones of emoji, inner letters of Hangul."""
    return (
        unicodedata.category(char) in ("Mn", "Me", "Cf")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\u1160" <= char <= "\u11ff"
    )


def _pairs(sign: str, char: str) -> bool:
    """Two regional indicators make one flag."""
    return len(sign) == 1 and all("\U0001f1e6" <= part <= "\U0001f1ff" for part in (sign, char))


def _columns_of(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def wrap(text: str, *, width: int = WIDTH, first: str = "", rest: str | None = None) -> list[str]:
    r"""The text in lines of at most `width` columns; `first` stands before the first line, `rest` before the others.

    Runs of blanks become one, a line break (`\n`) is kept, a non-breaking space never breaks and is printed as a blank.
    Telephone numbers stay on one line, and so do a day and its month.
    A word wider than a line is left whole, so that no address is broken, unless its signs are wide: those scripts
    break between any two signs.
    """
    rest = first if rest is None else rest
    lines: list[str] = []
    for paragraph in _TOGETHER.sub(lambda found: f"{found[0][:-1]}\u00a0", text).split("\n"):
        lead = rest if lines else first
        lines += _fill(_words(paragraph), max(width - columns(lead), _NARROWEST), width - columns(rest), lead, rest)
    return lines


def _words(paragraph: str) -> list[str]:
    return [word for word in _BLANKS.split(paragraph) if word]


def _fill(words: Iterable[str], room: int, later: int, lead: str, rest: str) -> list[str]:
    """Lines of one paragraph: `room` columns in the first, `later` in the others."""
    lines: list[str] = []
    line, taken = "", 0
    for word in words:
        for piece, glue in _pieces(word, max(later, _NARROWEST)):
            size = columns(piece)
            if line and taken + glue + size > room:
                lines.append(line)
                line, taken, room = "", 0, max(later, _NARROWEST)
            glue = glue if line else 0
            line, taken = line + " " * glue + piece, taken + glue + size
    if line or not lines:
        lines.append(line)
    return [f"{lead if number == 0 else rest}{done}".translate(_PRINTED).rstrip() for number, done in enumerate(lines)]


def _pieces(word: str, room: int) -> Iterator[tuple[str, int]]:
    """The word whole, or in pieces if it is too wide and its script breaks anywhere; each with the blanks before it."""
    if columns(word) <= room or not any(taken == 2 for _, taken in _signs(word)):
        yield word, 1
        return
    held, glue = "", 1
    for sign, taken in _signs(word):
        if held and taken == 2:
            yield held, glue
            held, glue = "", 0
        held += sign
    yield held, glue
