"""A body's words on paper: the web copy's HTML in, with notes and addresses at the foot of the page, no word lost.

A reader of paper cannot follow a link, so its address becomes a numbered note where the words do not say it already.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.rendering.addresses import short_url

NOTE, ADDRESS = "foot-note", "foot-address"  # classes: both stand at the foot of the page, under one numbering
LONGEST_HEAD = 240  # characters of a table's head that is repeated
_INLINE = frozenset({"a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small"})
_INLINE |= {"span", "strong", "sub", "sup", "time", "u", "var"}
_WORDS = re.compile(r"\s+")


@dataclass
class Spelt:
    """What an issue has said so far, so that each abbreviation is explained once, and only where its words do not."""

    words: str = ""
    explained: set[str] = field(default_factory=set)

    def read(self, text: str) -> None:
        """Takes in the words of one more body."""
        self.words += f" {_squash(text)}"

    def explains(self, short: str, long: str) -> bool:
        """Whether this mention must give the long form."""
        new = short not in self.explained and _squash(long) not in self.words
        self.explained.add(short)
        return new and bool(long)


def print_body(html: str, spelt: Spelt) -> str:
    """The words of a body for paper. `html`: as `web_body` gives it."""
    if not html.strip():
        return ""
    root = lxml_html.fragment_fromstring(html, create_parent="div", parser=lxml_html.HTMLParser(huge_tree=True))
    spelt.read(root.text_content())
    _notes(root)
    for link in list(root.iter("a")):
        _link(link)
    for image in list(root.iter("img")):
        _image(image)
    for abbreviation in root.iter("abbr"):
        _abbreviation(abbreviation, spelt)
    for head in root.iter("thead"):
        _head(head)
    return str(lxml_html.tostring(root, encoding="unicode")).removeprefix("<div>").removesuffix("</div>")


def printed(url: str) -> str:
    """An address as paper shows it: "www.example.org/join", "news@example.org", "+441632960001"."""
    if re.match(r"(?i)(mailto|tel):", url):
        return unquote(url.split(":", 1)[1].split("?")[0])
    return short_url(url)


def _squash(text: str) -> str:
    return _WORDS.sub(" ", text).casefold()


def _notes(root: HtmlElement) -> None:
    """Footnotes move to where they are referred to; the style sheet takes them to the foot of that page."""
    notes = {note.get("id", ""): note for box in root.find_class("notes") for note in box.iter("li") if note.get("id")}
    for back in list(root.find_class("footnote-backref")):
        back.drop_tree()
    used = set()
    for reference in list(root.find_class("footnote-ref")):
        name = (reference.get("href") or "").removeprefix("#")
        if name not in notes:
            continue
        used.add(name)
        mark = reference.getparent()
        mark = mark if mark is not None and mark.tag == "sup" else reference
        note = _note(notes[name])
        note.tail, mark.tail = mark.tail, None
        mark.getparent().replace(mark, note)
    for name in used:
        notes[name].drop_tree()
    for box in list(root.find_class("notes")):
        if not box.text_content().strip():
            box.drop_tree()


def _note(item: HtmlElement) -> HtmlElement:
    """The note as one run of words, with the addresses of its links in brackets."""
    note = copy.deepcopy(item)
    note.tail = None
    for element in list(note.iter()):
        if element is not note and element.tag not in _INLINE:
            element.tail = f" {element.tail or ''}"
            element.drop_tag()
    for link in list(note.iter("a")):
        if address := _address_of(link):
            link.tail = f" ({address}){link.tail or ''}"
        link.set("class", "bare")
    for name in list(note.attrib):
        del note.attrib[name]
    note.tag = "span"
    note.set("class", NOTE)
    _trim(note)
    return note


def _trim(note: HtmlElement) -> None:
    """No blank at either end: the layout engine fails on one at the end of a note."""
    note.text = (note.text or "").lstrip()
    if len(note):
        note[-1].tail = (note[-1].tail or "").rstrip()
    else:
        note.text = note.text.rstrip()


def _link(link: HtmlElement) -> None:
    """An address the words do not say follows as a note; a link that leads nowhere is words alone."""
    if not link.get("href"):
        link.drop_tag()
        return
    if "bare" in (link.get("class") or "") or not (address := _address_of(link)):
        return
    note = lxml_html.Element("span")
    note.set("class", ADDRESS)
    note.set("dir", "ltr")
    note.text = address
    note.tail, link.tail = link.tail, None
    link.addnext(note)


def _address_of(link: HtmlElement) -> str:
    """What paper must say of where the link leads; "" when its words say it, or when it leads to this document."""
    url = link.get("href") or ""
    if not url or url.startswith("#"):
        return ""
    address, said = printed(url), link.text_content()
    if url.lower().startswith("tel:"):
        return "" if re.sub(r"\D", "", address)[-9:] in re.sub(r"\D", "", said) else address
    return "" if address.casefold() in _squash(said) else address


def _image(image: HtmlElement) -> None:
    """A picture that says nothing becomes a ground, which programs that read aloud pass over."""
    if image.get("alt"):
        return
    plate = lxml_html.Element("span")
    plate.set("class", "plate")
    plate.set("style", plate_style(image.get("src") or "", int(image.get("width") or 0), int(image.get("height") or 0)))
    plate.tail, image.tail = image.tail, None
    image.getparent().replace(image, plate)


def plate_style(src: str, width: int, height: int, *, widest: float = 174, highest: float = 75) -> str:
    """CSS for a decorative picture of this size (pixels), fitted into `widest` by `highest` millimetres."""
    wide, high = (width or 1) * 25.4 / 96, (height or 1) * 25.4 / 96
    scale = min(1, widest / wide, highest / high)
    return f"background-image: url('{src}'); width: {wide * scale:.2f}mm; height: {high * scale:.2f}mm"


def _abbreviation(element: HtmlElement, spelt: Spelt) -> None:
    short, long = element.text_content().strip(), (element.attrib.pop("title", "") or "").strip()
    if spelt.explains(short, long):
        element.tail = f" ({long}){element.tail or ''}"


def _head(head: HtmlElement) -> None:
    """A short head of a table stands on each of its pages; a tall one would be left out where it does not fit."""
    short = len(head.text_content()) <= LONGEST_HEAD
    if short and not any(head.find_class(name) for name in (NOTE, ADDRESS)) and not list(head.iter("img")):
        head.set("class", "repeats")
