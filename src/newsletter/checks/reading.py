"""Sentences, syllables and what they say of how hard a text is to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from newsletter.checks.text import Piece, word_set

WORD = re.compile(r"[^\W\d_](?:(?:[\w'’-]|\.(?=\w))*\w)?")  # "e.g" is one word
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"”’)\]]*(?=\s+[\"“‘(\[]*[^\W_a-z])|\n+")
_SHORT = word_set("e.g i.e etc dr mr mrs ms prof rev st no nos vs approx cf p pp para art fig tel ext incl inc")
YEARS_BEFORE_GRADE_ONE = 5  # a school grade of the formula and the age of its readers


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence starts and ends, blanks left out."""
    start = 0
    for end in _END.finditer(text):
        if _is_abbreviation(text[start : end.start()], end[0]):
            continue
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _is_abbreviation(before: str, mark: str) -> bool:
    """Whether a full stop ends a shortened word ("e.g.") or an initial, not a sentence."""
    if mark != ".":
        return False
    last = before.rsplit(None, 1)[-1].lstrip("(“\"'").lower() if before.split() else ""
    return last in _SHORT or bool(re.fullmatch(r"[^\W\d_]", last))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    if part.strip():
        yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def count_words(text: str) -> int:
    """Words as a reader counts them; addresses count as none."""
    spoken = (part for part in text.split() if "@" not in part and not part.startswith(("http://", "https://", "www.")))
    return len(WORD.findall(" ".join(spoken)))


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """An estimate for English, at least 1."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    if letters.endswith("e") and not letters.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    if re.search(r"[^td]ed$", letters) and groups > 1:
        groups -= 1
    return max(1, groups)


def age_of(pieces: Iterable[Piece]) -> float | None:
    """The reading age of what is written in English sentences; headings left out. None under 100 words."""
    passages = (passage for piece in pieces for passage in piece.sentences)
    return reading_age(passage.text for passage in passages if passage.english and not passage.heading)


def reading_age(texts: Iterable[str]) -> float | None:
    """The age at which a text is read with ease: the Flesch-Kincaid grade and 5. None under 100 words.

    Source: Kincaid and others 1975, 0.39 words a sentence + 11.8 syllables a word - 15.59.
    """
    count = words = beats = 0
    for text in texts:
        for start, end in sentences(text):
            found = WORD.findall(text[start:end])
            count, words, beats = count + 1, words + len(found), beats + sum(map(syllables, found))
    if words < 100:
        return None
    return round(0.39 * words / count + 11.8 * beats / words - 15.59 + YEARS_BEFORE_GRADE_ONE, 1)
