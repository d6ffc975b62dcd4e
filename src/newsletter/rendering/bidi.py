"""Telephone numbers within words that run from right to left keep the order of their digits.

Digits parted by a plain blank are two numbers to the algorithm that orders them, and Urdu would show the second one
first: "960001 01632". A non-breaking blank is part of a number (Unicode UAX #9, rule W4), so one stands there instead;
and a link to a number says that it runs from left to right, which keeps a leading "+" in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TO_THE_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_NUMBER = re.compile(r"(?<![\w,.])(?:\+\d{1,4}|\(?0\d{1,4}\)?|116)(?: \d{3,6}){1,3}(?!\w)")
_OPENS = re.compile(r'<([a-z][a-z0-9]*)\b[^>]*\bdir="rtl"[^>]*>')
_WORDS = re.compile(r">[^<]+<")
_LINK = re.compile(r'<a (?=[^>]*\bhref="tel:)(?![^>]*\bdir=)')


def ordered(html: str) -> str:
    """HTML with the telephone numbers of its right-to-left parts kept in order; all else stays as it is."""
    done, end = [], 0
    for start, stop in _right_to_left(html):
        words = _WORDS.sub(lambda found: _joined(found[0]), html[start:stop])
        done += [html[end:start], _LINK.sub('<a dir="ltr" ', words)]
        end = stop
    return "".join([*done, html[end:]])


def ordered_line(line: str) -> str:
    """The same for a line of plain text."""
    return _joined(line) if _TO_THE_LEFT.search(line) else line


def _joined(text: str) -> str:
    return _NUMBER.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def _right_to_left(html: str) -> Iterator[tuple[int, int]]:
    """Where each element that says `dir="rtl"` starts and ends, the outermost ones only."""
    place = 0
    while opens := _OPENS.search(html, place):
        place = _end(html, opens)
        yield opens.start(), place


def _end(html: str, opens: re.Match[str]) -> int:
    depth = 1
    for tag in re.compile(rf"<(/?){opens[1]}\b[^>]*>").finditer(html, opens.end()):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return len(html)
