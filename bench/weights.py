"""What an email weighs: its bytes, how many of them are read, and what an item costs beyond its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from lxml import html as lxml_html
from lxml.html import HtmlElement

CLIPPED = 102_400  # bytes that Gmail shows; the rest, with the unsubscribe link, is cut off


@dataclass(frozen=True)
class Weight:
    """An email and its weight."""

    html: str
    bytes: int
    words: int  # bytes of what is read
    per_item: float  # bytes of markup an item, its lines in the contents included


def weight(html: str, without_items: str, items: int) -> Weight:
    """Compares an email with the same one without its items."""
    read, read_without = _read(html), _read(without_items)
    size = len(html.encode())
    markup = size - len(without_items.encode()) - (read - read_without)
    return Weight(html=html, bytes=size, words=read, per_item=markup / items)


def row(html: str, anchors: Iterable[str]) -> float:
    """Bytes of markup of the row that an item stands in, beyond its words; headings of sections left out."""
    tree = lxml_html.document_fromstring(html)
    for heading in _select(tree, '//*[@class="section" or @class="within"]'):
        heading.drop_tree()
    costs = []
    for anchor in anchors:
        cell = _select(tree, f'//*[@id="{anchor}"]/ancestor::td[contains(@class, "ink")]')[0]
        written = str(lxml_html.tostring(cell, encoding="unicode", with_tail=False))
        costs.append(len(written.encode()) - _said(cell))
    return sum(costs) / len(costs)


def _read(html: str) -> int:
    """Bytes of the words, blanks as one; what inboxes show before a message is opened left out."""
    tree = lxml_html.document_fromstring(html)
    for hidden in _select(tree, '//head | //style | //*[contains(@style, "max-height:0")]'):
        hidden.drop_tree()
    return _said(tree)


def _said(element: HtmlElement) -> int:
    return len(" ".join(str(element.text_content()).split()).encode())


def _select(tree: HtmlElement, path: str) -> list[HtmlElement]:
    return cast("list[HtmlElement]", tree.xpath(path))
