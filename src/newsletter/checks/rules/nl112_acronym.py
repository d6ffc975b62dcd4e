"""NL112: acronyms that are never spelt out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, Piece, word_set
from newsletter.models.finding import Finding, Level

CODE = "NL112"
TITLE = "An acronym that is not spelt out"
LEVEL = Level.ADVICE
THRESHOLD = (
    "First use in an issue, unless it is spelt out there, earlier or in the same item, or stands in [glossary] of"
    " newsletter.toml."
)
WHY = "Readers come from many agencies, and one agency's everyday letters are another's riddle."
SOURCE = "GOV.UK style guide, abbreviations and acronyms"
EXAMPLE = "Refer to the METCO in the first instance."
FIX = (
    "Write it in full the first time, with the letters in brackets: multi-agency safeguarding hub (MASH). Or add "
    "it to [glossary]."
)

_ACRONYM = re.compile(
    r"(?<![\w@/.#&'’-])(?P<letters>[A-Z][A-Za-z]{0,3}[A-Z][A-Z0-9]{0,6}|[A-Z]{2,8})(?P<plural>s|['’]?[sS])?(?![\w@/&]|[.-]\w)"
)
_SHOUTED = re.compile(r"\b[A-Z][A-Z'’-]*(?: +[A-Z][A-Z'’-]*){2,}\b")
_SMALL = word_set("a an and at by for in of on or the to with")
_KNOWN = word_set(
    "UK NHS GP GPS PDF MP MPS BBC ITV TV USA US EU DVD CD FAQ ID IT AM PM HM QR A4 DNA HIV AIDS COVID HTML SMS URL OK"
    " VAT FBI PIN NSPCC RSPCA HR CEO MS PHD BSL DIY ICT PE RE AGM BST GMT NB RSVP UNICEF UN WHO"
    " NOT AND OR THE NO YES DO NEW ALL PLEASE NOTE FREE IMPORTANT URGENT REMINDER UPDATE MUST ONLY STOP POSTER HERE"
    " GOV SEPT I II III IV VI VII VIII IX XI XII AD BC CV PS PO BOX PPE LGBT"
    " LGBTQ LTD PLC CIC TBC TBA TBD XXX TODO"
)


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each acronym, at its first use."""
    told = {word.casefold() for word in (*subject.issue.glossary, *subject.publication.glossary)}
    told |= {
        word.casefold()
        for word in re.findall(r"\w+", f"{subject.publication.partnership.short_name} {subject.issue.series.title}")
    }
    words = _small_words(subject)
    seen: set[str] = set()
    for piece in subject.pieces:
        for passage in piece.passages:
            for found in _acronyms(passage) if _worth_reading(passage) else ():
                letters = found["letters"]
                if letters.casefold() not in told | seen and letters.casefold() not in words:
                    seen.add(letters.casefold())
                    if not _spelt_out(letters, piece):
                        yield _finding(letters, passage, found)


def _acronyms(passage: Passage) -> Iterator[re.Match[str]]:
    """Acronyms that not everybody knows. Words in a row of capitals are shouted, not abbreviated."""
    shouted = [found.span() for found in _SHOUTED.finditer(passage.text)]
    for found in _ACRONYM.finditer(passage.text):
        if found["letters"].upper() not in _KNOWN and not any(start <= found.start() < end for start, end in shouted):
            yield found


def _small_words(subject: Subject) -> frozenset[str]:
    """Words of the issue in small letters: PLEASE is a word in capitals if "please" stands somewhere."""
    found = re.findall(r"\b[a-z]{3,}\b", " ".join(passage.text for passage in subject.passages))
    return frozenset(found)


def _worth_reading(passage: Passage) -> bool:
    """Fields of a contact and capitals throughout are no place to look at."""
    return (
        passage.english
        and not passage.role.startswith(("contact", "sign_off", "referral", "tags", "source"))
        and not passage.text.isupper()
    )


def _spelt_out(letters: str, piece: Piece) -> bool:
    """Whether the item spells it out: in the markup, in brackets before or after it, or anywhere in capitals."""
    one = re.escape(letters)
    before = re.compile(rf"\b[^\W\d_]+[\s-]+[^\W\d_]+['’]?s?\s*[(\[]\s*(?:the |or )?[\"“‘']?{one}s?\b", re.I)
    after = re.compile(
        rf"\b{one}s?['’”\"]?\s*(?:[(\[]|[-\u2013\u2014:,]\s|(?:stands for|means|is short for)\s)\s*"
        rf"{one[0]}[^\W\d_]*,?[\s-]+[^\W\d_]+",
        re.I,
    )
    return any(
        any(letters in abbreviation for abbreviation in passage.abbreviations)
        or before.search(passage.text)
        or after.search(passage.text)
        or _in_full(letters, passage.text)
        for passage in piece.passages
    )


def _in_full(letters: str, text: str) -> bool:
    """Whether words with these initials stand in a row: "Female Genital Mutilation" for FGM."""
    wanted = letters.casefold()
    names = [word for word in re.findall(r"[^\W\d_]+", text) if word.casefold() not in _SMALL or word[0].isupper()]
    everything = re.findall(r"[^\W\d_]+", text)
    return any(wanted in _initials(words, capitals=len(letters) < 3) for words in (names, everything))


def _initials(words: list[str], *, capitals: bool) -> str:
    """First letters; short acronyms are found by chance in running words, so there only capitals count."""
    return "".join(word[0].casefold() if word[0].isupper() or not capitals else "." for word in words)


def _finding(letters: str, passage: Passage, found: re.Match[str]) -> Finding:
    return Finding(
        code=CODE,
        level=LEVEL,
        **passage.spot(found.start()),
        words=letters,
        message="This acronym is not spelt out where it is first used.",
        fix=FIX.replace("multi-agency safeguarding hub (MASH)", f"full name ({letters})"),
    )
