"""Dates as people write them: read here, printed here, one way.

Read: "26 November 2026", "Thursday 26 November 2026, 9am to 2pm", "2026-11-26", "April 2026", "2026".
Printed: "Thursday 26 November 2026, 9am to 2pm" (GOV.UK style). Times are Europe/London.
What is printed can be read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from newsletter.models.base import Model
from newsletter.models.days import (
    EXAMPLE_DAY,
    MONTH_NUMBER,
    MONTHS,
    WEEKDAYS,
    YEARS,
    clock,
    long_date,
    match_day,
    parse_day,
    parse_times,
    short_date,
    squash,
)  # fmt: skip

LONDON = ZoneInfo("Europe/London")
EXAMPLE_WHEN = "Write it as Thursday 26 November 2026, 9am to 2pm."
EXAMPLE_MOMENT = "Write it as 26 November 2026 10am."
_MONTH_YEAR = re.compile(r"(?P<month>[A-Za-z]{3,9})\.?,?\s+(?P<year>\d{4})")


class When(Model):
    """When something happens: a day, with a time or without, over one day or several. Times are Europe/London."""

    day: date
    start: time | None = None
    end: time | None = None  # only with a start; midnight is the end of the day
    last_day: date | None = None  # only when it runs over several days; times are then those of each day

    @classmethod
    def parse(cls, text: str) -> When:
        """Reads "Thursday 26 November 2026, 9am to 2pm", "16 to 20 November 2026", "2026-11-26 09:00".

        Raises:
            ValueError: with the words to write instead.
        """
        squashed = squash(text)
        first, last, rest = _match_spread(squashed) or _match_days(squashed) or (None, None, "")
        if first is None:
            parse_day(text)  # raises, with its reason
            raise ValueError(f"'{text}' is not a date and time. {EXAMPLE_WHEN}")
        if last is not None and last <= first:
            raise ValueError(f"'{text}' ends before it starts.")
        rest = re.sub(r"^(?:T(?=\d)|[\s,;:]+)(?:from\s+|at\s+)?", "", rest).strip(" .")
        if not rest:
            return cls(day=first, last_day=last)
        start, end = parse_times(rest)
        return cls(day=first, last_day=last, start=start, end=end)

    @property
    def final_day(self) -> date:
        """The last day it runs on."""
        return self.last_day or self.day

    @property
    def starts_at(self) -> datetime | None:
        """The start in Europe/London, or None for a whole day."""
        return datetime.combine(self.day, self.start, LONDON) if self.start is not None else None

    @property
    def ends_at(self) -> datetime | None:
        """The end in Europe/London, or None if no end is known."""
        if self.end is None:
            return None
        day = self.final_day + timedelta(days=1) if self.end == time(0) else self.final_day
        return datetime.combine(day, self.end, LONDON)

    @property
    def times(self) -> str:
        """ "9am to 2pm", "9am", or "" for a whole day."""
        if self.start is None:
            return ""
        return clock(self.start) + (f" to {clock(self.end)}" if self.end is not None else "")

    def __str__(self) -> str:
        days = long_date(self.day) + (f" to {long_date(self.last_day)}" if self.last_day else "")
        return f"{days}, {self.times}" if self.times else days


def _match_days(text: str) -> tuple[date, date | None, str] | None:
    """ "26 November 2026 …" and "30 November 2026 to 4 December 2026 …": first day, last day if any, what follows."""
    found = match_day(text)
    if found is None:
        return None
    day, rest = found
    if joined := re.match(r"\s*(?:to|-|until|till?)\s+", rest, re.I):
        after = match_day(rest[joined.end() :])
        if after is not None:
            return day, *after
    return day, None, rest


_SPREAD_DAY = (
    r"(?:(?P<{0}w>[A-Za-z]{{3,9}})\.?,?\s+)?(?P<{0}d>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?:\s+(?P<{0}m>[A-Za-z]{{3,9}}))?"
)
_SPREAD = re.compile(
    rf"{_SPREAD_DAY.format('a')}\s*(?:\bto\b|-|\band\b|\buntil\b)\s*{_SPREAD_DAY.format('b')}\s+(?P<y>\d{{4}})(?!\d)",
    re.I,
)


def _match_spread(text: str) -> tuple[date, date | None, str] | None:
    """ "16 to 20 November 2026 …" and "30 November to 4 December 2026 …": first day, last day, what follows."""
    found = _SPREAD.match(text)
    if found is None or (found["bm"] or "").lower() not in MONTH_NUMBER:
        return None
    if re.search(r"\band\b", found[0], re.I):
        raise ValueError(f"'{found[0]}' names two days. Write to between them, or list them as sessions.")
    first = f"{found['aw'] or ''} {found['ad']} {found['am'] or found['bm']} {found['y']}".strip()
    last = f"{found['bw'] or ''} {found['bd']} {found['bm']} {found['y']}".strip()
    days = parse_day(first), parse_day(last)
    if days[0] > days[1] and found["am"]:
        raise ValueError(f"'{found[0]}' ends before it starts. Give both days their year.")
    return *days, text[found.end() :]


class Approximate(Model):
    """A day, a month or a year, for what was published when the day is not known."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Approximate:
        """Reads "26 November 2026", "November 2026", "2026-11" or "2026". Raises ValueError with the words to write."""
        squashed = squash(text)
        if re.fullmatch(r"\d{4}", squashed):
            return cls._in_range(int(squashed), None, text)
        found = _MONTH_YEAR.fullmatch(squashed)
        if found and found["month"].lower() in MONTH_NUMBER:
            return cls._in_range(int(found["year"]), MONTH_NUMBER[found["month"].lower()], text)
        if (iso := re.fullmatch(r"(\d{4})-(\d{1,2})", squashed)) and 1 <= int(iso[2]) <= 12:
            return cls._in_range(int(iso[1]), int(iso[2]), text)
        day = parse_day(text)
        return cls(year=day.year, month=day.month, day=day.day)

    @classmethod
    def _in_range(cls, year: int, month: int | None, text: str) -> Approximate:
        if year not in YEARS:
            raise ValueError(f"'{text}': the year {year} is too far away. Write it as November 2026.")
        return cls(year=year, month=month)

    def __str__(self) -> str:
        if self.month is None:
            return str(self.year)
        if self.day is None:
            return f"{MONTHS[self.month - 1]} {self.year}"
        return f"{self.day} {MONTHS[self.month - 1]} {self.year}"


