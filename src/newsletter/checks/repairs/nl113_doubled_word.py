"""NL113: takes the second of two small words away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.repair import Repair, in_passage, prose
from newsletter.checks.subject import Subject

CODE = "NL113"
MENDS = (
    "Takes the second of two words away where that can only be a slip: the, an, and, or, our, your, their, its."
    " Other doubled words and all other slips it leaves to you."
)
_DOUBLED = re.compile(r"\b(?P<first>[Tt]he|[Aa]n|[Aa]nd|[Oo]r|[Oo]ur|[Yy]our|[Tt]heir|[Ii]ts)(?: (?i:(?P=first))\b)+")


def mend(subject: Subject) -> Iterator[Repair]:
    """Every doubled word that stands in one line."""
    for _, passage in prose(subject):
        for found in _DOUBLED.finditer(passage.text):
            if found[0].split()[-1].islower():
                yield from in_passage(passage, *found.span(), found["first"], code=CODE, what="doubled word taken away")
