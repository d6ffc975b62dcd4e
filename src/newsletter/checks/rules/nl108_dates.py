"""NL108: dates that are wrong, past, or cannot be understood a week later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from newsletter.checks.reading import sentences
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, Piece, around
from newsletter.models.dates import MONTHS, WEEKDAYS, long_date, parse_day, short_date
from newsletter.models.finding import Finding, Level

CODE = "NL108"
TITLE = "A date that is wrong, past or unclear"
LEVEL = Level.FIX
THRESHOLD = (
    "FIX: wrong weekday, or a day to act by or attend before the issue's own date. ADVICE: no year, “next week”, "
    "“end of April”, 16/4/20."
)
WHY = "Readers put the wrong day into their diaries, and an archived page is read long after “next week”."
SOURCE = "GOV.UK style guide, dates; local government content standards"
EXAMPLE = "Thursday 27 November 2026 (a Friday)"
FIX = "Write the day in full: Thursday 26 November 2026."

_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS)
_WEEKDAY = "|".join(f"{name}|{name[:3]}|{name[:4]}|{name[:5]}" for name in WEEKDAYS)
_DAY = re.compile(
    rf"\b(?:(?P<weekday>{_WEEKDAY})\.?,?\s+)?(?:the\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?"
    rf"(?P<month>{_MONTH})\b\.?,?(?:\s+(?P<year>\d{{4}})\b)?"
)
_NUMERIC = re.compile(r"(?<![\w/.-])(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|1[0-2])[/.](?:\d{4}|\d{2})(?![\w/-]|\.\d)")
_RELATIVE = re.compile(
    r"\b(?:(?i:next|this|last) (?i:week|month)|(?i:next term)|(?i:tomorrow|yesterday)"
    rf"|(?i:end|beginning|start|middle) of (?:{'|'.join(MONTHS)})\b(?! \d{{4}}))\b"
)
_ACT_BY = re.compile(
    r"(?i:\b(?:respond|reply|return|book|apply|register|complete|submit|send|feedback|comments?|nominat\w+"
    r"|closes?|closing date|deadline|rsvp)\b)"
)
_BY = re.compile(r"(?i:\b(?:by|before|until|on|is|closes|date|deadline)\W*(?:\w+day\W+)?)$")


def check(subject: Subject) -> Iterator[Finding]:
    """Dates of the text, then days of the front matter that are past when the issue comes out."""
    published = subject.issue.front.date
    for piece in subject.pieces:
        told = _days_of(piece)
        for passage in piece.sentences:
            yield from _in_text(passage, published, told)
        yield from _past(piece, published)


def _in_text(passage: Passage, published: date, told: frozenset[tuple[str, int]]) -> Iterator[Finding]:
    text = passage.text
    for found in _DAY.finditer(text):
        if not found["year"] and ((found["month"][:3], int(found["day"])) in told or _year_follows(text, found.end())):
            continue
        level, message, fix = _judge(found, text, published)
        if message:
            yield _finding(passage, found, level, message, fix)
    for found in _NUMERIC.finditer(text):
        message = "This can be read in more than one way."
        yield _finding(passage, found, Level.ADVICE, message, "Write the month as a word: 16 April 2020.")
    for found in _RELATIVE.finditer(text):
        message = f"A reader who opens this later cannot tell which day “{found[0]}” is."
        yield _finding(passage, found, Level.ADVICE, message, "Write the date, with its year.")


def _judge(found: re.Match[str], text: str, published: date) -> tuple[Level, str, str]:
    """Level, message and fix for one date; no message if it is right."""
    if not found["year"]:
        return _without_year(found, published)
    try:
        day = parse_day(re.sub(r"\bthe\s+|[.,]", "", found[0]))
    except ValueError as error:
        return LEVEL, _sentence(str(error)), "Check the day with the organiser, and mend the weekday or the date."
    if day < published and _is_deadline(text, found):
        return (
            LEVEL,
            f"This day is past when the issue comes out on {short_date(published)}.",
            "Give the new date, or take the call out.",
        )
    return LEVEL, "", ""


def _without_year(found: re.Match[str], published: date) -> tuple[Level, str, str]:
    """A weekday tells which year is meant; without one the nearest such day is taken."""
    written = found[0].strip(" ,.")
    days = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            days.append(parse_day(re.sub(r"\bthe\s+|[.,]", "", f"{written} {year}")))
        except ValueError:
            continue
    if days:
        day = min(days, key=lambda day: abs((day - published).days))
        return (
            Level.ADVICE,
            "This date has no year.",
            f"Write {long_date(day) if found['weekday'] else short_date(day)}, if that is the day.",
        )
    if found["weekday"]:
        return (
            LEVEL,
            f"“{written}” does not fall on that weekday last year, this year or next.",
            "Check the day with the organiser.",
        )
    return LEVEL, f"“{written}” is not a day in the calendar.", FIX


def _days_of(piece: Piece) -> frozenset[tuple[str, int]]:
    """Days of the front matter: they are printed with their year, so the words need not repeat it."""
    when = getattr(piece.front, "when", None)
    days = [getattr(piece.front, name, None) for name in ("deadline", "closes", "book_by", "ends", "effective_from")]
    days += [when.day, when.last_day] if when else []
    days += [session.when.day for session in getattr(piece.front, "sessions", ())]
    return frozenset((MONTHS[day.month - 1][:3], day.day) for day in days if isinstance(day, date))


def _year_follows(text: str, end: int) -> bool:
    """Whether this is the first of several days that share a year: 26 November and 3 December 2026."""
    after = _DAY.search(text, end)
    return bool(after and after["year"] and after.start() - end < 60 and "." not in text[end : after.start()])


def _is_deadline(text: str, found: re.Match[str]) -> bool:
    """Whether the sentence asks people to do something by this day."""
    for start, end in sentences(text):
        if start <= found.start() < end:
            before = text[start : found.start()]
            return bool(_BY.search(before) and _ACT_BY.search(before))
    return False


def _past(piece: Piece, published: date) -> Iterator[Finding]:
    """Days that readers are asked to act by or to attend."""
    front = piece.front
    when = getattr(front, "when", None)
    cancelled = getattr(front, "status", "") in ("cancelled", "on-demand")
    days = {
        "deadline": (getattr(front, "deadline", None), "The deadline"),
        "closes": (getattr(front, "closes", None), "The closing date"),
        "book_by": (getattr(front, "book_by", None), "The last day to book"),
        "when": (None if cancelled or when is None else getattr(front, "ends", None) or when.final_day, "The event"),
    }
    for name, (day, what) in days.items():
        if day is not None and day < published:
            yield Finding(
                code=CODE,
                level=LEVEL,
                **piece.spot(name),
                words=short_date(day),
                message=f"{what} is past when the issue comes out on {short_date(published)}.",
                fix="Give the new date, or take the item out.",
            )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _finding(passage: Passage, found: re.Match[str], level: Level, message: str, fix: str) -> Finding:
    start, end = found.span()
    words = found[0].strip(" ,.") if end - start > 12 else around(passage.text, start, end, 20)
    return Finding(code=CODE, level=level, **passage.spot(start), words=words, message=message, fix=fix)
