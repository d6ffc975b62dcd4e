"""NL008: details in a review that, put together, tell who it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.reading import sentences
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, around
from newsletter.models.dates import MONTHS
from newsletter.models.finding import Finding, Level
from newsletter.models.items import Review

CODE = "NL008"
TITLE = "A detail that may identify somebody"
LEVEL = Level.FIX
THRESHOLD = "Items of the kind review, until identity_checked_by names a second person who has looked."
WHY = "Age, school, street and date, each harmless, tell a small place which child it was."
SOURCE = "Judicial guidance on anonymisation (Brophy 2016): jigsaw identification"
EXAMPLE = "He was born on 3 May 2014 and went to Hillside Primary School."
FIX = (
    "Leave it out or make it wider (a young child, a school, in spring 2024). If it must stay, let a second "
    "person check it and write identity_checked_by: with their name."
)

_MONTH = "|".join(MONTHS)
_BIRTH = re.compile(
    rf"(?i:\bdate of birth\b|\bd\.?o\.?b\b\.?|\b(?:was )?born (?:on|in) (?:the )?(?:\d{{1,2}}|{_MONTH}))"
)
_DAY = re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})(?:,?\s+\d{{4}})?\b")
_HAPPENED = re.compile(
    r"(?i:\b(?:died|death|killed|murder\w*|injur\w*|admitted|attended|arrest\w*|assault\w*|incident|found|taken|moved|removed|disclosed|reported|"
    r"called|visited|seen|placed|born|collapsed|attack\w*|stabb\w*|missing|hospital)\b)"
)
_PUBLISHED = re.compile(r"(?i:\b(?:publish\w*|launch\w*|released?|available|training|webinar)\b[^.]{0,20})$")
_SCHOOL = re.compile(
    r"""\b(?:(?!(?:The|A|Local|Each|Every|Our|Your|All|Primary|Secondary|High|Special|In|At|Pre)\b)[A-Z][\w'’.-]+\s+){1,3}
    (?:(?:Primary|Secondary|High|Infant|Junior|Nursery|Grammar|Community|Catholic|Special|C\ of\ E|CofE|Free)\s+){0,2}
    (?:School|Academy|College|Nursery|Pre-?school)\b""",
    re.VERBOSE,
)
_STREET = re.compile(
    r"""\b(?:\d{1,4}[a-z]?\s+(?:[A-Z][\w'’-]+\s+){1,2}
      (?:Street|Road|Avenue|Lane|Close|Drive|Crescent|Court|Terrace|Gardens|Grove|Way|Place|Walk|Mews|Hill)
    | (?:[A-Z][\w'’-]+\s+){1,2}(?:Street|Road|Avenue|Lane|Crescent|Terrace|Mews))\b""",
    re.VERBOSE,
)
_NOT_A_STREET = re.compile(r"(?:Downing|Fleet) Street")
_CASE = re.compile(
    r"(?i:\b(?:case|file|court|client|mosaic|liquidlogic)\s+(?:ref(?:erence)?|no|number|id)\b\.?\s*[:#]?\s*)"
    r"(?=[\w/-]*\d)[\w/-]{4,}|\b[A-Z]{2}\d{2}[A-Z]\d{5}\b"
)
_NHS = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
_INITIALS = re.compile(
    r"""\b[A-Z]\.\s?[A-Z]\.(?:\s?[A-Z]\.)?(?=\W)
    | \b(?i:child|boy|girl|baby|mother|father|adult|patient|referred\ to\ as|known\ as)\s+[A-Z]{2}\b(?!\s*\()""",
    re.VERBOSE,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Review items that no second person has checked."""
    for piece in subject.pieces:
        if isinstance(piece.front, Review) and not piece.front.identity_checked_by:
            for passage in piece.passages:
                if passage.role not in ("contact", "area") and not passage.role.startswith("contact"):
                    yield from _details(passage)


def _details(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    for pattern, what in (
        (_BIRTH, "A date of birth"),
        (_SCHOOL, "The name of a school"),
        (_STREET, "The name of a street"),
        (_CASE, "A case reference"),
        (_INITIALS, "Initials"),
    ):
        for found in pattern.finditer(text):
            if not _NOT_A_STREET.fullmatch(found[0]):
                yield _finding(passage, found, what)
    for found in _NHS.finditer(text):
        if _is_nhs_number(found[0]):
            yield _finding(passage, found, "An NHS number")
    for start, end in sentences(text):
        if _HAPPENED.search(text[start:end]):
            for found in _DAY.finditer(text, start, end):
                before = text[start : found.start()]
                if not _BIRTH.search(text[start : found.end()]) and not _PUBLISHED.search(before):
                    yield _finding(passage, found, "The exact date of what happened")


def _is_nhs_number(written: str) -> bool:
    """Its tenth digit is a check over the other nine (NHS Data Model and Dictionary, modulus 11)."""
    digits = [int(sign) for sign in written if sign.isdigit()]
    rest = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return len(digits) == 10 and rest % 11 == digits[9] and rest != 10


def _finding(passage: Passage, found: re.Match[str], what: str) -> Finding:
    return Finding(
        code=CODE,
        level=LEVEL,
        **passage.spot(found.start()),
        words=around(passage.text, found.start(), found.end(), 15),
        message=f"{what} may tell readers who this is about.",
        fix=FIX,
    )
