"""When a campaign is to start, as people say it: "26 November 2026 10am", "tomorrow 9.30am", "Monday 9am", "now".

Always Europe/London. A time that the change of the clocks leaves out, or gives twice, is refused: it must be said anew.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from newsletter.errors import Refused, UsageError
from newsletter.models.dates import LONDON, WEEKDAYS, When, long_date, parse_moment, print_moment
from newsletter.models.days import MONTH_NUMBER, parse_times

FURTHEST = timedelta(days=366)  # beyond it a year is a slip of the finger
_EXAMPLE = 'Write it as --at "26 November 2026 10am", or "tomorrow 10am".'
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTH_NUMBER)})\b", re.I)
_NEAR = re.compile(r"(?P<day>today|tomorrow|[a-z]{6,9})[,\s]+(?:at\s+)?(?P<time>.+)", re.I)


def read_when(text: str, now: datetime) -> datetime:
    """The moment that is meant (aware). `now` (aware) is what "now" means, and what "tomorrow" is counted from.

    Raises:
        UsageError: it is not a moment, or has no time of day.
        Refused: it is past, more than a year away, or falls where the clocks change.
    """
    if text.strip().casefold() == "now":
        return now
    try:
        moment = _near(text, now) or _full(text)
    except ValueError as error:
        raise UsageError(f"{error}", hint=_EXAMPLE) from None
    if moment <= now:
        raise Refused(f"{print_moment(moment)} is past: it is {print_moment(now)} now.", hint=_EXAMPLE)
    if moment - now > FURTHEST:
        raise Refused(f"{print_moment(moment)} is more than a year away.", hint="Check the year.")
    return moment


def _full(text: str) -> datetime:
    """A date with its year and a time. Raises ValueError with the words to write."""
    if When.parse(text).start is None:
        raise ValueError(f"'{text}' has no time of day.")
    return _once(parse_moment(text), text)


def _near(text: str, now: datetime) -> datetime | None:
    """ "today 4pm", "tomorrow 10am", "Monday 9am": the next such moment; None if it is not said in this way."""
    found = None if _MONTH.search(text) else _NEAR.fullmatch(text.strip())
    day = _near_day(found["day"], now) if found else None
    if found is None or day is None:
        return None
    start, end = parse_times(found["time"])
    if end is not None:
        raise ValueError(f"'{text}' is more than one moment.")
    written = f"{long_date(day)} {start:%H:%M}"
    moment = _once(parse_moment(written), text)
    if moment <= now and found["day"].casefold() not in ("today", "tomorrow"):
        moment = _once(parse_moment(f"{long_date(day + timedelta(days=7))} {start:%H:%M}"), text)
    return moment


def _near_day(word: str, now: datetime) -> date | None:
    today = now.astimezone(LONDON).date()
    names = [name.casefold() for name in WEEKDAYS]
    if word.casefold() in names:
        return today + timedelta(days=(names.index(word.casefold()) - today.weekday()) % 7)
    return {"today": today, "tomorrow": today + timedelta(days=1)}.get(word.casefold())


def _once(moment: datetime, text: str) -> datetime:
    """Refuses the hour that the clocks give twice (they go back at 2am)."""
    first, second = (moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        raise ValueError(f"'{text}' comes twice: the clocks go back that night. Choose a time before 1am or from 2am.")
    return moment
