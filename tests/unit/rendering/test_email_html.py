"""An item's words for email: none is lost, nothing dangerous gets in, everything works without jump links."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from lxml.html import HtmlElement
from tests.unit.rendering.html_kit import select
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem

from newsletter.models.issue import Issue
from newsletter.rendering.context import Context
from newsletter.rendering.email_html import CONTROL, email_body
from newsletter.rendering.formats import email
from newsletter.rendering.templates import Templates

ATTACKS = (
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    'a" onerror="alert(1)',
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "</td></table><iframe src=//evil.example>",
    "\u27e60.0\u27e7 \u27e60\u27e7",
    "{{ 7 * 7 }} {% raw %} %%audience%% <%asm%>",
    "--> <!-- ]]> <![endif]-->",
)


@pytest.fixture(scope="module")
def body(sample_context: Context) -> Callable[..., HtmlElement]:
    def made(html: str, level: int = 3, **options: object) -> HtmlElement:
        return parsed(email_body(html, sample_context, level=level, **options))  # type: ignore[arg-type]

    return made


def parsed(html: str) -> HtmlElement:
    return lxml_html.fragment_fromstring(html, create_parent="div", parser=lxml_html.HTMLParser(huge_tree=True))


def words(html: str | HtmlElement) -> list[str]:
    return " ".join((parsed(html) if isinstance(html, str) else html).itertext()).split()


def test_headings_start_below_the_items_own_and_skip_no_level(body: Callable[..., HtmlElement]) -> None:
    tree = body("<h2>One</h2><h4>Two</h4><h6>Three</h6><h2>Four</h2>", level=4)
    assert [heading.tag for heading in tree] == ["h4", "h5", "h6", "h4"]


def test_footnotes_become_numbered_words_without_jump_links(body: Callable[..., HtmlElement]) -> None:
    tree = body(
        '<p>Said.<sup id="a--fnref-1"><a class="footnote-ref" href="#a--fn-1">1</a></sup></p><div class="footnote"><hr>'
        '<ol><li id="a--fn-1"><p>The source.\u00a0<a class="footnote-backref" href="#a--fnref-1">↩</a></p></li></ol>'
        "</div>"
    )
    assert words(tree) == ["Said.", "1", "The", "source."]
    assert not list(tree.iter("a", "hr"))
    assert tree.find("p/sup").text == "1"
    assert tree.find("div/ol/li/p").text == "The source."


def test_abbreviations_are_plain_words(body: Callable[..., HtmlElement]) -> None:
    assert lxml_html.tostring(body('<p>Ring the <abbr title="hub">MASH</abbr> now.</p>'), encoding="unicode") == (
        "<div><p>Ring the MASH now.</p></div>"
    )


def test_a_file_of_the_issue_gets_its_address_format_and_size(body: Callable[..., HtmlElement]) -> None:
    tree = body("<p>The <a href='files/poster.pdf'>poster</a>, please.</p>")
    link = tree.find("p/a")
    assert re.fullmatch(
        r"https://news\.example\.org/issues/2026-11-winter/files/poster-[0-9a-f]{8}\.pdf", link.get("href")
    )
    assert link.tail == " (PDF, 224 KB), please."


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "files/none.pdf", ""])
def test_a_link_that_leads_nowhere_safe_leaves_its_words(body: Callable[..., HtmlElement], href: str) -> None:
    tree = body(f"<p>See <a href='{href}'>the words</a>.</p>")
    assert words(tree) == ["See", "the", "words."] or words(tree) == ["See", "the", "words", "."]
    assert not list(tree.iter("a"))


def test_a_link_within_the_issue_leads_to_the_web_copy(body: Callable[..., HtmlElement]) -> None:
    link = body("<p><a href='#safer-futures'>See below</a></p>").find("p/a")
    assert link.get("href") == "https://news.example.org/issues/2026-11-winter/#safer-futures"


def test_a_picture_from_elsewhere_is_never_fetched(body: Callable[..., HtmlElement]) -> None:
    tree = body("<p>Look: <img src='https://tracker.example/p.gif' alt='A chart'> there.</p>")
    assert not list(tree.iter("img"))
    assert words(tree) == ["Look:", "A", "chart", "there."]


def test_tables_keep_header_scope_and_alignment(body: Callable[..., HtmlElement]) -> None:
    table = body(
        "<table><thead><tr><th>Team</th><th style='text-align: right'>Calls</th></tr></thead>"
        "<tbody><tr><td>North</td><td style='text-align: right'>12</td></tr></tbody></table>"
    ).find("table")
    assert table.get("role") is None
    assert (table.get("cellpadding"), table.get("width")) == ("8", "100%")
    assert [(cell.get("scope"), cell.get("align")) for cell in table.iter("th")] == [("col", "left"), ("col", "right")]
    assert [cell.get("align") for cell in table.iter("td")] == [None, "right"]


def test_wide_tables_carry_each_columns_name_for_phones(body: Callable[..., HtmlElement]) -> None:
    rows = "<tr><th>A</th><th>B</th><th>C</th></tr><tr><td>1</td><td><b>2</b></td><td></td></tr>"
    table = body(f"<table>{rows}</table>").find("table")
    assert "st" in table.get("class").split()
    assert [str(cell.text_content()) for cell in table.iter("td")] == ["A: 1", "B: 2", "C: "]
    assert all(label.get("class") in ("lb", None) for label in table.iter("b"))
    spanned = body(f"<table>{rows}<tr><td colspan='3'>all</td></tr></table>").find("table")
    assert "st" not in spanned.get("class").split()
    assert not select(spanned, ".//b[@class]")


def test_key_messages_get_large_numerals_and_keep_what_stands_around(body: Callable[..., HtmlElement]) -> None:
    entries = "<li><strong>Ask.</strong> Early.<ul><li>Always</li></ul></li><li>Write.</li>"
    tree = body(f"<p>Before.</p><ol start='3'>{entries}</ol><p>After.</p>", numbered=True)
    assert words(tree) == ["Before.", "3", "Ask.", "Early.", "Always", "4", "Write.", "After."]
    assert tree.find("table").get("role") == "presentation"
    assert tree.find("table/tr/td").get("class") == "num"


def test_callouts_become_cells_with_a_ground(body: Callable[..., HtmlElement]) -> None:
    box = "<div class='admonition {}'><p class='admonition-title'>Title</p><p>Words</p></div>"
    looks = {"note": "note", "tip": "note", "warning": "act", "important": "act", "care": "care"}
    for kind, look in looks.items():
        tree = body(box.format(kind))
        assert tree.find("table").get("role") == "presentation"
        assert tree.find("table/tr/td").get("class") == look
        assert words(tree) == ["Title", "Words"]


def test_an_authors_classes_styles_and_ids_are_not_kept(body: Callable[..., HtmlElement]) -> None:
    tree = body('<p class="hide b" id="x" style="color:red" title="t" data-class="hide" onclick="x()">Words</p>')
    assert dict(tree.find("p").attrib) == {}


def test_words_nested_deeper_than_parsers_go_are_kept(body: Callable[..., HtmlElement]) -> None:
    tree = body("<blockquote>" * 1_500 + "<p>deep</p>" + "</blockquote>" * 1_500 + "<p>after</p>")
    assert words(tree) == ["deep", "after"]
    assert max(len(list(element.iterancestors())) for element in tree.iter()) < 60


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30).map(
    lambda text: CONTROL.sub("", text).replace("&", "&amp;").replace("<", "&lt;")
)
inline_html = st.recursive(
    texts,
    lambda inner: st.builds(
        "<{0}>{1}</{0}>{2}".format,
        st.sampled_from(["strong", "em", "code", "del", "sup", "abbr", "mark", "span", "u", "a", "small"]),
        inner,
        texts,
    ),
    max_leaves=5,
)
block_html = st.recursive(
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["p", "h2", "h3", "h5", "pre", "dd"]), inline_html),
    lambda inner: st.one_of(
        st.builds("<blockquote>{}</blockquote>".format, inner),
        st.builds("<ul><li>{}</li><li>{}</li></ul>".format, inline_html, inner),
        st.builds("<ol><li>{}</li><li>{}</li></ol>".format, inline_html, inner),
        st.builds("<div class='admonition note'>{}</div>".format, inner),
        st.builds(
            "<table><tr><th>{}</th><th>x</th></tr><tr><td>{}</td><td>{}</td></tr></table>".format,
            inline_html, inline_html, inline_html,
        ),
        st.builds("{}\n{}".format, inner, inner),
    ),
    max_leaves=6,
)  # fmt: skip


@given(html=block_html)
@settings(max_examples=150, deadline=None)
def test_no_word_of_any_markdown_is_lost(html: str, sample_context: Context) -> None:
    assert "".join(words(email_body(html, sample_context, level=3))) == "".join(words(html))


@given(html=block_html)
@settings(max_examples=15, deadline=None)
def test_no_word_is_lost_on_the_whole_way_to_the_message(
    html: str,
    make_issue: MakeIssue,
    make_item: MakeItem,
    context_of: Callable[[Issue], Context],
    templates: Templates,
) -> None:
    message = email.render(context_of(make_issue([make_item(title="Marked", html=html)])), templates)
    tree = lxml_html.document_fromstring(message)
    item = select(tree, '//*[@id="marked"]/..')[0]
    assert "".join(words(item)) == "Marked" + "".join(words(html))


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_typed_into_any_field_is_words(
    attack: str,
    make_issue: MakeIssue,
    make_item: MakeItem,
    context_of: Callable[[Issue], Context],
    templates: Templates,
) -> None:
    text: dict[str, Any] = {
        "title": attack,
        "section": "S",
        "short_title": attack,
        "content_note": attack,
        "areas": [attack],
    }
    contact = [{"role": attack, "name": attack, "phone": attack}]
    more: dict[str, Any] = {"links": [{"title": attack, "url": attack}], "contact": contact}
    image = {"src": attack, "alt": attack, "caption": attack, "credit": attack, "link": attack}
    items = [
        make_item("article", image=image, act_now=True, **text, **more),
        make_item("message", author=attack, role=attack, organisation=attack, **text),
        make_item("notice", what_to_do=attack, supersedes=attack, act_now=True, **text),
        make_item(
            "event", when="26 November 2026", venue=attack, online=attack, cost=attack, who_for=attack, host=attack,
            speakers=[attack], sessions=[{"title": attack, "when": "26 November 2026"}],
            booking={"url": attack, "opens": attack}, **text,
        ),
        make_item("survey", url=attack, closes="1 December 2026", **text),
        make_item("review", subject="named", published="2026", report_url=attack, questions=[attack], **text),
        make_item("service", who_for=attack, referral={"url": attack, "phone": attack}, how=attack, **text),
        make_item("resource", files=[{"title": attack, "url": attack, "for": attack, "language": attack}], **text),
    ]  # fmt: skip
    front = dict.fromkeys(["title", "strapline", "preheader", "masthead", "footer", "subject"], attack)
    message = email.render(context_of(make_issue(items, **front)), templates).decode()
    tree = lxml_html.document_fromstring(message)
    assert not list(tree.iter("script", "iframe"))
    for element in tree.iter():
        assert not [name for name in element.attrib if str(name).startswith("on")]
        for address in (element.get("href"), element.get("src")):
            assert address is None or re.match(r"https://|mailto:|tel:|cid:|%%", str(address))
    assert tree.findtext("head/title") == attack
    assert [str(heading.text_content()) for heading in select(tree, "//h1")] == [attack]
    assert [str(heading.text_content()) for heading in select(tree, "//*[@class='title']")] == [attack] * 8
