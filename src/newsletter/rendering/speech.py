"""What the product says itself ("In this issue", "Book by", dates), in the language of the words around it.

It stands in English in code and templates, marked `_("...")`. Its translations are gettext catalogues in `locale/`,
renewed by `python -m tools.locale`; a test proves that none is missing or behind. Where there is no catalogue, as for
Polish and Urdu, it is said in the partnership's language, or in English, and marked with it (`Context.ours`).
"""

from __future__ import annotations

import gettext
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from newsletter.models.dates import LONDON, MONTHS, WEEKDAYS, Approximate, When
from newsletter.models.days import clock

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "rendering"
ENGLISH = "en-GB"


class Words:
    """Says things in one language."""

    def __init__(self, lang: str) -> None:
        """`lang`: one that `known` knows."""
        self.lang = lang
        primary = _primary(lang)
        found = gettext.translation(DOMAIN, LOCALE, languages=[primary], fallback=primary == "en")
        self._translate = found.gettext

    def __call__(self, message: str, /, **values: object) -> str:
        """The message, with `%(name)s` replaced."""
        text = self._translate(message)
        return text % values if values else text

    def day(self, day: date) -> str:
        """Thursday 26 November 2026, as it stands within a sentence."""
        return self("%(weekday)s %(date)s", weekday=self(WEEKDAYS[day.weekday()]), date=self.short_date(day))

    def long_date(self, day: date) -> str:
        """Thursday 26 November 2026, standing alone."""
        return sentence(self.day(day))

    def short_date(self, day: date) -> str:
        """26 November 2026"""
        return f"{day.day} {self(MONTHS[day.month - 1])} {day.year}"

    def roughly(self, when: Approximate) -> str:
        """26 November 2026, November 2026, 2026: as much as is known."""
        if when.month is None:
            return str(when.year)
        month = f"{self(MONTHS[when.month - 1])} {when.year}"
        return month if when.day is None else f"{when.day} {month}"

    def clock(self, moment: time) -> str:
        """9am, 9.30am, midday, midnight"""
        said = clock(moment)
        return self(said) if said.isalpha() else said

    def times(self, when: When) -> str:
        """9am to 2pm, 9am, or "" for a whole day."""
        if when.start is None or when.end is None:
            return self.clock(when.start) if when.start is not None else ""
        return self("%(start)s to %(end)s", start=self.clock(when.start), end=self.clock(when.end))

    def when(self, when: When) -> str:
        """Thursday 26 November 2026, 9am to 2pm"""
        days = self.long_date(when.day)
        if when.last_day:
            days = self("%(first)s to %(last)s", first=days, last=self.day(when.last_day))
        return f"{days}, {self.times(when)}" if self.times(when) else days

    def moment(self, moment: datetime) -> str:
        """Thursday 26 November 2026, 10am. `moment`: aware; said in Europe/London."""
        local = moment.astimezone(LONDON)
        return f"{self.long_date(local.date())}, {self.clock(local.time().replace(second=0, microsecond=0))}"


def sentence(text: str) -> str:
    """The words as a sentence starts: "by 14 October" -> "By 14 October"."""
    return text[:1].upper() + text[1:]


@cache
def words(lang: str) -> Words:
    """Says things in this language, which `known` must know."""
    return Words(lang)


@cache
def known(lang: str) -> bool:
    """Whether things can be said in it: English, and whatever has a catalogue, in any region ("cy", "cy-GB")."""
    primary = _primary(lang)
    return primary == "en" or (LOCALE / primary / "LC_MESSAGES" / f"{DOMAIN}.mo").is_file()


def spoken(*wanted: str) -> str:
    """The first of these languages in which things can be said; English if there is none."""
    return next((lang for lang in wanted if lang and known(lang)), ENGLISH)


def same(one: str, other: str) -> bool:
    """Whether two tags mean one language, whatever its region."""
    return _primary(one) == _primary(other)


def _primary(lang: str) -> str:
    return lang.partition("-")[0].lower()


def _named(_: Words) -> None:
    """Never called: shows the tools that look for what is to translate the names of days, months and times."""
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June")
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December")
    _("midday"), _("midnight")
    _("%(weekday)s %(date)s"), _("%(start)s to %(end)s"), _("%(first)s to %(last)s")
