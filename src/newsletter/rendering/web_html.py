"""A body's words as a page of its own shows them: clean HTML in, semantic HTML out, no word lost.

Headings go below the item's own, pictures get their sizes, files their format and size, footnotes links that say where
they lead, tables what they need to be read aloud and to fit a phone. Nothing carries a style of its own, and nothing
is fetched from anywhere else.
"""

from __future__ import annotations

import re

from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.rendering.addresses import address, file_note, placed, short_url
from newsletter.rendering.context import Context
from newsletter.rendering.speech import Words

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")  # what HTML cannot hold
_KEPT = frozenset(
    {"href", "src", "alt", "width", "height", "lang", "dir", "id", "title", "colspan", "rowspan", "scope", "start"}
    | {"role", "aria-label", "tabindex", "data-label"}
)
_OURS = frozenset({"details-here", "footnote-ref", "footnote-backref"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CALLOUTS = {"warning": "act", "important": "act", "act": "act", "care": "care"}
DETAILS = '<div class="details-here"></div>'  # where the author wants the facts: stays, for the caller to replace
NOTES = '<div class="notes">'  # where footnotes start
STACKED_FROM = 3  # columns; two still fit a phone side by side


def web_body(html: str, context: Context, *, level: int, numbered: bool = False) -> str:
    """The words of a body for the web copy.

    `level`: of its first heading, 2 to 6; none is skipped below it. `numbered`: its first ordered list is key messages.
    """
    if not html.strip():
        return ""
    parser = lxml_html.HTMLParser(huge_tree=True)
    root = lxml_html.fragment_fromstring(_CONTROL.sub("", html), create_parent="div", parser=parser)
    for element in root.iter():
        _forget(element)
    _headings(root, level)
    _footnotes(root, context.words())
    for link in list(root.iter("a")):
        _link(link, context)
    for image in list(root.iter("img")):
        _image(image, context)
    for box in list(root.find_class("admonition")):
        _callout(box)
    for line in list(root.find_class("attribution")):
        _attribution(line)
    if numbered and (messages := root.find("ol")) is not None:
        messages.set("data-class", "messages")
        messages.set("role", "list")  # some screen readers take a list without marks for no list
    for table in list(root.iter("table")):
        _table(table, context.words())
    for element in root.iter():
        _clean(element)
    return str(lxml_html.tostring(root, encoding="unicode")).removeprefix("<div>").removesuffix("</div>")


def _forget(element: HtmlElement) -> None:
    """Attributes in which this module keeps notes, and those that only it may set, are not the author's to write."""
    for name in [name for name in element.attrib if name.startswith("data-") or name in ("role", "tabindex")]:
        del element.attrib[name]


def _headings(root: HtmlElement, level: int) -> None:
    """The body's headings, which start at h2, start at `level`; none is more than one deeper than the one before it."""
    before = level - 1
    for heading in root.iter(*_HEADINGS):
        before = max(level, min(level + int(heading.tag[1]) - 2, before + 1, 6))
        heading.tag = f"h{before}"


def _footnotes(root: HtmlElement, _: Words) -> None:
    """References and the way back say what they are; a plain "1" or an arrow tells a listener nothing."""
    for link in root.find_class("footnote-ref"):
        link.set("aria-label", _("Note %(number)s", number=link.text_content().strip()))
    for notes in root.find_class("footnote"):
        notes.set("data-class", "notes")
        for rule in notes.findall("hr"):
            rule.drop_tree()
    for link in root.find_class("footnote-backref"):
        number = re.search(r"\d+", link.get("title") or "")
        back = _("Back to note %(number)s in the text", number=number[0]) if number else _("Back to the text")
        link.set("aria-label", back)
        link.attrib.pop("title", None)


def _link(link: HtmlElement, context: Context) -> None:
    """An address that works from the page, with format and size after a file's name; without one, the words alone."""
    href = (link.get("href") or "").strip()
    where = href if href.startswith("#") else address(href, context).web_url
    if placed(href, context) and (note := file_note(href, context)):
        link.tail = f" ({note}){link.tail or ''}"
    if where:
        link.set("href", where)
        if short_url(where) == short_url(link.text_content().strip()):
            link.set("data-class", "bare")  # on paper its address need not be added
    else:
        link.drop_tag()


def _image(image: HtmlElement, context: Context) -> None:
    """A picture of the issue with its size; one from elsewhere is never fetched: its words stand in its place."""
    place = placed(image.get("src") or "", context)
    if place is None:
        image.tail = f"{image.get('alt') or ''}{image.tail or ''}"
        image.drop_tree()
        return
    image.set("src", place.web_url)
    image.set("alt", image.get("alt") or "")
    for name, value in (("width", place.width), ("height", place.height)):
        image.attrib.pop(name, None)
        if value:
            image.set(name, str(value))


def _callout(box: HtmlElement) -> None:
    """A callout with its ground and bar; read aloud as a note."""
    kinds = [_CALLOUTS[name] for name in (box.get("class") or "").split() if name in _CALLOUTS]
    box.set("data-class", f"panel {kinds[0] if kinds else 'note'}")
    box.set("role", "note")
    for title in box.find_class("admonition-title"):
        title.set("data-class", "lead")


def _attribution(line: HtmlElement) -> None:
    """Who said a quote stands below it, not in it (HTML, section 4.4.4)."""
    quote = line.getparent()
    if quote is None or quote.tag != "blockquote" or line.getnext() is not None or quote.getparent() is None:
        line.set("data-class", "by")
        return
    figure = lxml_html.Element("figure")
    figure.set("data-class", "quote")
    figure.tail, quote.tail, line.tail = quote.tail, None, None
    quote.getparent().replace(quote, figure)
    line.tag = "figcaption"
    figure.extend([quote, line])


def _table(table: HtmlElement, _: Words) -> None:
    """Column names for each cell where a phone stacks them; otherwise a frame that scrolls by itself."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    header = rows[0] if rows and all(cell.tag == "th" for cell in rows[0]) and len(rows) > 1 else None
    names = [" ".join(cell.text_content().split()) for cell in header] if header is not None else []
    for row in rows:
        for cell in row.iterchildren("th"):
            cell.set("scope", cell.get("scope") or ("col" if row is header else "row"))
    spans = any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row)
    if not spans and len(names) >= STACKED_FROM and len({len(row) for row in rows}) == 1:
        table.set("data-class", "stacks")
        for row in rows[1:]:
            for name, cell in zip(names, row, strict=True):
                cell.set("data-label", name)
    _frame(table, ", ".join(names), _)


def _frame(table: HtmlElement, names: str, _: Words) -> None:
    """The frame can be reached and scrolled with the keyboard, and says what is in it."""
    parent = table.getparent()
    if parent is None:
        return
    caption = next((" ".join(element.text_content().split()) for element in table.iter("caption")), "")
    frame, said = lxml_html.Element("div"), _("Table")
    for name, value in (
        ("role", "region"),
        ("tabindex", "0"),
        ("aria-label", f"{said}: {caption or names}".strip(": ")),
    ):
        frame.set(name, value)
    frame.set("data-class", "table")
    frame.tail, table.tail = table.tail, None
    parent.replace(table, frame)
    frame.append(table)


def _clean(element: HtmlElement) -> None:
    """Only attributes that the page needs; alignment as a class; our classes in place of the author's."""
    own = element.attrib.pop("data-class", "")
    aligned = re.search(r"(?:text-align:\s*)?(right|center)", f"{element.get('style', '')} {element.get('align', '')}")
    if aligned and element.tag in ("td", "th"):
        own = {"right": "end", "center": "centre"}[aligned[1]]
    kept = [name for name in (element.get("class") or "").split() if name in _OURS]
    for name in list(element.attrib):
        if name not in _KEPT:
            del element.attrib[name]
    if classes := " ".join([own, *kept]).strip():
        element.set("class", classes)
