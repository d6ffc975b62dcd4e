"""Acronyms of a text: which need to be spelt out, and whether they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.text import Passage, Piece, word_set

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


def acronyms(passage: Passage) -> Iterator[re.Match[str]]:
    """Acronyms that not everybody knows. Words in a row of capitals are shouted, not abbreviated."""
    shouted = [found.span() for found in _SHOUTED.finditer(passage.text)]
    for found in _ACRONYM.finditer(passage.text):
        if found["letters"].upper() not in _KNOWN and not any(start <= found.start() < end for start, end in shouted):
            yield found


def is_spelt_out(letters: str, piece: Piece) -> bool:
    """Whether the item spells it out: in the markup, in brackets before or after it, or anywhere in capitals."""
    return any(
        any(letters in abbreviation for abbreviation in passage.abbreviations) or spells_out(letters, passage.text)
        for passage in piece.passages
    )


def spells_out(letters: str, text: str) -> bool:
    """Whether a text spells an acronym out."""
    one = re.escape(letters)
    before = rf"\b[^\W\d_]+[\s-]+[^\W\d_]+['’]?s?\s*[(\[]\s*(?:the |or )?[\"“‘']?{one}s?\b"
    after = (
        rf"\b{one}s?['’”\"]?\s*(?:[(\[]|[-\u2013\u2014:,]\s|(?:stands for|means|is short for)\s)\s*"
        rf"{one[0]}[^\W\d_]*,?[\s-]+[^\W\d_]+"
    )
    return bool(re.search(before, text, re.I) or re.search(after, text, re.I) or _in_full(letters, text))


def _in_full(letters: str, text: str) -> bool:
    """Whether words with these initials stand in a row: "Female Genital Mutilation" for FGM."""
    wanted = letters.casefold()
    names = [word for word in re.findall(r"[^\W\d_]+", text) if word.casefold() not in _SMALL or word[0].isupper()]
    everything = re.findall(r"[^\W\d_]+", text)
    return any(wanted in _initials(words, capitals=len(letters) < 3) for words in (names, everything))


def _initials(words: list[str], *, capitals: bool) -> str:
    """First letters; short acronyms are found by chance in running words, so there only capitals count."""
    return "".join(word[0].casefold() if word[0].isupper() or not capitals else "." for word in words)
