"""An issue as read from its folder: front matter, items, pictures and files. Nothing rendered yet."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, SerializeAsAny, field_validator

from newsletter.models.base import Model
from newsletter.models.dates import LONDON, Day, Moment
from newsletter.models.items import Contacts, EventItem, Image, ItemFront, SignOff, Texts
from newsletter.models.language import Lang
from newsletter.models.publication import Series
from newsletter.models.values import Levels, Text

RTL_LANGUAGES = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


def direction(lang: str) -> Literal["ltr", "rtl"]:
    """The writing direction of a BCP 47 language tag."""
    return "rtl" if lang.split("-")[0].lower() in RTL_LANGUAGES else "ltr"


class IssueFront(Model):
    """What `issue.md` may say."""

    title: Text
    date: Day
    number: int | None = Field(default=None, ge=1)
    strapline: str = ""
    subject: str = ""
    preheader: str = ""
    audiences: Texts = ()
    areas: Texts = ()
    contents: Levels | None = None
    sign_off: SignOff | None = None
    contact: Contacts = ()
    visibility: Literal["public", "unlisted", "restricted"] = "public"
    draft: bool = False
    embargo_until: Moment | None = None
    review_on: Day | None = None
    retire_on: Day | None = None
    running_header: str = ""
    lang: Lang = ""
    corrects: str = ""
    hero: Image | None = None
    masthead: str = ""
    footer: str = ""
    ignore: dict[str, Text] = Field(default_factory=dict)

    @field_validator("subject", "preheader", "title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if "\n" in value or "\r" in value:
            raise ValueError("This must stand on one line: a line break in an email header is not allowed.")
        return value


class Origin(Model):
    """Where something was read: for messages with file and line."""

    file: str  # below the project, with forward slashes
    body_line: int = 1  # the file's line on which the body starts, 1-based
    lines: dict[str, int] = Field(default_factory=dict)  # "links.0.url" -> line

    def line(self, *path: str | int) -> int:
        """The line of a front-matter field, or of the nearest field around it; 1 if none is known."""
        parts = [str(part) for part in path]
        while parts:
            if (found := self.lines.get(".".join(parts))) is not None:
                return found
            parts.pop()
        return 1


class Body(Model):
    """Markdown and what became of it."""

    markdown: str = ""  # tidied; its first line is the file's line `Origin.body_line`
    html: str = ""  # cleaned (nh3): safe to put into any rendition; headings start at h2, ids are unique to the issue

    @property
    def empty(self) -> bool:
        """Nothing in it."""
        return not self.html.strip()


class Asset(Model):
    """A picture or a file of the issue's folder, read when the issue was read."""

    path: str  # below the issue's folder, with forward slashes, as items write it
    data: bytes = Field(repr=False)
    media_type: str
    width: int | None = None  # pixels, pictures only
    height: int | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


class Item(Model):
    """One story in an issue."""

    slug: str  # unique in the issue; also its anchor
    front: SerializeAsAny[ItemFront]  # one of the classes in models/items.py
    body: Body
    origin: Origin

    @property
    def kind(self) -> str:
        """article, message, notice, event, survey, resource, review, service or key-messages."""
        return str(getattr(self.front, "kind", "article"))

    @property
    def event(self) -> EventItem | None:
        """The front matter, if this is an event."""
        return self.front if isinstance(self.front, EventItem) else None


class Issue(Model):
    """One dated number of a series, read whole and checked for form."""

    series: Series
    slug: str  # the folder's name
    folder: Path  # absolute; for reading only, never in an output
    path: str  # "issues/2026-11-winter"
    front: IssueFront
    body: Body  # the opening (standfirst)
    items: tuple[Item, ...]
    assets: dict[str, Asset] = Field(default_factory=dict)
    origin: Origin
    lang: str  # the issue's language, or the partnership's
    glossary: dict[str, str] = Field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The email's subject; default "{series title}: {title}"."""
        return self.front.subject or f"{self.series.title}: {self.front.title}"

    @property
    def contents_levels(self) -> int:
        """How many levels the generated contents show: 0, 1 or 2."""
        return self.series.contents if self.front.contents is None else self.front.contents

    @property
    def restricted(self) -> bool:
        """No web copy at all; print and email only."""
        return self.front.visibility == "restricted"

    def is_out(self, now: datetime) -> bool:
        """Whether it may be in public outputs at `now` (aware): not a draft, its day has come, no embargo stands."""
        embargoes = [self.front.embargo_until, *(item.front.embargo_until for item in self.items)]
        return (
            not self.front.draft
            and self.front.date <= now.astimezone(LONDON).date()
            and all(moment is None or moment <= now for moment in embargoes)
        )

    def is_retired(self, today: date) -> bool:
        """Whether its page is now a short notice."""
        return self.front.retire_on is not None and today > self.front.retire_on
