"""NL111: long sentences."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks.reading import count_words, sentences
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, shorten
from newsletter.models.finding import Finding, Level

CODE = "NL111"
TITLE = "A long sentence"
LEVEL = Level.ADVICE
THRESHOLD = "More than 25 words; more strongly from 41. The five longest of an issue are shown."
WHY = "Readers lose the thread of long sentences, and specialists are no exception."
SOURCE = "GOV.UK content design: no sentence over 25 words"
EXAMPLE = "A sentence of 47 words that holds three actions"
FIX = "Split it, with what the reader must do first; turn a row of things into a list."

_LIMIT, _STRONG, _SHOWN = 25, 40, 5  # words, words, findings


def check(subject: Subject) -> Iterator[Finding]:
    """The five longest sentences of the issue."""
    found = [
        (count, passage, start, end)
        for piece in subject.pieces
        for passage in piece.sentences
        if passage.english
        for start, end in sentences(passage.text)
        if (count := count_words(passage.text[start:end])) > _LIMIT
    ]
    for count, passage, start, end in sorted(found, key=lambda one: -one[0])[:_SHOWN]:
        yield _finding(count, passage, start, end)


def _finding(count: int, passage: Passage, start: int, end: int) -> Finding:
    much = "This sentence has" if count <= _STRONG else "This is too long to take in at one reading:"
    return Finding(
        code=CODE,
        level=LEVEL,
        **passage.spot(start),
        words=shorten(passage.text[start:end]),
        message=f"{much} {count} words.",
        fix="Split it into two." if count <= _STRONG else FIX,
    )
