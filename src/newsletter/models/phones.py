"""Telephone numbers of the UK where they stand in a sentence: which digits are one, and how it is dialled."""

from __future__ import annotations

import re

PHONE = r"(?<![\w@.#£+-])(?:\+44 ?(?:\(0\) ?)?[1-9]|\(0[1-9]\d{1,4}\)|0[1-9])(?:[ \n-]?\d){5,9}(?!\w|[ -]?\d)"
# Numbers of three digits are phone numbers only after words like "call", and before words that do not count anything.
CALLING = r"(?i:call|calling|ring|ringing|dial|dialling|phone|telephone|on|via)"
SHORT = r"(?:999|101|111|112|119|105|116 ?000|116 ?111|116 ?123)"
ENDING = (
    r"$|[.,;:!?)](?:\s|$)|\s*[(–—]|\s+(?:and|or|if|for|to|in|at|as|when|where|whenever|who|unless|immediately|"
    r"straight|now|quoting|free|from|option|then|because|before|without|any|day|24)\b"
)
_NUMBERS = re.compile(f"{PHONE}|\\b{CALLING}\\s+(?:{SHORT},?\\s+(?:or|and)\\s+)*{SHORT}(?={ENDING})")
_SHORT = re.compile(f"({SHORT})(?!\\d)")


def phone_href(written: str) -> str | None:
    """The tel: address (RFC 3966) of a UK number; None if it has the wrong number of digits (Ofcom numbering plan)."""
    digits = re.sub(r"\D", "", written.replace("(0)", ""))
    if digits == "08001111":  # Childline, shorter than all others
        return f"tel:{digits}"
    national = f"0{digits[2:]}" if written.startswith("+") else digits
    whole = len(national) == 11 and national[1] in "12378"
    short = len(national) == 10 and national.startswith(("01", "0800", "0500"))
    return f"tel:+44{national[1:]}" if whole or short else None


def short_href(written: str) -> str:
    """The tel: address of a number that is dialled as it is: 999, 116 000."""
    return f"tel:{written.replace(' ', '')}"


def phones_in(text: str) -> list[tuple[str, str]]:
    """The text in pieces: (words, "") or (a number as it is written, its tel: address)."""
    pieces, end = [], 0
    for start, stop, href in _places(text):
        pieces += [(text[end:start], ""), (text[start:stop], href)]
        end = stop
    return [piece for piece in [*pieces, (text[end:], "")] if piece[0]]


def _places(text: str) -> list[tuple[int, int, str]]:
    """Where each number starts and ends, and its tel: address."""
    places = []
    for found in _NUMBERS.finditer(text):
        if found[0][0].isalpha():
            short = _SHORT.finditer(text, found.start(), found.end())
            places += [(one.start(), one.end(), short_href(one[0])) for one in short]
        elif href := phone_href(found[0]):
            places.append((found.start(), found.end(), href))
    return places
