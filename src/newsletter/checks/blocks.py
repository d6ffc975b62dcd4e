"""Reads the clean HTML of a body into passages, links and pictures, each with its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import html as lxml_html

from newsletter.checks.lines import LineMap
from newsletter.checks.places import WORD, Place
from newsletter.checks.text import HEADINGS, ImageUse, LinkUse, Passage, Span, word_set
from newsletter.models.issue import Body, Origin

MARKER = "[details]"  # the author's mark for where the details go; never printed
_BLOCKS = word_set(
    "h1 h2 h3 h4 h5 h6 p li td th dt dd blockquote figcaption figure pre div ul ol dl table thead tbody tfoot tr"
    " caption section aside header footer hr details summary"
)
_KEEPS_ITS_ROLE = frozenset(
    {"li", "td", "th", "dd", "dt", "blockquote"}
)  # a paragraph in one of them is still one of them
_BOLD = frozenset({"strong", "b"})


class _Link(NamedTuple):
    start: int
    end: int
    element: lxml_html.HtmlElement


@dataclass
class _Run:
    """The inline text gathered for one passage. Never starts with a blank."""

    role: str
    lang: str
    marked: bool
    text: str = ""
    bold: int = 0  # signs that are bold, blanks left out
    links: list[_Link] = field(default_factory=list)
    abbreviations: set[str] = field(default_factory=set)

    def add(self, text: str | None, *, bold: bool) -> None:
        """More text; any run of blanks is one blank."""
        if not text:
            return
        words = text.split()
        if text[0].isspace() and self.text and not self.text[-1].isspace():
            self.text += " "
        self.text += " ".join(words)
        if words and text[-1].isspace():
            self.text += " "
        self.bold += sum(map(len, words)) if bold else 0

    def inside(self, role: str, lang: str | None) -> _Run:
        """An empty run for a block in this one."""
        kept = (
            self.role if role not in HEADINGS and self.role in _KEEPS_ITS_ROLE and role not in _KEEPS_ITS_ROLE else role
        )
        return _Run(kept, lang or self.lang, self.marked or bool(lang))


@dataclass
class Reading:
    """What a body holds, in the order of reading."""

    passages: list[Passage] = field(default_factory=list)
    links: list[LinkUse] = field(default_factory=list)
    images: list[ImageUse] = field(default_factory=list)


def read_body(body: Body, origin: Origin, lang: str, *, marked: bool = False, written: Sequence[str] = ()) -> Reading:
    """The passages, links and pictures of a body. `marked`: the item names its own language. `written`: all lines of
    the file as they stand there, if they are known."""
    reader = _Reader(origin.file, LineMap(body.markdown, origin.body_line, written), Place(origin.body_line))
    if not body.empty:
        reader.block(lxml_html.fragment_fromstring(body.html, create_parent="div"), _Run("p", lang, marked), bold=False)
    return reader.found


class _Reader:
    """Walks a tree once."""

    def __init__(self, file: str, source: LineMap, first: Place) -> None:
        self.file = file
        self.source = source
        self.last = first  # of the last word read
        self.found = Reading()

    def block(self, element: lxml_html.HtmlElement, run: _Run, *, bold: bool) -> None:
        """Text of its own makes passages; blocks in it make theirs."""
        self.inline(element, run, bold=bold)
        self.flush(run)

    def inline(self, element: lxml_html.HtmlElement, run: _Run, *, bold: bool) -> None:
        """Gathers what stands in an element."""
        run.add(element.text, bold=bold)
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in _BLOCKS:
                self.flush(run)
                self.block(child, run.inside(tag, child.get("lang")), bold=bold)
            elif tag == "br":
                run.text = run.text.rstrip(" ") + ("\n" if run.text else "")
            elif tag == "img":
                self.picture(child)
            elif tag and not _footnote_mark(child):
                self.span(child, tag, run, bold=bold or tag in _BOLD)
            run.add(child.tail, bold=bold)

    def span(self, element: lxml_html.HtmlElement, tag: str, run: _Run, *, bold: bool) -> None:
        """An inline element: a link, an abbreviation, emphasis."""
        start = len(run.text)
        self.inline(element, run, bold=bold)
        run.marked = run.marked or bool(element.get("lang"))
        if tag == "abbr":
            run.abbreviations.add(run.text[start:].strip())
        if tag == "a" and element.get("href"):
            end = len(run.text.rstrip())
            run.links.append(_Link(min(start, end), end, element))

    def flush(self, run: _Run) -> None:
        """Makes a passage of what was gathered, and empties the run."""
        text = run.text.rstrip()
        words = list(WORD.finditer(text))
        places = self.source.locate([word[0] for word in words]) if words else [Place(self.last.line)]
        self.last = places[-1]
        passage = Passage(
            file=self.file,
            role=run.role,
            text=text,
            lang=run.lang,
            marked=run.marked,
            links=tuple(Span(link.start, link.end, link.element.get("href", "")) for link in run.links),
            starts=tuple(word.start() for word in words),
            places=tuple(places),
            bold=bool(text) and run.bold >= len("".join(text.split())),
            abbreviations=frozenset(run.abbreviations),
        )
        if (text and text != MARKER) or (run.role in HEADINGS and not run.links):
            self.found.passages.append(passage)
        self.found.links += [self.link(passage, link) for link in run.links]
        run.text, run.bold, run.links, run.abbreviations = "", 0, [], set()

    def link(self, passage: Passage, link: _Link) -> LinkUse:
        """A link with the places of its address and of its text; either tells the line of the other."""
        url, words = link.element.get("href", ""), passage.text[link.start : link.end]
        pictured = not words and link.element.find(".//img") is not None
        found = self.source.place_of(url)
        text = passage.place(link.start) if words else found or Place(self.last.line)
        address = found if found is not None and (not words or found.line >= text.line) else Place(text.line)
        return LinkUse(self.file, address, text, url=url, text=words, lang=passage.lang, pictured=pictured)

    def picture(self, element: lxml_html.HtmlElement) -> None:
        """A picture, with the link it stands alone in."""
        link = next((str(up.get("href", "")) for up in element.iterancestors("a")), "")
        alone = bool(link) and not str(next(element.iterancestors("a")).text_content()).strip()
        src, alt = element.get("src", ""), element.get("alt", "").strip()
        place = self.source.place_of(src) or Place(self.last.line)
        words = self.source.place_of(alt)
        self.found.images.append(
            ImageUse(
                file=self.file,
                place=place,
                alt_place=words if words and words.line == place.line else place,
                src=src,
                alt=alt,
                link=link if alone else "",
                width=element.get("width", ""),
                height=element.get("height", ""),
            )
        )


def _footnote_mark(element: lxml_html.HtmlElement) -> bool:
    """The number of a footnote and the arrow back are not words."""
    target = str(element.get("href", "")).rsplit("--", 1)[-1].lstrip("#")
    return element.tag == "a" and target.startswith("fn")
