"""NL107: phone numbers that cannot be right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.contacts import phones
from newsletter.checks.places import Spot, whole
from newsletter.checks.subject import Subject
from newsletter.models.finding import Finding, Level

CODE = "NL107"
TITLE = "A phone number with the wrong number of digits"
LEVEL = Level.FIX
THRESHOLD = (
    "UK numbers have 10 or 11 digits with the 0 (02, 03 and 07 have 11). 999, 101, 111, 116 000 and 0800 1111 are"
    " known."
)
WHY = "Somebody who is worried about a child rings this number once."
SOURCE = "Ofcom, National Telephone Numbering Plan"
EXAMPLE = "Ring 01632 96001"
FIX = "Check the number by ringing it."

_FREEPHONE = re.compile(r"0(?:800|500)\d{6,7}")


def check(subject: Subject) -> Iterator[Finding]:
    """Numbers of the text and of the fields made for them; those of newsletter.toml too."""
    shared = set(_of_the_publication(subject))
    for piece in subject.pieces:
        for passage in piece.passages:
            for phone in phones(passage.text):
                yield from _judge(passage.spot(phone.start), phone.written, phone.digits)
        for field in piece.addresses:
            if field.kind == "phone" and field.value not in shared:
                for phone in phones(field.value, sure=True):
                    yield from _judge(field.spot, phone.written, phone.digits)
    for text in sorted(shared):
        for phone in phones(text, sure=True):
            yield from _judge(whole("newsletter.toml"), phone.written, phone.digits)


def _of_the_publication(subject: Subject) -> Iterator[str]:
    yield from (block.phone for block in subject.publication.worried)
    yield from (contact.phone for contact in subject.publication.contacts.values())


def _judge(spot: Spot, written: str, digits: str) -> Iterator[Finding]:
    if message := _fault(digits):
        yield Finding(code=CODE, level=LEVEL, **spot, words=written, message=message, fix=FIX)


def _fault(digits: str) -> str:
    """What is wrong with a number in national form; "" if nothing."""
    if len(digits) not in (10, 11):
        return f"This number has {len(digits)} digits; UK numbers have 10 or 11."
    if digits[1] in "046":
        return f"No UK number starts with {digits[:2]}."
    if len(digits) == 10 and digits[1] in "237":
        return f"This number has 10 digits; numbers that start with {digits[:2]} have 11."
    if len(digits) == 10 and digits[1] in "589" and not _FREEPHONE.fullmatch(digits) and digits[:2] != "01":
        return f"This number has 10 digits; numbers that start with {digits[:4]} have 11."
    return ""