def parse_moment(text: str) -> datetime:
    """A date and time in Europe/London ("26 November 2026 10am"). Raises ValueError with the words to write.

    A day alone means its first minute. A time that the change of the clocks leaves out is refused."""
    when = When.parse(text)
    if when.last_day or when.end is not None:
        raise ValueError(f"'{text}' is more than one moment. {EXAMPLE_MOMENT}")
    moment = datetime.combine(when.day, when.start or time(0), LONDON)
    if moment.astimezone(UTC).astimezone(LONDON).time() != moment.time():
        raise ValueError(f"'{text}' does not exist: the clocks go forward that night.")
    return moment


def print_moment(moment: datetime) -> str:
    """Thursday 26 November 2026, 10am"""
    local = moment.astimezone(LONDON)
    return f"{long_date(local.date())}, {clock(local.time().replace(second=0, microsecond=0))}"


def _reader(parse: Callable[[str], Any], example: str) -> BeforeValidator:
    """Text goes through `parse`; a value that already is one (from code, or TOML's own dates) passes."""

    def read(value: Any) -> Any:
        if isinstance(value, str):
            return parse(value)
        if isinstance(value, dict | list | int | float):
            raise ValueError(f"A date is expected here. {example}")
        return value

    return BeforeValidator(read)


def _schema(example: str) -> WithJsonSchema:
    """For editors. All that is read holds a year; what can be read in two ways, such as 16/4/2026, is not read."""
    never = r"\s*\d{1,2}[/.-]\d{1,2}[/.-]"
    return WithJsonSchema({"type": "string", "pattern": rf"^(?!{never}).*\d{{4}}", "examples": [example]})


Day = Annotated[date, _reader(parse_day, EXAMPLE_DAY), _schema("26 November 2026")]
Moment = Annotated[datetime, _reader(parse_moment, EXAMPLE_MOMENT), _schema("26 November 2026 10am")]
Occasion = Annotated[When, _reader(When.parse, EXAMPLE_WHEN), _schema("Thursday 26 November 2026, 9am to 2pm")]
Roughly = Annotated[Approximate, _reader(Approximate.parse, EXAMPLE_DAY), _schema("November 2026")]

__all__ = [
    "LONDON", "MONTHS", "WEEKDAYS", "Approximate", "Day", "Moment", "Occasion", "Roughly", "When",
    "clock", "long_date", "parse_day", "parse_moment", "print_moment", "short_date",
]  # fmt: skip
