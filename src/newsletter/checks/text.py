"""What readers read, with its place: the passages, links and pictures of one Markdown file.

A passage is a block of the body (a paragraph, a heading, a list entry, a cell) or a printed field of the front matter.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from newsletter.checks.fields import FrontMap
from newsletter.checks.places import Place, Spot
from newsletter.models.issue import IssueFront, Item, Origin
from newsletter.models.items import ItemFront

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_OPENING = frozenset("([{\u201c\u2018")  # they belong to the word after them
_LONGEST_QUOTE = 90  # characters of the words at fault that a finding repeats


@dataclass(frozen=True, slots=True)
class Span:
    """A link inside a passage: where its text starts and ends, and where it goes."""

    start: int
    end: int
    url: str


@dataclass(frozen=True)
class Passage:
    """A run of text that is read in one go."""

    file: str
    role: (
        str  # "p", "h2", "li", "td", ... for the body; the field's path ("title", "files.0.title") for the front matter
    )
    text: str  # blanks squashed; a line break only where the author made one
    lang: str  # BCP 47
    marked: bool = False  # the author said which language this is
    links: tuple[Span, ...] = ()
    starts: tuple[int, ...] = ()  # where each word starts
    places: tuple[Place, ...] = (Place(1),)  # of each word; of the whole passage if there is only one
    bold: bool = False  # every word of it is bold
    abbreviations: frozenset[str] = frozenset()  # those whose long form is carried in the markup

    def spot(self, offset: int = 0) -> Spot:
        """Where in the file this place of the text stands."""
        place = self.place(offset)
        return Spot(file=self.file, line=place.line, column=place.column)

    def place(self, offset: int = 0) -> Place:
        """The file's line and column of this place in the text, reckoned from the word that it belongs to."""
        if len(self.places) != len(self.starts):
            return self.places[0]
        word = max(0, bisect_right(self.starts, offset) - 1)
        following = word + 1 < len(self.starts) and offset < len(self.text) and self.text[offset] in _OPENING
        line, column = self.places[word + 1 if following else word]
        start = self.starts[word + 1 if following else word]
        return Place(line, max(1, column + offset - start) if column else 0)

    @property
    def english(self) -> bool:
        """Whether rules about English words hold."""
        return self.lang.lower().split("-")[0] in ("en", "")

    @property
    def heading(self) -> int:
        """The level of a heading of the body; 0 for anything else."""
        return HEADINGS.index(self.role) + 1 if self.role in HEADINGS else 0

    def linked(self, start: int, end: int) -> bool:
        """Whether a link stands anywhere in this part of the text."""
        return any(span.start < end and span.end > start for span in self.links)


@dataclass(frozen=True)
class LinkUse:
    """One link as written: in the body, or in the front matter with its own text."""

    file: str
    place: Place  # of its address
    words_place: Place  # of its text
    url: str
    text: str  # "" where the template words the link
    lang: str
    pictured: bool = False  # it holds a picture and no words
    field: str = ""  # the front matter's field, "" in the body

    @property
    def spot(self) -> Spot:
        """Where its address stands."""
        return Spot(file=self.file, line=self.place.line, column=self.place.column)

    @property
    def words_spot(self) -> Spot:
        """Where its text stands."""
        return Spot(file=self.file, line=self.words_place.line, column=self.words_place.column)


@dataclass(frozen=True)
class ImageUse:
    """One picture as used."""

    file: str
    place: Place  # of its address
    alt_place: Place  # of its alt text; of its address if it has none
    src: str
    alt: str
    decorative: bool = False
    link: str = ""  # where a click on it goes, if it stands alone in its link
    caption: str = ""
    field: str = ""  # the front matter's field, "" in the body
    width: str = ""  # as written in the body
    height: str = ""

    @property
    def spot(self) -> Spot:
        """Where its address stands."""
        return Spot(file=self.file, line=self.place.line, column=self.place.column)

    @property
    def alt_spot(self) -> Spot:
        """Where its alt text stands."""
        return Spot(file=self.file, line=self.alt_place.line, column=self.alt_place.column)


@dataclass(frozen=True)
class Address:
    """An email address or a phone number in a field made for it."""

    file: str
    place: Place
    kind: Literal["email", "phone"]
    value: str
    path: tuple[str, ...]
    role: str = ""  # of the contact it belongs to
    person: str = ""  # the contact's name, if one is given

    @property
    def spot(self) -> Spot:
        """Where it stands."""
        return Spot(file=self.file, line=self.place.line, column=self.place.column)


@dataclass(frozen=True)
class Piece:
    """One Markdown file of the issue: issue.md or an item."""

    file: str
    lang: str
    front: IssueFront | ItemFront = field(repr=False)
    item: Item | None = field(repr=False)  # None for issue.md
    origin: Origin = field(repr=False)
    fields: tuple[Passage, ...]  # printed text of the front matter
    body: tuple[Passage, ...]
    links: tuple[LinkUse, ...]
    images: tuple[ImageUse, ...]
    addresses: tuple[Address, ...]
    markdown: str = field(default="", repr=False)  # of the body; its first line is the file's line origin.body_line
    front_places: FrontMap = field(default_factory=FrontMap, repr=False)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Everything printed, front matter first."""
        return self.fields + self.body

    @cached_property
    def sentences(self) -> tuple[Passage, ...]:
        """What is written in sentences: the body and the fields that hold prose."""
        return (
            tuple(one for one in self.fields if one.role.split(".")[-1] in PROSE or one.role.startswith("questions"))
            + self.body
        )

    def spot(self, *path: str | int) -> Spot:
        """Where the value of a front-matter field stands."""
        place = self.front_places.value(self.origin, tuple(map(str, path)))
        return Spot(file=self.file, line=place.line, column=place.column)

    def name_spot(self, *path: str) -> Spot:
        """Where the name of a front-matter field stands."""
        place = self.front_places.name(self.origin, path)
        return Spot(file=self.file, line=place.line, column=place.column)


PROSE = frozenset({"summary", "content_note", "what_to_do", "how", "self_referral", "caption", "preheader"})


def word_set(words: str) -> frozenset[str]:
    """A list of words, written as one text."""
    return frozenset(words.split())


def shorten(text: str, length: int = _LONGEST_QUOTE) -> str:
    """The words at fault, on one line, cut where a word ends."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    return flat[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def around(text: str, start: int, end: int, reach: int = 30) -> str:
    """The words at fault with a little of what stands around them."""
    left = text.rfind(" ", 0, max(0, start - reach)) + 1 if start > reach else 0
    right = text.find(" ", end + reach)
    cut = text[left : right if right >= 0 else len(text)]
    return shorten(("…" if left else "") + cut + ("…" if 0 <= right < len(text) - 1 else ""), 2 * _LONGEST_QUOTE)
