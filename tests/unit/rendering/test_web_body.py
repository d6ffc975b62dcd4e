"""Clean HTML to the web copy's HTML: nothing lost, nothing fetched, everything reachable."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from lxml.html import HtmlElement
from tests.unit.rendering.html_kit import select
from tests.unit.rendering.issue_kit import MakeIssue, picture

from newsletter.content.clean import clean
from newsletter.models.issue import Asset, Issue
from newsletter.rendering.context import Context
from newsletter.rendering.web_html import web_body

TAGS = re.findall(
    r"\w+",
    "a abbr b blockquote caption dd div dl dt em figure h2 h4 li ol p pre q span strong sup table tbody td th tr ul",
)
ODD = [
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>WORD</a>",
    "<script>alert(1)</script>",
    "<p style='position:fixed' onclick=alert(1) class=button role=alert tabindex=1 data-class=panel>WORD</p>",
    "<a href='//evil.example/x'>WORD</a>",
    "<img src='https://evil.example/pixel.png' alt='WORD'>",
    "<!-- newsletter: the issues before and after -->",
]
trees = st.recursive(
    st.sampled_from(["WORD", " WORD ", "<br>", "<hr>", *ODD]),
    lambda inside: st.tuples(st.sampled_from(TAGS), st.lists(inside, max_size=4)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def context(context_of: Callable[[Issue], Context], make_issue: MakeIssue) -> Context:
    file = Asset(path="files/A poster (new).pdf", data=b"%PDF" + b" " * 59_000, media_type="application/pdf")
    return context_of(make_issue(assets={file.path: file, "images/hall.png": picture("images/hall.png", 1280, 640)}))


def parsed(html: str) -> HtmlElement:
    return lxml_html.fragment_fromstring(html, create_parent="div")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_any_clean_html_keeps_its_words_and_gains_no_danger(context: Context, tree: str) -> None:
    count = itertools.count(100)
    html = clean(re.sub("WORD", lambda _: f"w{next(count)}w", tree))
    made = web_body(html, context, level=3)
    assert set(re.findall(r"w\d+w", html)) <= set(re.findall(r"w\d+w", made))
    assert "<!--" not in made
    for element in parsed(made).iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
        assert element.tag not in ("script", "style", "iframe")
        assert "evil.example" not in (element.get("src") or "")
        assert not (element.get("href") or "").lower().startswith(("javascript:", "data:", "//"))
        assert element.get("class") not in ("button", "panel")


def test_headings_go_below_the_items_own_and_none_is_skipped(context: Context) -> None:
    made = parsed(web_body("<h2>A</h2><h4>B</h4><h2>C</h2><h6>D</h6>", context, level=4))
    assert [element.tag for element in made] == ["h4", "h5", "h4", "h5"]


def test_a_file_is_linked_beside_the_page_with_its_format_and_size(context: Context) -> None:
    made = web_body("<p>The <a href='files/A poster (new).pdf'>poster</a>.</p>", context, level=2)
    assert re.search(r'<a href="files/[\w%-]+-[0-9a-f]{8}\.pdf">poster</a> \(PDF, 59 KB\)\.</p>', made)


def test_a_picture_has_its_size_and_an_alt_even_if_empty(context: Context) -> None:
    image = parsed(web_body("<p><img src='images/hall.png' width='9'></p>", context, level=2))[0][0]
    assert re.fullmatch(r"images/hall-[0-9a-f]{8}\.png", image.get("src") or "")
    assert (image.get("width"), image.get("height"), image.get("alt")) == ("1280", "640", "")


def test_a_picture_from_elsewhere_is_not_fetched(context: Context) -> None:
    made = web_body("<p>See <img src='https://evil.example/x.png' alt='a chart'>.</p>", context, level=2)
    assert made == "<p>See a chart.</p>"


def test_a_table_of_three_columns_names_each_cell_and_scrolls_in_a_frame_with_a_name(context: Context) -> None:
    row = "<tr><td>x</td><td>y</td><td style='text-align: right'>1</td></tr>"
    html = f"<table><thead><tr><th>A</th><th>B</th><th>C</th></tr></thead><tbody>{row}</tbody></table>"
    frame = parsed(web_body(html, context, level=2))[0]
    assert (frame.get("role"), frame.get("tabindex"), frame.get("aria-label")) == ("region", "0", "Table: A, B, C")
    assert frame[0].get("class") == "stacks"
    assert [cell.get("data-label") for cell in frame.iter("td")] == ["A", "B", "C"]
    assert [cell.get("scope") for cell in frame.iter("th")] == ["col", "col", "col"]
    assert [cell.get("class") for cell in frame.iter("td")] == [None, None, "end"]


def test_footnotes_say_where_their_links_lead(context: Context) -> None:
    html = (
        "<p>Words<sup id='r'><a class='footnote-ref' href='#n'>1</a></sup></p><div class='footnote'><hr><ol><li id='n'>"
        "<p>Note <a class='footnote-backref' href='#r' title='Back to note 1 in the text'>↩</a></p></li></ol></div>"
    )
    made = parsed(web_body(html, context, level=2))
    assert [(link.get("href"), link.get("aria-label")) for link in made.iter("a")] == [
        ("#n", "Note 1"),
        ("#r", "Back to note 1 in the text"),
    ]
    assert select(made, "//div[@class='notes']/ol/li[@id='n']")


def test_who_said_a_quote_stands_below_it(context: Context) -> None:
    html = "<blockquote><p>Ask.</p><p class='attribution'>– A practitioner</p></blockquote><p>After</p>"
    assert web_body(html, context, level=2) == (
        '<figure class="quote"><blockquote><p>Ask.</p></blockquote><figcaption>– A practitioner</figcaption></figure>'
        "<p>After</p>"
    )


@pytest.mark.parametrize(("kind", "look"), [("note", "note"), ("warning", "act"), ("care", "care"), ("tip", "note")])
def test_a_callout_is_a_note_with_the_looks_of_its_kind(context: Context, kind: str, look: str) -> None:
    html = f"<div class='admonition {kind}'><p class='admonition-title'>Title</p><p>Words</p></div>"
    box = parsed(web_body(html, context, level=2))[0]
    assert (box.get("role"), box.get("class")) == ("note", f"panel {look}")


def test_key_messages_are_the_first_numbered_list_and_only_that(context: Context) -> None:
    html = "<ol><li>One</li></ol><ol><li>Two</li></ol>"
    made = parsed(web_body(html, context, level=2, numbered=True))
    assert [(made[0].get("class"), made[0].get("role")), made[1].get("class")] == [("messages", "list"), None]
