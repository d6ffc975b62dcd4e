"""What cannot be seen in a test by eye: dark colours for all light ones, sizes, weight."""

from __future__ import annotations

import re
from typing import cast

import pytest
from lxml import html as lxml_html
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement
from tests.unit.rendering.html_kit import select

from newsletter.rendering.context import Context
from newsletter.rendering.formats import email
from newsletter.rendering.templates import Templates

COLOURED = {"color": "color", "background": "background", "background-color": "background", "border": "border-color"}


@pytest.fixture(scope="module")
def message(sample_context: Context, templates: Templates) -> str:
    return email.render(sample_context, templates).decode()


@pytest.fixture(scope="module")
def tree(message: str) -> HtmlElement:
    return lxml_html.document_fromstring(message)


def declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";") if ":" in part)
    return {name.strip(): value.strip() for name, _, value in pairs}


def dark_rules(message: str) -> list[tuple[str, set[str]]]:
    """Selector and the properties it answers, of the dark scheme."""
    block = re.search(r"@media \(prefers-color-scheme:dark\)\{(.*?\})\}", message, re.S)
    assert block
    rules = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", block[1]):
        rules += [(selector.strip(), set(declarations(body))) for selector in selectors.split(",")]
    return rules


def coloured(element: HtmlElement) -> set[str]:
    """The kinds of colour that an element sets for itself: color, background, border-color."""
    found = set()
    for name, value in declarations(element.get("style") or "").items():
        kind = COLOURED.get(re.sub(r"^border-(top|right|bottom|left)(-color)?$", "border", name))
        if kind and re.search(r"#[0-9a-f]{3,6}", value):
            found.add(kind)
    return found | ({"background"} if element.get("bgcolor") else set())


def test_dark_mode_answers_every_colour_that_is_set_in_an_element(message: str, tree: HtmlElement) -> None:
    answered: dict[HtmlElement, set[str]] = {}
    for selector, properties in dark_rules(message):
        for element in cast("list[HtmlElement]", CSSSelector(selector)(tree)):
            answered.setdefault(element, set()).update(properties)
    for element in tree.iter():
        missing = coloured(element) - answered.get(element, set())
        if "plate" not in (element.get("class") or ""):  # a logo keeps its light ground
            assert not missing, (element.tag, element.get("class"), missing)


def test_the_mail_client_is_told_that_both_schemes_are_served(tree: HtmlElement) -> None:
    for name in ("color-scheme", "supported-color-schemes"):
        assert tree.xpath(f'//meta[@name="{name}"]/@content') == ["light dark"]


def test_no_words_are_smaller_than_sixteen_pixels(tree: HtmlElement) -> None:
    for element in tree.iter():
        style = declarations(element.get("style") or "")
        size = re.fullmatch(r"(\d+)(px)?", style.get("font-size", "17px"))
        assert size
        hidden = style.get("display") == "none" or int(size[1]) == 0  # the engine's cells, whose text sets its own
        assert hidden or int(size[1]) >= 16, (element.tag, style)


def test_words_are_seventeen_pixels_with_room_between_lines(tree: HtmlElement) -> None:
    words = select(tree, '//td[contains(@class, "ink") and @align="left"]/div')
    assert len(words) == len(select(tree, '//td[contains(@class, "ink")]'))
    for element in words:
        style = declarations(element.get("style") or "")
        assert (style["font-size"], style["line-height"]) == ("17px", "1.5")


def test_the_page_sets_the_type_and_breaks_long_words_for_every_row(tree: HtmlElement) -> None:
    (page,) = select(tree, '//div[contains(@class, "page")]')
    style = declarations(page.get("style") or "")
    assert "Segoe UI" in style["font-family"]
    assert style["word-break"] == "break-word"
    below = [element.get("style") or "" for element in page.iterdescendants()]
    assert not [style for style in below if "font-family" in style]


def test_what_stands_in_a_style_sheet_alone_can_be_done_without(message: str) -> None:
    (sheet,) = re.findall(r"<style[^>]*>(p\{.*?)</style>", message, re.S)
    said = {name for _, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet) for name in declarations(body)}
    assert said <= {"margin", "padding", "line-height", "color", "font-size", "font-weight"}
    assert "display" not in sheet
    assert "background" not in sheet


def test_style_sheets_are_small_enough_for_gmail(tree: HtmlElement) -> None:
    assert all(len(style.text or "") < 8_192 for style in tree.iter("style"))


def test_rules_of_one_client_stand_apart_since_gmail_drops_a_sheet_it_cannot_read(tree: HtmlElement) -> None:
    sheets = [style.text or "" for style in tree.iter("style")]
    assert not [sheet for sheet in sheets if "data-ogs" in sheet and "@media" in sheet]


def test_style_sheets_say_only_what_most_clients_read(tree: HtmlElement) -> None:
    sheets = "".join(style.text or "" for style in tree.iter("style"))
    assert not re.search(r"\S!important", sheets)  # Orange drops a declaration without the blank
    assert not re.search(r":(not|is|has|where)\(", sheets)  # Gmail and Outlook drop the rule


def test_outlook_gets_a_table_of_the_sheets_width(message: str) -> None:
    opened = re.findall(r'<!--\[if mso \| IE\]><table[^>]*width="640"', message)
    assert len(opened) == 3  # what stands above the sheet, the sheet, the footer
