"""Dates as an iCalendar file (RFC 5545) that any diary program takes; the only import of icalendar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from newsletter.models.base import Model
from newsletter.models.dates import When

if TYPE_CHECKING:
    import icalendar

FILE_NAME = "calendar.ics"  # stands beside the web copy, which links to it
MEDIA_TYPE = "text/calendar"

# The zone as a rule without an end. Since 1996 the clocks of the United Kingdom change at 01:00 UTC on the last Sundays
# of March and October (Summer Time Order 2002). Written out, since no diary program has to know our zone's name.
LONDON_RULES = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
END:STANDARD
END:VTIMEZONE
"""
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # control characters that no text value may hold (section 3.3.11)

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
# A diary keeps the copy with the higher number: a date is held, then confirmed, and what is cancelled stays so.
SEQUENCE: dict[Status, int] = {"TENTATIVE": 0, "CONFIRMED": 1, "CANCELLED": 2}


class Entry(Model):
    """One entry of a diary. Words are plain text; what is empty is left out."""

    uid: str  # the same for ever, so that a second import changes the entry and adds none
    summary: str
    when: When
    status: Status = "CONFIRMED"
    description: str = ""  # lines
    location: str = ""
    url: str = ""  # absolute
    categories: tuple[str, ...] = ()
    lang: str = ""  # BCP 47, of the summary


def calendar_file(name: str, entries: Sequence[Entry], stamp: date) -> bytes:
    """The whole file: UTF-8, CRLF, lines folded at 75 octets. The same entries give the same bytes.

    `name`: what diary programs call the calendar. `stamp`: the day the entries were published.
    """
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//newsletter//Dates of an issue//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _line(name))  # RFC 7986 section 5.1
    calendar.add("x-wr-calname", _line(name))
    if any(entry.when.start is not None for entry in entries):
        calendar.add_component(icalendar.Timezone.from_ical(LONDON_RULES.replace("\n", "\r\n")))
    for entry in entries:
        calendar.add_component(_event(entry, stamp))
    data: bytes = calendar.to_ical()
    return data


def _event(entry: Entry, stamp: date) -> icalendar.Event:
    """One VEVENT. It has no ORGANIZER: diary programs would send that address everybody's answers."""
    import icalendar

    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", datetime.combine(stamp, time(0), UTC))
    event.add("sequence", SEQUENCE[entry.status])
    event.add("status", entry.status)
    event.add("summary", _line(entry.summary), parameters={"LANGUAGE": entry.lang} if entry.lang else {})
    _add_times(event, entry.when)
    if lines := [line for line in map(_line, entry.description.splitlines()) if line]:
        event.add("description", "\n".join(lines))
    if location := _line(entry.location):
        event.add("location", location)
    if url := re.sub(r"\s", "%20", _line(entry.url)):
        event.add("url", url)
    if entry.categories:
        event.add("categories", [_line(category) for category in entry.categories])
    return event


def _add_times(event: icalendar.Event, when: When) -> None:
    """Whole days end on the morning after (section 3.6.1). Times over several days are those of each day, so the entry
    is repeated: one that ran through the nights would be wrong. Where no end is known, none is made up."""
    if when.start is None:
        event.add("dtstart", when.day)
        event.add("dtend", when.final_day + timedelta(days=1))
        return
    first = when.model_copy(update={"last_day": None})
    event.add("dtstart", first.starts_at)
    if first.ends_at:
        event.add("dtend", first.ends_at)
    if when.last_day:
        event.add("rrule", {"freq": "daily", "count": (when.last_day - when.day).days + 1})


def _line(text: str) -> str:
    """One line without control characters: nothing that an author writes can become a line of the file's own."""
    return _NO_TEXT.sub("", " ".join(text.split()))
