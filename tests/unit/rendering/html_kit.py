"""Reading rendered HTML in tests."""

from __future__ import annotations

from typing import cast

from lxml.html import HtmlElement


def select(tree: HtmlElement, path: str) -> list[HtmlElement]:
    """The elements that an XPath names."""
    return cast("list[HtmlElement]", tree.xpath(path))


def body_of(tree: HtmlElement) -> HtmlElement:
    """The document's body."""
    return select(tree, "//body")[0]
