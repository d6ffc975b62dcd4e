"""NL113: slips that a spelling checker passes over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from newsletter.checks.contacts import EMAIL, WEB
from newsletter.checks.spelling import one_slip
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, Piece, around
from newsletter.models.dates import MONTHS, WEEKDAYS
from newsletter.models.finding import Finding, Level

CODE = "NL113"
TITLE = "A slip: doubled word, missing space, open quote, a name spelt two ways"
LEVEL = Level.ADVICE
THRESHOLD = "Any. Names of five letters or more, one letter apart, one of them used once."
WHY = "Slips cost trust; a child's name spelt two ways costs more than that."
SOURCE = "Seen in real newsletters"
EXAMPLE = "parents/carers.The project also runs the the helpline"
FIX = "Mend the words; if they are right as they are, leave them."

_DOUBLED = re.compile(r"\b(?P<word>[^\W\d_]{2,}(?: [^\W\d_]{2,})?)\s+(?P=word)\b", re.I)
_MAY_DOUBLE = frozenset({"that", "had", "is", "bye", "so", "very", "now"})
_VERBS = frozenset(
    {"need", "needs", "want", "have", "has", "had", "able", "asked", "going", "try", "used", "due", "sent"}
)
_PAIRED = re.compile(r"(\w+) (?:to|by|on|in|for|and|after)", re.I)  # face to face to promote ...
_GLUED = re.compile(r"(?<=[a-z]{2})[.!?][A-Z][a-z]+|(?<=[a-z]{2})[:;,][A-Z][a-z]+")
_STARTERS = (  # words that start sentences
    "The|This|These|There|They|It|If|In|We|You|Our|All|As|At|When|For|To|Please|Can|Click|What|Where|How|Who|And|But|A|An"
)
_SWALLOWED = re.compile(rf"\b(?!LinkedIn\b)[A-Za-z]*[a-z]{{3}}(?:{_STARTERS})(?=\s)")
_OPENING = {"(": "bracket", "[": "bracket", "\u201c": "quotation"}
_MOST_OPEN = 5  # of one text: what is opened and never closed is told of in its last places
_BULLET = re.compile(r"(?:^|\s)(?:\d{1,2}|[a-z]|[ivx]{1,4}|:-?)\)$")  # "1)", "a)" and ":-)" close nothing that was open
_NAME = re.compile(r"(?<![.!?:;•\u201c\"(\n])(?<![.!?:]\s)(?<=\s)[A-Z][a-z]{4,}(?=['’]s\b|\b)")
_NOT_NAMES = frozenset(MONTHS) | frozenset(WEEKDAYS)


def check(subject: Subject) -> Iterator[Finding]:
    """Slips passage by passage, then quotes and brackets, then names."""
    for piece in subject.pieces:
        for passage in piece.passages:
            yield from _words(passage)
        yield from _pairs(piece)
    yield from _names(subject)


def _words(passage: Passage) -> Iterator[Finding]:
    text = _without_addresses(passage.text)
    for found in _DOUBLED.finditer(text):
        if "\n" not in found[0] and not _may_double(found):
            yield _finding(
                passage,
                found.start(),
                found[0],
                "These words stand here twice." if " " in found["word"] else "This word stands here twice.",
                f"Write “{found['word']}” once.",
            )
    for found in _GLUED.finditer(text):
        words = around(text, found.start(), found.end(), 12)
        yield _finding(passage, found.start(), words, f"A space is missing after “{found[0][0]}”.", "Put a space in.")
    for found in _SWALLOWED.finditer(text):
        yield _finding(
            passage,
            found.start(),
            found[0],
            "Two words, and often a full stop, have run together.",
            "Put a space between them, and the full stop if it is gone.",
        )


def _may_double(found: re.Match[str]) -> bool:
    """ "had had", "face to face to" and "Wagga Wagga" are right; "The the" and "need to need to" are not."""
    word = found["word"].casefold()
    if paired := _PAIRED.fullmatch(word):
        return paired[1] not in _VERBS
    first, second = found[0].split()[0], found[0].split()[-1]
    return word in _MAY_DOUBLE or (first[0].isupper() and second[0].isupper())


def _without_addresses(text: str) -> str:
    """Addresses blanked out, so that every place stays where it was."""
    for pattern in (EMAIL, WEB):
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text


def _pairs(piece: Piece) -> Iterator[Finding]:
    """Brackets are closed in their passage; a quotation may run over several and open anew in each.

    Other languages quote with other pairs, such as „…” in Polish.
    """
    unpaired = [*_unpaired([one for one in piece.sentences if one.english], "\u201c", "\u201d")]
    for passage in piece.sentences:
        unpaired += [*_unpaired((passage,), "(", ")"), *_unpaired((passage,), "[", "]")]
    for passage, place in unpaired:
        sign = passage.text[place]
        words = around(passage.text, place, place + 1)
        if sign in _OPENING:
            message = f"This {_OPENING[sign]} is opened and not closed."
            yield _finding(passage, place, words, message, "Close it where it ends.")
        else:
            yield _finding(passage, place, words, f"“{sign}” closes nothing.", "Open it where it starts.")


def _unpaired(passages: Sequence[Passage], opening: str, closing: str) -> Iterator[tuple[Passage, int]]:
    """Marks without their partner."""
    opened: list[tuple[Passage, int]] = []
    for passage in passages:
        text = _without_addresses(passage.text)
        for place, sign in enumerate(text):
            if sign == opening:
                if opened and opened[-1][0] is not passage:
                    opened.clear()  # the quotation goes on in a new paragraph
                opened.append((passage, place))
            elif sign == closing and opened:
                opened.pop()
            elif sign == closing and not _BULLET.search(text[max(0, place - 6) : place + 1]):
                yield passage, place
    yield from opened[-_MOST_OPEN:]


def _names(subject: Subject) -> Iterator[Finding]:
    """A name used once that is one slip away from one used more often."""
    uses: dict[str, tuple[Passage, int]] = {}
    counts: Counter[str] = Counter()
    common: set[str] = set()
    for piece in subject.pieces:
        for passage in piece.passages:
            common.update(re.findall(r"\b[a-z]{4,}\b", passage.text))
            for found in _NAME.finditer(passage.text):
                counts[found[0]] += 1
                uses.setdefault(found[0], (passage, found.start()))
    names = sorted(name for name in counts if name not in _NOT_NAMES and name.lower() not in common)
    for name in names:
        if counts[name] != 1:
            continue
        twin = next(
            (other for other in names if counts[other] > 1 and other[0] == name[0] and _differ(name, other)), None
        )
        if twin:
            passage, place = uses[name]
            message = f"This name is spelt “{twin}” in {counts[twin]} other places."
            yield _finding(passage, place, name, message, f"If it is the same person or place, write “{twin}”.")


def _differ(name: str, other: str) -> bool:
    """One slip apart, and not by an ending that grammar adds."""
    return one_slip(name, other) and name.rstrip("s") != other.rstrip("s") and name.rstrip("nd") != other.rstrip("nd")


def _finding(passage: Passage, place: int, words: str, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=LEVEL, **passage.spot(place), words=words, message=message, fix=fix)
