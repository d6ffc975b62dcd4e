"""An item's words as mail clients can show them: clean HTML in, plainer HTML out, no word lost.

Mail clients know no jump links, no abbreviations, no relative addresses and few style sheets. So footnotes become plain
numbered text, files and pictures get absolute addresses, headings go below the item's own, and callouts become cells.
What is written here carries classes for `templates/email/inlined.css`; none of the author's classes or styles is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.rendering.addresses import address, file_note, placed
from newsletter.rendering.context import Context
from newsletter.rendering.email_tables import data_table, key_messages, panel
from newsletter.rendering.pictures import NARROWEST, shown_size

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")  # what XML and HTML cannot hold
DETAILS = '<div class="details-here"></div>'  # where the author wants the facts: stays, for the caller to replace
NOTES = '<div class="notes">'  # where footnotes start
DEEPEST = 40  # elements in one another; the parsers give up at 255 and would lose the words
_KEPT = frozenset(
    {
        "href",
        "src",
        "alt",
        "width",
        "height",
        "lang",
        "dir",
        "colspan",
        "rowspan",
        "scope",
        "align",
        "start",
        "valign",
        "value",
    }
)
_LAYOUT = frozenset({"role", "border", "cellpadding", "cellspacing"})
_LOOKS = {"act": "act", "important": "act", "warning": "act", "care": "care"}  # of callouts; the others are notes
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def email_body(html: str, context: Context, *, level: int, numbered: bool = False, align: str = "left") -> str:
    """The words of a body for email.

    `level`: of its first heading, 2 to 6; none is skipped below it. `numbered`: its first ordered list is key messages.
    `align`: the side the text starts from, for the cells of tables.
    """
    if not html.strip():
        return ""
    parser = lxml_html.HTMLParser(huge_tree=True)
    root = lxml_html.fragment_fromstring(CONTROL.sub("", html), create_parent="div", parser=parser)
    _forget(root)
    _flatten(root)
    _headings(root, level)
    _footnotes(root)
    for link in list(root.iter("a")):
        _link(link, context)
    for image in list(root.iter("img")):
        _image(image, context)
    for element in list(root.iter("abbr", "u", "ins", "picture", "source")):
        element.drop_tag()
    _classes(root)
    if numbered and (messages := next(iter(root.findall("ol")), None)) is not None:
        key_messages(messages)
    for table in list(root.iter("table")):
        if table.get("role") is None:
            data_table(table, align)
    for element in root.iter():
        _clean(element)
    return str(lxml_html.tostring(root, encoding="unicode")).removeprefix("<div>").removesuffix("</div>")


def _forget(root: HtmlElement) -> None:
    """Comments go, and attributes in which this module keeps its own notes."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            element.drop_tree()
        else:
            for name in [name for name in element.attrib if name.startswith("data-")]:
                del element.attrib[name]


def _flatten(root: HtmlElement) -> None:
    """Takes out tags, not words, of whatever is nested deeper than any layout needs."""
    for element, depth in list(_depths(root)):
        if depth > DEEPEST and element.tag not in ("img", "br"):
            element.drop_tag()


def _depths(root: HtmlElement) -> Iterator[tuple[HtmlElement, int]]:
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        waiting += [(child, depth + 1) for child in element]


def _headings(root: HtmlElement, level: int) -> None:
    """The body's headings, which start at h2, start at `level`; none is more than one deeper than the one before it."""
    before = level - 1
    for heading in root.iter(*_HEADINGS):
        wanted = level + int(heading.tag[1]) - 2
        before = max(level, min(wanted, before + 1, 6))
        heading.tag = f"h{before}"
        heading.set("data-class", "sub")


def _footnotes(root: HtmlElement) -> None:
    """References lose their links, notes their way back: jump links do not work in most mail clients."""
    for link in [*root.find_class("footnote-backref")]:
        _strip_before(link)
        link.drop_tree()
    for link in [*root.find_class("footnote-ref")]:
        link.drop_tag()
    for notes in root.find_class("footnote"):
        for rule in notes.findall("hr"):
            rule.drop_tree()
        notes.set("data-class", "notes")


def _strip_before(element: HtmlElement) -> None:
    """Blanks just before an element, the non-breaking one of a footnote included."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        previous.tail = (previous.tail or "").rstrip()
    elif parent is not None:
        parent.text = (parent.text or "").rstrip()


def _link(link: HtmlElement, context: Context) -> None:
    """An absolute address, with format and size after a file's name; without one, the words alone."""
    href = (link.get("href") or "").strip()
    if href.startswith("#"):
        target = quote(href[1:], safe="%-._~")
        slugs = {item.slug for item in context.issue.items}
        if context.web_url or href[1:] in slugs:
            link.set("href", f"{context.web_url}#{target}")
        else:
            link.drop_tag()
        return
    where = address(href, context)
    if placed(href, context) and (note := file_note(href, context)):
        link.tail = f" ({note}){link.tail or ''}"
    if where.url:
        link.set("href", where.url)
        link.set("data-class", "tel" if where.url.startswith("tel:") else "")
    else:
        link.drop_tag()


def _image(image: HtmlElement, context: Context) -> None:
    """A picture of the issue with its size; one from elsewhere is never fetched: its words stand in its place."""
    place = placed(image.get("src") or "", context)
    if place is None:
        image.tail = f"{image.get('alt') or ''}{image.tail or ''}"
        image.drop_tree()
        return
    width, height = shown_size(place)
    alt = image.get("alt") or ""
    image.attrib.clear()
    image.set("src", place.email_url)
    image.set("alt", alt)
    for name, value in (("width", width), ("height", height)):
        if value:
            image.set(name, str(value))
    image.set("data-class", "pic wide" if width > NARROWEST else "pic")
    if width > NARROWEST and not any(True for _ in image.iterancestors("td", "th")):
        image.set("data-most", str(width))


def _classes(root: HtmlElement) -> None:
    """Callouts and attributions get our own looks."""
    for box in root.find_class("admonition"):
        for title in box.find_class("admonition-title"):
            title.tag = "p"
            title.set("data-class", "lead")
        names = (box.get("class") or "").split()
        panel(box, next((_LOOKS[name] for name in names if name in _LOOKS), "note"))
    for line in [*root.find_class("attribution"), *root.iter("cite"), *root.iter("footer")]:
        line.tag = "p" if line.tag == "footer" else line.tag
        line.set("data-class", "q")


def _clean(element: HtmlElement) -> None:
    """Only attributes that email needs; alignment as an attribute; our classes in place of the author's."""
    own = element.attrib.pop("data-class", "")
    layout = element.attrib.pop("data-layout", "")
    most = element.attrib.pop("data-most", "")
    aligned = re.search(r"text-align:\s*(left|right|center)", element.get("style") or "")
    if aligned and element.tag in ("td", "th"):
        element.set("align", aligned[1])
    if element.get("class") == "details-here":
        own = "details-here"
    for name in list(element.attrib):
        if name not in _KEPT and not (layout and name in _LAYOUT):
            del element.attrib[name]
    if most:  # without its picture an image is as wide as its attribute says, and wider than a narrow window
        element.set("style", f"width:100%;max-width:{most}px")
    if own:
        element.set("class", own)
