"""Dates as people write them: read here, printed here, one way.

Read: "26 November 2026", "Thursday 26 November 2026, 9am to 2pm", "2026-11-26", "April 2026", "2026".
Printed: "Thursday 26 November 2026, 9am to 2pm" (GOV.UK style). Times are Europe/London.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from newsletter.models.base import Model

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH_NUMBER = {name.lower()[:length]: i for i, name in enumerate(MONTHS, 1) for length in (3, len(name))} | {"sept": 9}
_WEEKDAY_NUMBER = {
    name.lower()[:length]: i for i, name in enumerate(WEEKDAYS) for length in (3, 4, 5, len(name))
}  # "Tue", "Tues", "Thurs", "Thursday"

_DAY = re.compile(
    r"(?:(?P<weekday>[A-Za-z]{3,9})\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>[A-Za-z]{3,9})\.?,?(?:\s+(?P<year>\d{4}))?",
    re.I,
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})|(?P<basic>\d{8})")
_NUMERIC = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")
_TIME = re.compile(r"(?:(?P<noon>noon|midday)|(?P<midnight>midnight)|(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?)", re.I)
_MONTH_YEAR = re.compile(r"(?P<month>[A-Za-z]{3,9})\.?\s+(?P<year>\d{4})")
EXAMPLE_DAY = "Write it as 26 November 2026."
EXAMPLE_WHEN = "Write it as Thursday 26 November 2026, 9am to 2pm."


def _squash(text: str) -> str:
    """One blank for any run of white space, plain hyphens for the dashes that word processors make."""
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", text.replace("\u00a0", " ")).split())


def _build(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"'{text}' is not a day in the calendar.") from None


def _match_day(text: str) -> tuple[date, str] | None:
    """The day at the start of `text` and what follows it; None if it does not start with a day."""
    if iso := _ISO.match(text):
        raw = iso["basic"]
        parts = (raw[:4], raw[4:6], raw[6:]) if raw else (iso["year"], iso["month"], iso["day"])
        return _build(int(parts[0]), int(parts[1]), int(parts[2]), iso[0]), text[iso.end() :]
    found = _DAY.match(text)
    if found is None or found["month"].lower() not in _MONTH_NUMBER:
        return None
    weekday = (found["weekday"] or "").lower()
    if weekday and weekday not in _WEEKDAY_NUMBER:
        return None
    if not found["year"]:
        raise ValueError(f"'{found[0].strip()}' has no year. {EXAMPLE_DAY}")
    day = _build(int(found["year"]), _MONTH_NUMBER[found["month"].lower()], int(found["day"]), found[0])
    if weekday and _WEEKDAY_NUMBER[weekday] != day.weekday():
        raise ValueError(_wrong_weekday(found[0], day, _WEEKDAY_NUMBER[weekday]))
    return day, text[found.end() :]


def _wrong_weekday(written: str, day: date, weekday: int) -> str:
    """'Thursday 27 November 2026' is a Friday. Did you mean Thursday 26 November 2026?"""
    offset = (weekday - day.weekday() + 3) % 7 - 3
    message = f"'{written}' is a {WEEKDAYS[day.weekday()]}."
    try:
        return f"{message} Did you mean {long_date(date.fromordinal(day.toordinal() + offset))}?"
    except ValueError:
        return message


def parse_day(text: str) -> date:
    """One day. Raises ValueError with the words to write instead."""
    squashed = _squash(text)
    if found := _match_day(squashed):
        day, rest = found
        if not rest.strip(" .,"):
            return day
        raise ValueError(f"'{text}' is more than a day. {EXAMPLE_DAY}")
    if _NUMERIC.search(squashed):
        raise ValueError(f"'{text}' can be read in more than one way. {EXAMPLE_DAY}")
    raise ValueError(f"'{text}' is not a date. {EXAMPLE_DAY}")


def _parse_time(text: str, half: str | None = None) -> tuple[time, bool] | None:
    """A time of day ("9am", "9.30am", "14:00", "noon") and whether am or pm was written; None if it is not one."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    if found["noon"]:
        return time(12), True
    if found["midnight"]:
        return time(0), True
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or half or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif found["minute"] is None:
        return None  # "9" alone is not a time
    if hour > 23 or minute > 59:
        return None
    return time(hour, minute), bool(found["half"])


def _parse_times(text: str) -> tuple[time, time | None]:
    parts = re.split(r"\s*(?:\bto\b|\buntil\b|-)\s*", text.strip(), maxsplit=1, flags=re.I)
    end = _parse_time(parts[1]) if len(parts) == 2 else None
    inherited = (re.search(r"(am|pm)\s*$", parts[1], re.I) or [None])[0] if len(parts) == 2 else None
    start = _parse_time(parts[0], inherited)
    if start is None or (len(parts) == 2 and end is None):
        raise ValueError(f"'{text}' is not a time. Write it as 9am to 2pm, or 9.30am.")
    if end is not None and end[0] <= start[0]:
        retry = _parse_time(parts[0], "am") if inherited and not start[1] else None
        if retry is None or end[0] <= retry[0]:
            raise ValueError(f"'{text}' ends before it starts.")
        start = retry
    return start[0], end[0] if end else None


