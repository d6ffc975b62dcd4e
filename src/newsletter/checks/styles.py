"""What the words of a rendered email look like, in light and in dark: colour, ground, size, height of lines.

The email carries its looks in style attributes; dark mode changes them by rules that all say `!important`. Only what
such an email uses is read: selectors of CSS that a mail program understands too, px, pt, em and %.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml.etree import XPath
from lxml.html import HtmlElement

_BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK = re.compile(r"@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{")
_LENGTH = re.compile(r"([\d.]+)\s*(px|pt|em|rem|%|)$")
_UNSEEN = frozenset({"style", "script", "title", "head", "noscript"})
_HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67}  # em, by the HTML standard
_BOLD = frozenset({"b", "strong", "th", "dt", *_HEADINGS})
Declarations = Mapping[str, str]


@dataclass(frozen=True)
class Look:
    """How the words in an element look. Colours are "#rrggbb"."""

    colour: str = "#000000"
    ground: str = "#ffffff"
    size: float = 16.0  # pixels
    line_height: float = 1.2  # times the size
    bold: bool = False
    align: str = ""
    underlined: bool = True  # matters within links only


@dataclass(frozen=True)
class Run:
    """Words that stand in one element, with their look."""

    element: HtmlElement
    words: str
    look: Look

    @property
    def large(self) -> bool:
        """WCAG 2.2, "large scale": 18 points, or 14 in bold."""
        return self.look.size >= 24 or (self.look.bold and self.look.size >= 18.66)


def runs(tree: HtmlElement, dark: bool = False) -> Iterator[Run]:
    """Everything that is read in an email, in its order."""
    changes = _changes(tree) if dark else {}
    body = tree.find("body")
    if body is not None:
        yield from _walk(body, Look(), changes)


def _walk(element: HtmlElement, around: Look, changes: Mapping[HtmlElement, Declarations]) -> Iterator[Run]:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return
    own = {**declarations(element.get("style", "")), **changes.get(element, {})}
    if own.get("display") == "none":
        return
    look = _look(element, own, around)
    if words := " ".join((element.text or "").split()):
        yield Run(element, words, look)
    for child in element:
        yield from _walk(child, look, changes)
        if words := " ".join((child.tail or "").split()):
            yield Run(element, words, look)


def _look(element: HtmlElement, own: Declarations, around: Look) -> Look:
    tag = str(element.tag)
    look = around
    if tag in _HEADINGS:
        look = replace(look, size=around.size * _HEADINGS[tag])
    if tag in _BOLD or own.get("font-weight"):
        look = replace(look, bold=own.get("font-weight", "bold") not in ("normal", "400"))
    if size := _size(own.get("font-size", ""), around.size):
        look = replace(look, size=size)
    if height := _height(own.get("line-height", ""), look.size):
        look = replace(look, line_height=height)
    if colour := colour_of(own.get("color", "")):
        look = replace(look, colour=colour)
    ground = own.get("background-color") or own.get("background") or element.get("bgcolor") or ""
    if colour := colour_of(ground):
        look = replace(look, ground=colour)
    if align := own.get("text-align") or element.get("align", ""):
        look = replace(look, align=align.lower())
    line = own.get("text-decoration") or own.get("text-decoration-line") or ("underline" if tag == "a" else "")
    return replace(look, underlined="none" not in line) if line else look


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute; the later of two counts."""
    found = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip()
    return found


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of a style sheet without nested blocks."""
    for block in _BLOCK.finditer(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        yield block[1].strip(), block[2]


def dark_part(css: str) -> str:
    """What stands in the blocks for dark mode."""
    parts = []
    for opening in _DARK.finditer(css):
        depth, end = 1, opening.end()
        while depth and end < len(css):
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        parts.append(css[opening.end() : end - 1])
    return "\n".join(parts)


def style_of(tree: HtmlElement) -> str:
    """All style elements of a document."""
    return "\n".join(element.text or "" for element in tree.iter("style"))


def _changes(tree: HtmlElement) -> dict[HtmlElement, dict[str, str]]:
    """What dark mode changes, by element: the more specific rule counts, of equal ones the later."""
    changes: dict[HtmlElement, dict[str, str]] = {}
    for path, own in _dark_rules(dark_part(style_of(tree))):
        found = path(tree)
        for element in found if isinstance(found, list) else ():
            if isinstance(element, HtmlElement):
                changes.setdefault(element, {}).update(own)
    for own in changes.values():
        if "background" in own:
            own.setdefault("background-color", own["background"])
    return changes


@lru_cache(maxsize=8)
def _dark_rules(css: str) -> tuple[tuple[XPath, Declarations], ...]:
    """Each selector, ready to be asked, and what it declares; what counts more comes later."""
    from cssselect import HTMLTranslator, SelectorError, parse

    found: list[tuple[tuple[int, int, int], int, XPath, Declarations]] = []
    for order, (selectors, text) in enumerate(blocks(css)):
        try:
            for selector in parse(selectors):
                path = XPath(HTMLTranslator().selector_to_xpath(selector))
                found.append((selector.specificity(), order, path, declarations(text)))
        except SelectorError:
            continue  # what cannot be read here, a mail program passes over too
    return tuple((path, own) for _, _, path, own in sorted(found, key=lambda rule: rule[:2]))


@lru_cache(maxsize=256)
def colour_of(value: str) -> str:
    """ "#rrggbb" of a CSS colour; "" if it is none, or lets through what is behind."""
    from PIL import ImageColor

    first = value.split("linear-gradient")[0].strip().split(" ")[0] if "(" not in value.split(" ")[0] else value
    try:
        parts = ImageColor.getrgb(first.strip())
    except ValueError:
        return ""
    return "" if len(parts) == 4 and parts[3] == 0 else "#" + "".join(f"{part:02x}" for part in parts[:3])


def _size(value: str, around: float) -> float | None:
    """Pixels."""
    found = _LENGTH.match(value.strip())
    if not found or not found[2]:
        return None
    factor = {"px": 1.0, "pt": 4 / 3, "em": around, "rem": 16.0, "%": around / 100}[found[2]]
    return float(found[1]) * factor


def _height(value: str, size: float) -> float | None:
    """Times the size."""
    found = _LENGTH.match(value.strip())
    if not found:
        return None
    number = float(found[1])
    if not found[2]:
        return number
    return number / 100 if found[2] == "%" else (_size(value, size) or 0) / (size or 16) or None
