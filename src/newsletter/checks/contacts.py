"""Email addresses, phone numbers and web addresses as they stand in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL = re.compile(r"(?<![\w.+-])\w[\w+'-]{0,63}(?:\.[\w+'-]{1,64}){0,8}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
WEB = re.compile(
    r"(?:\bhttps?://|\bwww\.)[^\s<>\"”]+|(?<![@\w.-])[\w-]+(?:\.[\w-]+)*\.(?:uk|org|com|net|wales|scot)(?:/[^\s<>\"”]*)?(?![\w@-])",
    re.I,
)
# Numbers with fewer digits that are right: 999, 101, 111, 116 000 and their like, Childline, text short codes.
_SHORT = re.compile(
    r"(?<![\w/])(?:999|112|101|111|105|119|116\s?\d{3}|0800\s?1111|0845\s?46\s?4\d)(?![\w/])|\btext\b.{0,30}?\b\d{5,6}\b",
    re.I,
)
_PHONE = re.compile(r"(?<![\w/.,-])(?:\+\s?44|0044|\(?0)[\d\s()\u2010-\u2015-]{5,20}\d(?![\w/]|[.,]\d)")
_HOURS = re.compile(r"[012]\d[0-5]\d\D+[012]\d[0-5]\d")  # 0900-1700
_OTHER_NUMBER = re.compile(
    r"\b(?:charity|company|registration|registered|reference|ref|case|file|order|invoice|urn|code|id)\b"
    r"(?:\s+(?:number|no)\b)?[.:\s#]*$",
    re.I,
)
_PHONE_WORD = re.compile(
    r"\b(?:tel|phone|telephone|call|ring|mobile|helpline|line|text|number|contact|fax)\b[^.]{0,40}$", re.I
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as written."""

    start: int
    end: int
    written: str
    digits: str  # national form, with the leading 0


def emails(text: str) -> Iterator[re.Match[str]]:
    """Email addresses in a text."""
    return EMAIL.finditer(text)


def phones(text: str, *, sure: bool = False) -> Iterator[Phone]:
    """What looks like a UK phone number. `sure`: the text is a field made for one."""
    for found in _PHONE.finditer(text):
        written = found[0].strip()
        before = text[: found.start()]
        digits = national(written)
        if _SHORT.fullmatch(written) or (not sure and (_HOURS.fullmatch(written) or not _is_phone(before, digits))):
            continue
        yield Phone(found.start(), found.start() + len(written), written, digits)


def _is_phone(before: str, digits: str) -> bool:
    """Company, charity and case numbers are no phone numbers; short runs of digits only if the words say so."""
    if _OTHER_NUMBER.search(before[-60:]):
        return False
    return 9 <= len(digits) <= 13 or bool(_PHONE_WORD.search(before[-60:]))


def national(written: str) -> str:
    """The digits of a UK number in national form: +44 (0)20 7946 0000 -> 02079460000."""
    plus = re.sub(r"^\s*(?:\+\s?44|0044)\s*(?:\(0\))?\s*", "0", written)
    return re.sub(r"\D", "", plus)


def has_address(text: str) -> bool:
    """Whether a text holds something to act on: an email address, a web address or a number to ring."""
    return bool(EMAIL.search(text) or WEB.search(text) or _SHORT.search(text) or next(phones(text), None))