class When(Model):
    """When something happens: a day, with a time or without, over one day or several. Times are Europe/London."""

    day: date
    start: time | None = None
    end: time | None = None
    last_day: date | None = None  # only when it runs over several days

    @classmethod
    def parse(cls, text: str) -> When:
        """Reads "Thursday 26 November 2026, 9am to 2pm", "16 to 20 November 2026", "2026-11-26 09:00".

        Raises:
            ValueError: with the words to write instead.
        """
        squashed = _squash(text)
        if spread := _match_spread(squashed):
            return spread
        found = _match_day(squashed)
        if found is None:
            parse_day(text)  # raises, with its reason
            raise ValueError(f"'{text}' is not a date and time. {EXAMPLE_WHEN}")
        day, rest = found
        if last := re.match(r"\s*(?:to|-|until)\s+", rest):
            after = _match_day(rest[last.end() :])
            if after is not None and not after[1].strip(" ."):
                return cls._several(day, after[0], text)
        rest = re.sub(r"^(?:T(?=\d)|[\s,;:]+)(?:from\s+|at\s+)?", "", rest).strip(" .")
        if not rest:
            return cls(day=day)
        start, end = _parse_times(rest)
        return cls(day=day, start=start, end=end)

    @classmethod
    def _several(cls, first: date, last: date, text: str) -> When:
        if last <= first:
            raise ValueError(f"'{text}' ends before it starts.")
        return cls(day=first, last_day=last)

    @property
    def final_day(self) -> date:
        """The last day it runs on."""
        return self.last_day or self.day

    @property
    def starts_at(self) -> datetime | None:
        """The start in Europe/London, or None for a whole day."""
        return datetime.combine(self.day, self.start, LONDON) if self.start else None

    @property
    def ends_at(self) -> datetime | None:
        """The end in Europe/London, or None if no end is known."""
        return datetime.combine(self.final_day, self.end, LONDON) if self.end else None

    @property
    def times(self) -> str:
        """ "9am to 2pm", "9am", or "" for a whole day."""
        if self.start is None:
            return ""
        return clock(self.start) + (f" to {clock(self.end)}" if self.end else "")

    def __str__(self) -> str:
        days = long_date(self.day) + (f" to {long_date(self.last_day)}" if self.last_day else "")
        return f"{days}, {self.times}" if self.times else days


def _match_spread(text: str) -> When | None:
    """ "16 to 20 November 2026" and "30 November to 4 December 2026"; None if it is neither."""
    day = r"(?:(?P<{0}w>[A-Za-z]{{3,9}})\s+)?(?P<{0}d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+(?P<{0}m>[A-Za-z]{{3,9}}))?(?:\s+(?P<{0}y>\d{{4}}))?"
    found = re.fullmatch(day.format("a") + r"\s*(?:to|-|until)\s*" + day.format("b") + r"[ .]*", text, re.I)
    if found is None or not found["bm"] or not found["by"] or found["ay"]:
        return None
    first = f"{found['aw'] or ''} {found['ad']} {found['am'] or found['bm']} {found['by']}".strip()
    last = f"{found['bw'] or ''} {found['bd']} {found['bm']} {found['by']}".strip()
    return When._several(parse_day(first), parse_day(last), text)


class Approximate(Model):
    """A day, a month or a year, for what was published when the day is not known."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Approximate:
        """Reads "26 November 2026", "November 2026", "2026-11" or "2026". Raises ValueError with the words to write."""
        squashed = _squash(text)
        if re.fullmatch(r"[12]\d{3}", squashed):
            return cls(year=int(squashed))
        found = _MONTH_YEAR.fullmatch(squashed)
        if found and found["month"].lower() in _MONTH_NUMBER:
            return cls(year=int(found["year"]), month=_MONTH_NUMBER[found["month"].lower()])
        if (iso := re.fullmatch(r"([12]\d{3})-(\d{2})", squashed)) and 1 <= int(iso[2]) <= 12:
            return cls(year=int(iso[1]), month=int(iso[2]))
        day = parse_day(text)
        return cls(year=day.year, month=day.month, day=day.day)

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
    if when.last_day or when.end:
        raise ValueError(f"'{text}' is more than one moment. Write it as 26 November 2026 10am.")
    moment = datetime.combine(when.day, when.start or time(0), LONDON)
    if moment.astimezone(ZoneInfo("UTC")).astimezone(LONDON).time() != moment.time():
        raise ValueError(f"'{text}' does not exist: the clocks go forward that night.")
    return moment


def short_date(day: date) -> str:
    """26 November 2026"""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_date(day: date) -> str:
    """Thursday 26 November 2026"""
    return f"{WEEKDAYS[day.weekday()]} {short_date(day)}"


def clock(moment: time) -> str:
    """9am, 9.30am, midday, midnight (GOV.UK style)."""
    if moment == time(12):
        return "midday"
    if moment == time(0):
        return "midnight"
    minutes = f".{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def print_moment(moment: datetime) -> str:
    """Thursday 26 November 2026, 10am"""
    local = moment.astimezone(LONDON)
    return f"{long_date(local.date())}, {clock(local.time().replace(second=0, microsecond=0))}"


def _reader(parse: Any) -> BeforeValidator:
    """Text goes through `parse`; a value that already is one (from code, or TOML's own dates) passes."""

    def read(value: Any) -> Any:
        if isinstance(value, str):
            return parse(value)
        return value

    return BeforeValidator(read)


Day = Annotated[date, _reader(parse_day), WithJsonSchema({"type": "string", "description": "26 November 2026"})]
Moment = Annotated[datetime, _reader(parse_moment), WithJsonSchema({"type": "string", "description": "26 November 2026 10am"})]
Occasion = Annotated[When, _reader(When.parse), WithJsonSchema({"type": "string", "description": "Thursday 26 November 2026, 9am to 2pm"})]
Roughly = Annotated[Approximate, _reader(Approximate.parse), WithJsonSchema({"type": "string", "description": "November 2026"})]

__all__ = [
    "LONDON", "MONTHS", "WEEKDAYS", "Approximate", "Day", "Moment", "Occasion", "Roughly", "When",
    "clock", "long_date", "parse_day", "parse_moment", "print_moment", "short_date",
]  # fmt: skip
