"""A structure that real issues of this field have, the case that proves it, and what a reader must find where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.models.issue import Issue
from newsletter.rendering.addresses import short_url

PUBLICATION = Path(__file__).parent / "publication"
RENDITIONS = ("email", "text", "web", "print")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = ("p", "div", "br", "li", "td", "th", "dt", "dd", "blockquote", "figcaption", *_HEADINGS)
_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f]+")


@dataclass(frozen=True)
class Feature:
    """One row. What is said of an item is looked for in that item alone, but on paper in the whole document."""

    id: str  # "A1"
    what: str  # for the manual
    file: str  # the case, below the publication: "briefings/2027-03-listening-week/issue.md"
    said: tuple[str, ...] = ()  # words that follow one another in every rendition
    html: tuple[str, ...] = ()  # XPaths that find something in email and web copy
    email: tuple[str, ...] = ()  # XPaths for the email alone
    web: tuple[str, ...] = ()  # XPaths for the web copy alone
    text: tuple[str, ...] = ()  # lines as they stand in the plain text
    links: tuple[str, ...] = ()  # addresses: a link in HTML, to be read in plain text and, on the web, on paper
    paper: tuple[str, ...] | None = None  # words on paper, one after the other; default `said`
    calendar: tuple[str, ...] = ()  # words of the calendar file
    subject: str = ""  # the email's
    never: tuple[str, ...] = ()  # words that no rendition holds
    more: tuple[str, ...] = field(default=())  # tests of their own that also prove it

    @property
    def issue(self) -> str:
        """The issue's path."""
        return self.file.rsplit("/", 1)[0]

    @property
    def slug(self) -> str:
        """The item's name; "" for the issue as a whole."""
        name = self.file.rsplit("/", 1)[1].removesuffix(".md")
        return "" if name == "issue" else re.sub(r"^\d+-", "", name)


def squashed(text: str) -> str:
    """Blanks as one."""
    return _BLANKS.sub(" ", text).strip()


def missing_words(words: Sequence[str], text: str, *, blanks: bool = True) -> list[str]:
    """The first of these words that does not follow the ones before it; [] if all do."""
    text = squashed(text) if blanks else _BLANKS.sub("", text)
    place = 0
    for word in words:
        wanted = squashed(word) if blanks else _BLANKS.sub("", word)
        if (found := text.find(wanted, place)) < 0:
            return [word]
        place = found + len(wanted)
    return []


def heading(level: int, title: str) -> str:
    """XPath of a heading with these words."""
    return f".//h{level}[normalize-space()={_quoted(title)}]"


def link(words: str, url: str) -> str:
    """XPath of a link with these words to this address."""
    return f".//a[normalize-space()={_quoted(words)} and @href={_quoted(url)}]"


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


class Page:
    """HTML as a test looks at it: blanks are plain, and blocks that follow one another are parted by one."""

    def __init__(self, html: str) -> None:
        self.root = lxml_html.document_fromstring(re.sub(r"&nbsp;|\u00a0", " ", html))
        for block in self.root.iter(*_BLOCKS):
            block.tail = f" {block.tail or ''}"

    def part(self, slug: str) -> HtmlElement:
        """An item's part of the page; the whole for ""."""
        if not slug:
            return self.root
        [start] = cast("list[HtmlElement]", self.root.xpath("//*[@id=$id]", id=slug))
        parent = start.getparent()
        return start if start.tag in ("article", "div") or parent is None else parent

    def words(self, slug: str) -> str:
        """What is read there. Hidden words are read too: a listener hears them."""
        return "".join(cast("list[str]", self.part(slug).xpath(".//text()[not(ancestor::style)]")))

    def lacks(self, paths: Sequence[str], slug: str) -> list[str]:
        """The XPaths that find nothing in the item."""
        return [path for path in paths if not self.part(slug).xpath(f"boolean({path})")]

    def hrefs(self, slug: str) -> set[str]:
        """Where its links lead."""
        return {str(link.get("href")) for link in self.part(slug).iter("a") if link.get("href")}


def text_part(text: str, issue: Issue, slug: str) -> str:
    """An item's part of the plain text, from its heading to the next; the whole for "" and without a heading."""
    starts = dict(_headings(text, issue))
    if slug not in starts:
        return text
    return text[starts[slug] : min((start for start in starts.values() if start > starts[slug]), default=len(text))]


def _headings(text: str, issue: Issue) -> Iterator[tuple[str, int]]:
    place = 0
    for item in issue.items:
        if item.front.heading:
            title = r"\s+".join(map(re.escape, item.front.title.split()))
            found = re.compile(rf"^{title}\n-{{3,}}$", re.M).search(text, place)
            assert found is not None, f"the plain text has no heading {item.front.title!r}"
            place = found.end()
            yield item.slug, found.start()


def in_print(url: str) -> str:
    """An address as paper shows it."""
    return url.split(":", 1)[1] if url.startswith(("mailto:", "tel:")) else short_url(url)
