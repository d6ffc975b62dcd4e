"""The parts of an item's block: plain words and addresses, no HTML. `rendering/blocks.py` fills them."""

from __future__ import annotations

from newsletter.models.base import Model
from newsletter.models.items import Image
from newsletter.rendering.addresses import Address


class Detail(Address):
    """A row of facts: "Venue: Town Hall". Its address, if any, belongs to the whole text."""

    name: str  # stable: when, time, venue, online, book_by, cost, who_for, …
    label: str  # "Venue", without a colon
    text: str


class Action(Address):
    """The one thing to do, shown as the button: "Book a place"."""

    title: str
    about: str  # the item's title, for a label that stands alone: "Book a place: Winter conference"


class FileLine(Address):
    """A document: "Poster (PDF, 224 KB), for waiting rooms, in Polish"."""

    title: str
    note: str = ""  # "PDF, 224 KB", "PDF, attached to this message" or "" for a web page
    more: str = ""  # "for waiting rooms, in Polish"


class LinkLine(Address):
    """A link after the body."""

    title: str
    note: str = ""  # as FileLine's, when it leads to a document
    more: str = ""


class ContactLine(Model):
    """Who to ask. Any part but the title may be empty."""

    title: str  # the role or team
    name: str = ""
    email: str = ""
    phone: str = ""
    tel: str = ""  # tel:+44…
    hours: str = ""
    lang: str = ""  # "" when it is that of the words around
    dir: str = ""


class DateBox(Model):
    """An event's day, set large: weekday, day, month and year stand on lines of their own."""

    weekday: str
    day: str
    month: str
    year: str
    until: str = ""  # "to Friday 27 November 2026" when it runs over several days
    times: str = ""  # "9am to 2pm"

    @property
    def spoken(self) -> str:
        """The whole of it as a sentence says it."""
        days = f"{self.weekday} {self.day} {self.month} {self.year}" + (f" {self.until}" if self.until else "")
        return f"{days}, {self.times}" if self.times else days


class Byline(Model):
    """Who a message is from."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    photo: Image | None = None

    @property
    def lead(self) -> str:
        """The name, or the role where no name is given: the line set in bold."""
        return self.name or self.role

    @property
    def rest(self) -> str:
        """What stands below it: "Independent Chair, Northshire Safeguarding Children Partnership"."""
        return ", ".join(part for part in (self.role if self.name else "", self.organisation) if part)


class Block(Model):
    """All that an item says beside its title, picture and words."""

    kind: str
    status: str = ""  # "Hold the date", "Cancelled", "Local review"; said in words, before the title's facts
    areas: str = ""  # "For Coastal and Northern areas" (the line under the title)
    content_note: str = ""  # stands before the words
    deadline: str = ""  # "by Wednesday 14 October 2026"
    what_to_do: str = ""
    date_box: DateBox | None = None  # stands before the words
    details: tuple[Detail, ...] = ()  # stands after the words, or where the body says [details]
    action: Action | None = None
    sessions: tuple[Detail, ...] = ()  # label: when; text: the session's title
    questions: tuple[str, ...] = ()
    report: FileLine | None = None
    files: tuple[FileLine, ...] = ()
    links: tuple[LinkLine, ...] = ()
    contacts: tuple[ContactLine, ...] = ()
    byline: Byline | None = None

    @property
    def has_details(self) -> bool:
        """Whether there is anything to put where `[details]` stands."""
        facts = self.what_to_do or self.details or self.sessions or self.questions
        return bool(facts or self.report or self.files or self.action)


class ActLine(Model):
    """A line of "What you need to do"."""

    title: str
    what: str = ""  # what to do: the item's own sentence, or the words of its button
    said: bool = False  # `what` is the item's own
    by: str = ""  # "by Tuesday 1 December 2026"
    anchor: str  # the item's heading

    @property
    def text(self) -> str:
        """What to do and by when: "Use the new form, by Tuesday 1 December 2026"."""
        return f"{self.what.rstrip('.')}, {self.by}" if self.what and self.by else self.what or self.by


class WorriedLine(Model):
    """A block of whom to ring, in every issue."""

    title: str
    phone: str = ""
    tel: str = ""
    email: str = ""
    url: str = ""
    hours: str = ""
    text: str = ""
