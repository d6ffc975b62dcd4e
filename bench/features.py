"""Which of caniemail's features an email uses, and which mail clients support them.

The data is that of https://www.caniemail.com (npm `caniemail`, pinned in bench/package.json). The package's own search
is not used: it does not look inside media queries, and stops at clients that were not tested for a feature.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html as lxml_html
from lxml.html import HtmlElement

DATA = Path(__file__).parent / "node_modules/caniemail/data/caniemail.json"
FULL, PARTIAL, NONE, UNKNOWN = "yes", "in part", "no", "not tested"
_ANSWERS = {"y": FULL, "a": PARTIAL, "n": NONE, "u": UNKNOWN}
_ELEMENTS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "html-h1-h6"),
    **dict.fromkeys(("ul", "ol", "dl"), "html-lists"),
    **dict.fromkeys(("article", "aside", "figure", "footer", "header", "main", "nav", "section"), "html-semantics"),
}
_SELECTORS = {
    "css-selector-attribute": r"\[",
    "css-selector-chaining": r"[\w\]]\.[\w-]|\][\[.#]",
    "css-selector-child": r">",
    "css-selector-class": r"\.[a-zA-Z]",
    "css-selector-descendant": r"[\w\])*] +[\w.#\[*]",
    "css-selector-id": r"#[a-zA-Z]",
    "css-selector-type": r"(^|[\s>+~])[a-zA-Z]",
    "css-selector-universal": r"\*",
    "css-pseudo-class-not": r":not\(",
    "css-pseudo-class-hover": r":hover",
}
_AT_RULES = {
    "css-at-media": r"@media",
    "css-at-media-prefers-color-scheme": r"prefers-color-scheme",
    "css-at-import": r"@import",
    "css-at-font-face": r"@font-face",
    "css-at-supports": r"@supports",
    "css-comments": r"/\*",
}
_VALUES = {
    "css-display-none": r"^display:none",
    "css-display-flex": r"^display:(inline-)?flex",
    "css-display-grid": r"^display:(inline-)?grid",
    "css-linear-gradient": r"linear-gradient\(",
    "css-unit-calc": r"calc\(",
    "css-rgb": r"rgb\(",
    "css-rgba": r"rgba\(",
    "css-important": r"!important",
    "css-unit-percent": r"\d%",
    **{f"css-unit-{unit}": rf"\d{unit}\b" for unit in ("px", "em", "rem", "pt", "vw", "vh")},
}
_SIDES = re.compile(r"(border|margin|padding)-(top|right|bottom|left|color|width|style)")  # tested as `padding`


@dataclass(frozen=True)
class Feature:
    """One feature, and what each client answers: "yes", "in part", "no" or "not tested"."""

    slug: str
    title: str
    url: str
    support: Mapping[str, str]  # by "outlook.windows"

    @property
    def tested(self) -> int:
        """How many clients were tested."""
        return sum(answer != UNKNOWN for answer in self.support.values())

    def share(self, *answers: str) -> float:
        """Of the clients that were tested, how many answer so, from 0 to 1."""
        counted = Counter(self.support.values())
        return sum(counted[answer] for answer in answers) / self.tested if self.tested else 0.0


class Clients:
    """All of the data."""

    def __init__(self, path: Path = DATA) -> None:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.day = str(data["last_update_date"])[:10]
        self.features = {entry["slug"]: _feature(entry) for entry in data["data"]}

    def used(self, html: str) -> tuple[Feature, ...]:
        """The features that a message uses, by title."""
        found = [self.features[slug] for slug in set(_slugs(html)) if slug in self.features]
        return tuple(sorted(found, key=lambda feature: feature.title.casefold()))


def _feature(entry: Mapping[str, Any]) -> Feature:
    """The last version of each client counts: versions stand in the order of time."""
    support = {
        f"{family}.{platform}": _ANSWERS[list(versions.values())[-1][0]]
        for family, platforms in entry["stats"].items()
        for platform, versions in platforms.items()
    }
    return Feature(slug=entry["slug"], title=entry["title"].strip(), url=entry["url"], support=support)


def _slugs(html: str) -> Iterator[str]:
    tree = lxml_html.document_fromstring(html)
    if html.lstrip()[:15].lower() == "<!doctype html>":
        yield "html-doctype"
    for element in tree.iter():
        if isinstance(element, lxml_html.HtmlComment):
            yield "html-comments"
        elif isinstance(element.tag, str):
            yield from _of_element(element)
    for style in tree.iter("style"):
        yield from _of_sheet(style.text or "")


def _of_element(element: HtmlElement) -> Iterator[str]:
    yield _ELEMENTS.get(element.tag, f"html-{element.tag}")
    yield from (f"html-{name}" for name in element.attrib)
    href, source = element.get("href") or "", element.get("src") or ""
    if href.startswith("mailto:"):
        yield "html-mailto-links"
    if href.startswith("#"):
        yield "html-anchor-links"
    if element.get("name") == "color-scheme":
        yield "html-meta-color-scheme"
    if element.tag == "img" and (suffix := re.search(r"\.(png|jpe?g|gif|webp|svg)$", source)):
        yield f"image-{suffix[1].replace('jpeg', 'jpg')}"
    yield from _of_declarations(element.get("style") or "")


def _of_sheet(css: str) -> Iterator[str]:
    yield from _matching(_AT_RULES, css)
    for selectors, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/|@import[^;]*;", "", css)):
        if "," in selectors:
            yield "css-selector-grouping"
        for selector in selectors.split(","):
            if not selector.strip().startswith("@"):
                yield from _matching(_SELECTORS, selector.strip())
        yield from _of_declarations(declarations)


def _of_declarations(css: str) -> Iterator[str]:
    for declaration in css.split(";"):
        name, _, value = (part.strip().lower() for part in declaration.partition(":"))
        if not value or name.startswith("mso-"):
            continue
        side = _SIDES.match(name)
        yield f"css-{side[1] if side else name}"
        yield from _matching(_VALUES, f"{name}:{value}")


def _matching(patterns: Mapping[str, str], text: str) -> Iterable[str]:
    return [slug for slug, pattern in patterns.items() if re.search(pattern, text)]
