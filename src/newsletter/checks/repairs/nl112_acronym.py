"""NL112: spells an acronym of the glossary out where readers first meet it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.acronyms import acronyms, is_spelt_out, spells_out
from newsletter.checks.reading import sentences
from newsletter.checks.repair import Repair, in_passage
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, Piece

CODE = "NL112"
MENDS = (
    "Spells out the acronyms of [glossary] in newsletter.toml where an issue first uses them in a sentence:"
    " MASH becomes multi-agency safeguarding hub (MASH). What everybody knows, such as NHS, it leaves as it is."
)
_SENTENCES = frozenset({"p", "li", "dd"})
_ARTICLE = re.compile(r"\b(?P<article>an?)\s+$", re.I)


def mend(subject: Subject) -> Iterator[Repair]:
    """Each acronym once, in the first item that uses it in a sentence, unless that or an earlier one spells it out."""
    own = f"{subject.publication.partnership.short_name} {subject.issue.series.title}"
    for letters, written in subject.issue.glossary.items():
        words = " ".join(written.split())
        if letters not in re.findall(r"\w+", own) and spells_out(letters, f"{words} ({letters})"):
            yield from _first_use(letters, words, subject.pieces)


def _first_use(letters: str, words: str, pieces: tuple[Piece, ...]) -> Iterator[Repair]:
    for piece in pieces:
        if not any(found["letters"] == letters for passage in piece.passages for found in acronyms(passage)):
            continue
        if is_spelt_out(letters, piece):
            return
        for passage in piece.body:
            for found in acronyms(passage) if passage.english and passage.role in _SENTENCES else ():
                if found["letters"] == letters and _fits(passage, found, words):
                    new = f"{_capital(words) if _starts_a_sentence(passage, found.start()) else words} ({letters})"
                    yield from in_passage(passage, *found.span(), new, code=CODE, what="acronym spelt out")
                    return


def _fits(passage: Passage, found: re.Match[str], words: str) -> bool:
    """Whether the words can stand there: no plural, no link around it, and the article before it still right."""
    article = _ARTICLE.search(passage.text[: found.start()])
    vowel = words[0].lower() in "aeiou"
    right = article is None or (len(article["article"]) == 2) == vowel
    return not found["plural"] and not passage.linked(*found.span()) and right


def _starts_a_sentence(passage: Passage, at: int) -> bool:
    return any(start == at for start, _ in sentences(passage.text))


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
