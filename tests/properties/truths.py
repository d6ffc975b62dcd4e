"""What is true of every edition, whatever its issue holds. Each function asserts one truth."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from lxml import html as lxml_html
from lxml.html import HtmlElement
from tests.properties.rendering_kit import RENDERER, SITE, TEMPLATES, texts, tree, words_in
from tests.properties.words_kit import squashed, tokens

from newsletter.errors import ContentError
from newsletter.models.dates import MONTHS, parse_day
from newsletter.models.edition import MERGE_TAGS, Edition
from newsletter.models.issue import Issue
from newsletter.rendering.render import Renderer
from newsletter.rendering.speech import words

LANGUAGES = ("en-GB", "cy")  # in which we say dates
_DAY = re.compile(rf"\d{{1,2}} (?:{'|'.join(words(lang)(month) for lang in LANGUAGES for month in MONTHS)}) \d{{4}}")
_FORBIDDEN = frozenset({
    "applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "math", "object",
    "select", "source", "svg", "template", "textarea", "track", "video",
})  # fmt: skip
_ADDRESSES = frozenset({"action", "background", "cite", "data", "formaction", "href", "poster", "src", "srcset"})


def every_problem_can_be_found(refused: ContentError) -> None:
    """Each says what is wrong, and in which file and line."""
    assert refused.problems
    assert all(problem.message and problem.file and problem.line for problem in refused.problems), refused.problems


def no_word_is_lost(edition: Edition, said: Iterable[str]) -> None:
    """Each word stands in each rendition at least as often as the author wrote it."""
    wanted = tokens(said)
    for name, text in texts(edition).items():
        lost = wanted - tokens([text])
        assert not lost, f"{name} has lost {dict(lost)}"


def stays_within(said: Iterable[str], path: str, html: str) -> None:
    """Words are found in the outermost elements that `path` (XPath, without axis) names."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    found = root.xpath(f"//{path}[not(ancestor::{path})]")
    assert isinstance(found, list)
    lost = tokens(said) - tokens(words_in(element) for element in found if isinstance(element, HtmlElement))
    assert not lost, f"{dict(lost)} is not in {path}: {html}"


def every_section_is_named(edition: Edition, sections: Iterable[str]) -> None:
    for name, text in texts(edition).items():
        assert not [section for section in sections if section not in squashed(text)], name


def every_day_is_printed(edition: Edition, days: Iterable[str]) -> None:
    """Each in the language of its issue or item."""
    said = {day: {words(lang).short_date(parse_day(day)) for lang in LANGUAGES} for day in days}
    for name, text in texts(edition).items():
        assert not [day for day in said if not any(one in squashed(text) for one in said[day])], name


def the_text_holds_what_the_html_holds(edition: Edition) -> None:
    """Every link, date, address and number of the email is in the plain text."""
    sheet, text = tree(edition, "email"), edition.renditions["text"].text
    flat, figures = squashed(text), re.sub(r"\D", "", text)
    for link in sheet.iter("a"):
        href = link.get("href") or ""
        scheme, _, place = href.partition(":")
        if scheme == "mailto":
            assert unquote(place.split("?")[0]) in flat, href
        elif scheme == "tel":
            assert re.sub(r"\D", "", place)[-9:] in figures, href
        elif scheme in ("http", "https") and not href.startswith(f"{edition.web_url or SITE}#"):
            assert href in text or unquote(href) in text, href
    for day in _DAY.findall(squashed(texts(edition)["email"])):
        assert day in flat, day


def nothing_runs_or_loads(edition: Edition) -> None:
    """No script, no handler, no form; nothing fetched but the issue's own pictures and the archive's style sheet."""
    for name in ("email", "web"):
        if name in edition.renditions:
            for element in tree(edition, name).iter():
                if isinstance(element.tag, str):
                    _harmless(element)


def _harmless(element: HtmlElement) -> None:
    tag = str(element.tag)
    assert tag not in _FORBIDDEN, tag
    assert tag != "script" or element.get("type") == "application/ld+json"
    assert tag != "meta" or (element.get("http-equiv") or "").lower() != "refresh"
    for name, value in element.attrib.items():
        assert not name.lower().startswith("on"), f"{tag} {name}={value}"
        if name.lower() in _ADDRESSES:
            _safe_address(tag, name, value)
    style = f"{element.get('style', '')} {element.text if tag == 'style' else ''}"
    assert not re.search(r"url\(|@import|@font-face|expression|behavior", style, re.I), style


def _safe_address(tag: str, name: str, value: str) -> None:
    parts = urlsplit(re.sub(r"[\x00-\x20]", "", value) if not value.startswith("http") else value)
    assert parts.scheme in ("", "http", "https", "mailto", "tel", "cid"), value
    assert parts.scheme or not value.startswith("//"), value
    if tag != "a":  # what is fetched without a click
        assert parts.scheme in ("", "cid") or value.startswith(f"{SITE}/"), f"{tag} {name}={value}"
    assert name in ("href", "src"), f"{tag} {name}={value}"


def no_personal_address_is_public(edition: Edition) -> None:
    """Merge tags stand in the email and its text, where they are replaced, and nowhere else."""
    for name, rendition in edition.renditions.items():
        held = {tag for tag in MERGE_TAGS.values() if tag in rendition.text}
        assert held == (set(MERGE_TAGS.values()) if name in ("email", "text") else set()), name


def documents_are_well_made(edition: Edition) -> None:
    """Ids are there once, headings start with one h1 and skip no level, entries stand in lists, after a doctype."""
    for name in ("email", "web"):
        if name not in edition.renditions:
            continue
        root = tree(edition, name)
        ids = [element.get("id") for element in root.iter() if isinstance(element.tag, str) and element.get("id")]
        assert len(ids) == len(set(ids)), f"{name}: ids twice"
        levels = [int(heading.tag[1]) for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), f"{name}: {levels}"
        assert {entry.getparent().tag for entry in root.iter("li")} <= {"ul", "ol"}, name
        assert edition.renditions[name].text.startswith("<!DOCTYPE html>"), name


def links_within_lead_somewhere(edition: Edition) -> None:
    """Every link to a place in the same document has that place."""
    for name in ("email", "web"):
        if name in edition.renditions:
            root = tree(edition, name)
            ids = {element.get("id") for element in root.iter() if isinstance(element.tag, str)}
            hrefs = [link.get("href") or "" for link in root.iter("a")]
            wanted = {unquote(href[1:]) for href in hrefs if href.startswith("#")}
            assert wanted <= {*ids, "top"}, f"{name}: {wanted - ids} is not there"


def lines_are_short(edition: Edition) -> None:
    """A line of the plain text is longer than 72 columns only where a word or an address alone is."""
    for line in edition.renditions["text"].text.split("\n"):
        assert len(line) <= 72 or len(line.split()) <= 3 or not line.isascii() or line.startswith("    "), line


def the_same_again(issue: Issue, edition: Edition) -> None:
    """The same issue gives the same bytes: rendered again, and by a renderer that knows nothing yet."""
    for renderer in (RENDERER, Renderer(RENDERER.publication, [TEMPLATES])):
        assert renderer.render(issue).hash == edition.hash
