"""Days and times of day as people write them: read here, printed here, one way (GOV.UK style)."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTH_NUMBER = {name.lower()[:length]: i for i, name in enumerate(MONTHS, 1) for length in (3, len(name))} | {"sept": 9}
# "Tue", "Tues", "Thurs", "Thursday", and "Weds"
_WEEKDAY_NUMBER = {name.lower()[:length]: i for i, name in enumerate(WEEKDAYS) for length in (3, 4, 5, len(name))}
_WEEKDAY_NUMBER["weds"] = 2
YEARS = range(1900, 2200)  # outside it a year is a slip of the finger

_DAY = re.compile(
    r"(?:(?P<weekday>[A-Za-z]{3,9})\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?"
    r"(?P<month>[A-Za-z]{3,9})\.?,?(?:\s+(?P<year>\d{4})(?!\d))?",
    re.I,
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)|(?P<basic>\d{8})(?!\d)")
_NUMERIC = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")
_TIME = re.compile(
    r"(?:12\s*)?(?:(?P<noon>noon|midday)|(?P<midnight>midnight))"
    r"|(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::00)?)?\s*(?P<half>am|pm)?",
    re.I,
)
EXAMPLE_DAY = "Write it as 26 November 2026."


def squash(text: str) -> str:
    """One blank for any run of white space, plain hyphens for the dashes that word processors make, "am" for "a.m."."""
    plain = " ".join(re.sub("[\u2010-\u2015\u2212]", "-", text.replace("\u00a0", " ")).split())
    return re.sub(r"(?<=[\d ])([ap])\.\s?m\b\.?", r"\1m", plain, flags=re.I)


def _build(year: int, month: int, day: int, text: str) -> date:
    if year not in YEARS:
        raise ValueError(f"'{text}': the year {year} is too far away. {EXAMPLE_DAY}")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"'{text}' is not a day in the calendar.") from None


def match_day(text: str) -> tuple[date, str] | None:
    """The day at the start of squashed text and what follows it; None if it does not start with a day.

    Raises:
        ValueError: it is a day, but without a year, with the wrong weekday, or not in the calendar.
    """
    if iso := _ISO.match(text):
        raw = iso["basic"]
        parts = (raw[:4], raw[4:6], raw[6:]) if raw else (iso["year"], iso["month"], iso["day"])
        return _build(int(parts[0]), int(parts[1]), int(parts[2]), iso[0]), text[iso.end() :]
    found = _DAY.match(text)
    if found is None or found["month"].lower() not in MONTH_NUMBER:
        return None
    weekday = (found["weekday"] or "").lower()
    if weekday and weekday not in _WEEKDAY_NUMBER:
        return None
    if not found["year"]:
        raise ValueError(f"'{found[0].strip()}' has no year. {EXAMPLE_DAY}")
    day = _build(int(found["year"]), MONTH_NUMBER[found["month"].lower()], int(found["day"]), found[0])
    if weekday and _WEEKDAY_NUMBER[weekday] != day.weekday():
        raise ValueError(_wrong_weekday(found[0], day, _WEEKDAY_NUMBER[weekday]))
    return day, text[found.end() :]


def _wrong_weekday(written: str, day: date, weekday: int) -> str:
    """'Thursday 27 November 2026' is a Friday. Did you mean Thursday 26 November 2026?"""
    offset = (weekday - day.weekday() + 3) % 7 - 3
    meant = date.fromordinal(day.toordinal() + offset)
    return f"'{written}' is a {WEEKDAYS[day.weekday()]}. Did you mean {long_date(meant)}?"


def parse_day(text: str) -> date:
    """One day. Raises ValueError with the words to write instead."""
    squashed = squash(text)
    if found := match_day(squashed):
        day, rest = found
        if not rest.strip(" .,"):
            return day
        raise ValueError(f"'{text}' is more than a day. {EXAMPLE_DAY}")
    if _NUMERIC.search(squashed):
        raise ValueError(f"'{text}' can be read in more than one way. {EXAMPLE_DAY}")
    raise ValueError(f"'{text}' is not a date. {EXAMPLE_DAY}")


def _parse_time(text: str, half: str = "") -> tuple[time, bool] | None:
    """A time of day ("9am", "9.30am", "14:00", "noon") and whether am or pm was written; None if it is not one.

    `half` is the am or pm written elsewhere, for "9 to 11am".
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    if found["noon"]:
        return time(12), True
    if found["midnight"]:
        return time(0), True
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or half).lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif found["minute"] is None:
        return None  # "9" alone is not a time
    if hour > 23 or minute > 59:
        return None
    return time(hour, minute), bool(found["half"])


def parse_times(text: str) -> tuple[time, time | None]:
    """ "9am to 2pm", "9 to 11am", "14:00-15:30", "9.30am". An end at midnight is the end of the day.

    Raises:
        ValueError: with the words to write instead.
    """
    parts = re.split(r"\s*(?:\bto\b|\buntil\b|\btill?\b|-)\s*", text.strip(), maxsplit=1, flags=re.I)
    if len(parts) == 1:
        single = _parse_time(parts[0])
        if single is None:
            raise ValueError(f"'{text}' is not a time. Write it as 9am to 2pm, or 9.30am.")
        return single[0], None
    written = re.search(r"(?:am|pm)$", parts[1].strip(), re.I)
    start, end = _parse_time(parts[0], written[0] if written else ""), _parse_time(parts[1])
    if start is None or end is None:
        raise ValueError(f"'{text}' is not a time. Write it as 9am to 2pm, or 9.30am.")
    if written and not start[1] and end[0] <= start[0]:
        start = _parse_time(parts[0], "am") or start  # "10 to 2pm" begins in the morning
    if end[0] == start[0]:
        raise ValueError(f"'{text}' ends when it starts.")
    if end[0] < start[0] and end[0] != time(0):
        raise ValueError(f"'{text}' ends before it starts.")
    return start[0], end[0]


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last of that month if it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


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
