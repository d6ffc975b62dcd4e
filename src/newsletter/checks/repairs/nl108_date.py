"""NL108: writes dates in the one way in which the product prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from newsletter.checks.repair import Repair, in_passage, prose
from newsletter.checks.subject import Subject
from newsletter.models.dates import MONTHS, WEEKDAYS, long_date, parse_day, short_date

CODE = "NL108"
MENDS = (
    "Writes dates with a year as 26 November 2026 or Thursday 26 November 2026: without th and of, with the month in"
    " full. Dates without a year, with the wrong weekday, or such as 16/4/20 it leaves to you."
)
_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|Sept"
_WEEKDAY = "|".join(f"{name}|{name[:3]}|{name[:4]}|{name[:5]}" for name in WEEKDAYS)
_WRITTEN = re.compile(
    rf"(?<![\w/-])(?:(?P<weekday>{_WEEKDAY})\.?,?\s+)?(?P<the>the\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+"
    rf"(?P<of>of\s+)?(?P<month>{_MONTH})\b\.?,?\s+(?P<year>\d{{4}})(?![\w/-])"
)
_ISO = re.compile(r"(?<![\w/.:=-])\d{4}-\d{2}-\d{2}(?![\w/:-]|\.\w)")


def mend(subject: Subject) -> Iterator[Repair]:
    """Every date of the sentences that is right and written in another way."""
    for _, passage in prose(subject):
        for pattern in (_WRITTEN, _ISO):
            for found in pattern.finditer(passage.text):
                start, words = _words(found)
                if (day := _day(words)) is not None:
                    new = long_date(day) if _weekday(found) else short_date(day)
                    yield from in_passage(
                        passage, start, found.end(), new, code=CODE, what="date written in the one way"
                    )


def _words(found: re.Match[str]) -> tuple[int, str]:
    """The date, and where it starts: "the" belongs to it only in "the 26th of November"."""
    groups = found.groupdict()
    start = found.start("day") if groups.get("the") and not groups.get("of") else found.start()
    return start, found.string[start : found.end()]


def _weekday(found: re.Match[str]) -> bool:
    groups = found.groupdict()
    return bool(groups.get("weekday")) and not (groups.get("the") and not groups.get("of"))


def _day(words: str) -> date | None:
    try:
        return parse_day(re.sub(r"\bthe\s+|[.,]", "", words))
    except ValueError:
        return None
