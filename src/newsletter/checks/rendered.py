"""Reads an edition's renditions back: its HTML as a tree, its words as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

_SAME = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}
    | dict.fromkeys("\u2010\u2011\u2013\u2014", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u034f\ufeff", None)
)


def parse(html: str) -> lxml_html.HtmlElement | None:
    """The tree of an HTML document; None if there is nothing in it."""
    if not html.strip():
        return None
    try:
        return lxml_html.document_fromstring(html)
    except (etree.ParserError, ValueError):
        return None


def words_of(element: lxml_html.HtmlElement, *, hidden: bool = True) -> str:
    """The words in an element, blocks apart, styles and scripts left out; those that nobody sees only if `hidden`."""
    return " ".join(" ".join(_texts(element, hidden)).split())


def _texts(element: lxml_html.HtmlElement, hidden: bool) -> Iterator[str]:
    shown = isinstance(element.tag, str) and element.tag not in ("style", "script", "title")
    if shown and (hidden or "display:none" not in element.get("style", "").replace(" ", "")):
        yield element.text or ""
        for child in element:
            yield from _texts(child, hidden)
            yield child.tail or ""


def same(text: str) -> str:
    """A text as it is compared: case, blanks and kinds of quotes and dashes do not matter."""
    return " ".join(re.sub(r"\s+", " ", text.translate(_SAME).casefold()).split())
