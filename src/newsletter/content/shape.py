"""The HTML of a body brought into our form: heading levels, ids, footnotes, tables, quotes, places of details."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement
from markdown.extensions.toc import slugify_unicode

from newsletter.content.notes import Finding, number_notes

DEEPEST = 60  # nested elements; mail programs give up long before, and some readers drop what lies deeper
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PARSER = lxml_html.HTMLParser(huge_tree=True)  # without it what lies deeper than 255 is dropped without a word


@dataclass
class Shaped:
    """A body in our form, and what was found in it."""

    html: str
    text: str  # its words alone
    addresses: list[tuple[str, bool]] = field(default_factory=list)  # address as written, whether a picture's
    faults: list[Finding] = field(default_factory=list)


def shape(html: str, prefix: str) -> Shaped:
    """`prefix` (the item's slug) keeps ids of one body apart from those of others: "{prefix}--{id}"."""
    try:
        root = lxml_html.fragment_fromstring(html, create_parent="div", parser=_PARSER)
    except ParserError:  # nothing but a comment or a declaration
        return Shaped(html="", text="")
    shaped = Shaped(html="", text="".join(root.itertext()))
    if _depth(root) > DEEPEST:
        fault = ("", "The text is nested too deeply: quotes in quotes or lists in lists.", "Use fewer levels.")
        shaped.faults.append(fault)
        return shaped
    shaped.faults += number_notes(root)
    _shift_headings(root)
    _name_parts(root, prefix)
    _scope_headers(root)
    _free_entries(root)
    _attribute_quotes(root)
    shaped.faults += [*_place_details(root), *_empty_callouts(root)]
    shaped.addresses += _addresses(root)
    shaped.html = lxml_html.tostring(root, encoding="unicode")[len("<div>") : -len("</div>")]
    return shaped


def _depth(root: HtmlElement) -> int:
    """How deep elements are nested. Counts without recursion."""
    deepest, level = 0, [(root, 1)]
    while level:
        element, depth = level.pop()
        deepest = max(deepest, depth)
        level += [(child, depth + 1) for child in element]
    return deepest


def _shift_headings(root: HtmlElement) -> None:
    """The outermost heading becomes h2; the others keep their distance to it."""
    headings = list(root.iter(*_HEADINGS))
    if not headings:
        return
    shift = 2 - min(int(heading.tag[1]) for heading in headings)
    for heading in headings:
        heading.tag = f"h{min(int(heading.tag[1]) + shift, 6)}"


def _name_parts(root: HtmlElement, prefix: str) -> None:
    """Headings get ids; every id gets the prefix, and links within the body follow."""
    used: set[str] = set()
    renamed: dict[str, str] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = element.get("id")
        if name is None and element.tag in _HEADINGS:
            name = slugify_unicode(element.text_content(), "-") or "heading"
        if name is not None:
            plain = re.sub(r"[^\w-]+", "-", name).strip("-") or "part"
            unique = _unique(f"{prefix}--{plain}", used)
            renamed.setdefault(name, unique)
            element.set("id", unique)
    for link in root.iter("a"):
        target = unquote((link.get("href") or "").removeprefix("#"))
        if (link.get("href") or "").startswith("#") and target in renamed:
            link.set("href", f"#{renamed[target]}")


def _unique(name: str, used: set[str]) -> str:
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    used.add(free)
    return free


def _scope_headers(root: HtmlElement) -> None:
    """A header cell in a row of header cells heads a column, one beside other cells heads its row."""
    for cell in root.iter("th"):
        if not cell.get("scope"):
            row = cell.getparent()
            cell.set("scope", "col" if row is None or all(other.tag == "th" for other in row) else "row")


def _free_entries(root: HtmlElement) -> None:
    """Entries of a list that was left behind when its words were pasted are plain blocks."""
    for entry in list(root.iter("li", "dt", "dd")):
        lists = ("ul", "ol") if entry.tag == "li" else ("dl",)
        if next(entry.iterancestors(*lists), None) is None:
            entry.tag = "div"


def _attribute_quotes(root: HtmlElement) -> None:
    """The last paragraph of a quote that starts with a dash says whom it is from."""
    for quote in root.iter("blockquote"):
        last = quote[-1] if len(quote) else None
        if last is None or last.tag != "p" or not last.text or len(quote) < 2:
            continue
        if found := re.match(r"\s*[–—]\s+", last.text):
            last.text = f"– {last.text[found.end() :]}"
            last.set("class", "attribution")


def _place_details(root: HtmlElement) -> Iterator[Finding]:
    """A line that says [details] and nothing else is where the kind's own block goes."""
    marks = [part for part in root.iterchildren("p") if len(part) == 0 and (part.text or "").strip() == "[details]"]
    for mark in marks:
        mark.tag, mark.text = "div", None
        mark.set("class", "details-here")
    if len(marks) > 1:
        yield "[details]", "[details] stands here more than once.", "Keep one of them."


def _empty_callouts(root: HtmlElement) -> Iterator[Finding]:
    for callout in root.iter("div"):
        if "admonition" not in (callout.get("class") or "").split():
            continue
        titles = [child for child in callout if child.get("class") == "admonition-title"]
        words = "".join(callout.itertext()).strip()
        if not words or (titles and words == titles[0].text_content().strip()):
            yield "!!!", "A callout (!!!) has no words.", "Indent its words with four spaces below it."


def _addresses(root: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Every address in order. Paths of the issue's files lose their "./", since renditions look them up by name."""
    for element in root.iter("a", "img"):
        name = "src" if element.tag == "img" else "href"
        written = element.get(name)
        if written is None:
            continue
        yield written, element.tag == "img"
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|#|/", written.strip()) and written.strip():
            element.set(name, str(PurePosixPath(written.strip())))
