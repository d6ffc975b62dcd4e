"""Clean HTML to plain text: every word, every link, laid out for reading."""

from __future__ import annotations

import itertools
import re
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.clean import clean
from newsletter.rendering.columns import WIDTH, columns
from newsletter.rendering.plain import Plain

INLINE = re.findall(r"\w+", "a abbr b cite code del em i ins kbd mark q s small span strong sub sup u")
BLOCK = re.findall(
    r"\w+",
    "blockquote caption dd div dl dt figcaption figure h2 h3 h6 li ol p pre table tbody td tfoot th thead tr ul",
)
CLASSES = [
    "div class=footnote",
    "div class='admonition note'",
    "p class=admonition-title",
    "p class=attribution",
    "div class=details-here",
    "a class=footnote-ref href='#x'",
]

leaves = st.sampled_from(
    ["WORD", "WORD WORD", " WORD ", "<br>", "<hr>", "<img alt='WORD' src='x.png'>", "\n", "LINK", "\u00a0WORD"]
)
trees = st.recursive(
    leaves,
    lambda inside: st.tuples(st.sampled_from(INLINE + BLOCK + CLASSES), st.lists(inside, max_size=4)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0].split(' ')[0]}>"
    ),
    max_leaves=25,
)


def numbered(html: str) -> str:
    """The same HTML with every word and every address different from all others."""
    words, links = itertools.count(100), itertools.count(100)
    html = re.sub("LINK", lambda _: f'<a href="https://www.example.org/{next(links)}">WORD</a>', html)
    return re.sub("WORD", lambda _: f"w{next(words)}w", html)


def plain(html: str, details: str = "") -> str:
    """What a body becomes, its footnotes and its links below it."""
    writer = Plain(lambda url: (url, ""))
    text = writer.body(dedent(html).strip(), lambda: details)
    notes = writer.notes()
    links = "\n".join(f"[{number}] {url}" for number, url in writer.references.listed)
    return "\n\n".join(part for part in (text, notes, links) if part)


@settings(max_examples=150, deadline=None)
@given(trees)
def test_no_word_and_no_link_is_lost(tree: str) -> None:
    html = clean(numbered(tree))
    text = plain(html)
    assert set(re.findall(r"w\d+w", html)) <= set(re.findall(r"w\d+w", text))
    assert set(re.findall(r"example\.org/\d+", html)) <= set(re.findall(r"example\.org/\d+", text))


@settings(max_examples=100, deadline=None)
@given(trees)
def test_lines_fit_and_paragraphs_stand_one_line_apart(tree: str) -> None:
    text = plain(re.sub("</?pre>", "", clean(numbered(tree))))
    for line in text.split("\n"):
        assert line == line.rstrip()
        assert columns(line) <= WIDTH or "example.org" in line or columns(line.lstrip("> |•-0123456789.—Note:")) <= 20
    assert not text.startswith("\n")


def test_a_paragraph_is_wrapped_and_its_links_are_numbered() -> None:
    assert plain(
        "<p>Please read <a href='https://www.example.org/one'>the procedure</a> and <a href='https://www.example.org/two'>"
        "the guide</a> today; <a href='https://www.example.org/one'>the procedure</a> has changed.</p>"
    ) == (
        "Please read the procedure [1] and the guide [2] today; the procedure [1]\n"
        "has changed.\n\n[1] https://www.example.org/one\n[2] https://www.example.org/two"
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<a href='mailto:team@example.org'>team@example.org</a>", "team@example.org"),
        ("<a href='mailto:team@example.org?subject=x'>our team</a>", "our team (team@example.org)"),
        ("<a href='tel:+441632960001'>01632 960001</a>", "01632 960001"),
        ("<a href='tel:999'>999</a>", "999"),
        ("<a href='tel:+441632960001'>the office</a>", "the office (+441632960001)"),
        ("<a href='https://www.example.org/join/'>www.example.org/join</a>.", "https://www.example.org/join/."),
        ("<a href='#why'>why</a>", "why"),
        ("<a href='https://www.example.org/x'><img alt=''></a>", "https://www.example.org/x"),
        (
            "<a href='https://www.example.org/x'><img alt='Poster'></a>",
            "[Picture: Poster] [1]\n\n[1] https://www.example.org/x",
        ),
    ],
)
def test_addresses_that_say_themselves_stand_in_place(html: str, text: str) -> None:
    assert plain(f"<p>{html}</p>") == text


def test_lists_hang_and_nest_and_count_from_their_start() -> None:
    assert plain(
        "<ul><li>One<ul><li>Deep</li></ul></li><li>"
        + "word " * 20
        + "</li></ul><ol start='9'><li>Nine</li><li>Ten</li></ol>"
    ) == (
        "• One\n  - Deep\n• word word word word word word word word word word word word word word\n"
        "  word word word word word word\n\n 9. Nine\n10. Ten"
    )


def test_entries_of_several_paragraphs_stand_apart() -> None:
    assert plain("<ol><li><p>One</p><p>More</p></li><li><p>Two</p></li></ol>") == "1. One\n\n   More\n\n2. Two"


def test_a_narrow_table_is_aligned_by_columns_as_they_are_seen() -> None:
    assert plain(
        "<table><thead><tr><th>Team</th><th style='text-align: right'>Calls</th></tr></thead><tbody>"
        "<tr><td>日本</td><td style='text-align: right'>7</td></tr><tr><td>North</td><td>12</td></tr></tbody></table>"
    ) == ("Team   Calls\n-----  -----\n日本       7\nNorth     12")


def test_a_wide_table_names_each_value() -> None:
    html = (
        "<table><tr><th>What</th><th>Who</th></tr>"
        + f"<tr><td>{'long ' * 12}</td><td>{'words ' * 8}</td></tr>" * 2
        + "</table>"
    )
    long, words = ("long " * 12).strip(), ("words " * 8).strip()
    assert plain(html) == f"What: {long}\nWho: {words}\n\nWhat: {long}\nWho: {words}"


def test_a_quote_is_marked_and_names_who_said_it() -> None:
    html = "<blockquote><p>Ask twice.</p><p class='attribution'>– A practitioner</p></blockquote>"
    assert plain(html) == "> Ask twice.\n> — A practitioner"


def test_a_callout_keeps_its_title() -> None:
    title = "<p class='admonition-title'>Please note</p>"
    html = f"<div class='admonition note'>{title}<p>Ring first.</p><p>Then go.</p></div>"
    assert plain(html) == "| Please note\n| Ring first.\n|\n| Then go."


def test_terms_stand_above_what_they_mean() -> None:
    assert (
        plain("<dl><dt>A</dt><dd>One</dd><dd>Two</dd><dt>B</dt><dd>Three</dd></dl>")
        == "A\n    One\n    Two\n\nB\n    Three"
    )


def test_a_heading_has_a_rule_as_long_as_itself() -> None:
    assert plain("<h2>Why</h2><p>Because.</p>") == "Why\n...\n\nBecause."


def test_footnotes_come_last_and_are_named_where_they_belong() -> None:
    html = (
        "<p>Guidance<sup id='a'><a class='footnote-ref' href='#b'>1</a></sup> says so.</p><div class='footnote'><hr>"
        "<ol><li id='b'><p>Chapter 5.&nbsp;<a class='footnote-backref' href='#a'>↩</a></p></li></ol></div>"
    )
    assert plain(html, details="Cost: free") == "Guidance (note 1) says so.\n\nCost: free\n\nNote 1: Chapter 5."


def test_pictures_are_named_and_decoration_is_dropped() -> None:
    assert plain("<p><img alt='A hall' src='a.png'></p><p><img alt='' src='b.png'></p>") == "[Picture: A hall]"


def test_an_abbreviation_is_explained_once_unless_the_words_explain_it() -> None:
    short = "<abbr title='multi-agency safeguarding hub'>MASH</abbr>"
    assert plain(f"<p>Ring the {short}. The {short} answers.</p>") == (
        "Ring the MASH (multi-agency safeguarding hub). The MASH answers."
    )
    assert plain(f"<p>The multi-agency safeguarding hub ({short})</p>") == "The multi-agency safeguarding hub (MASH)"


def test_details_stand_where_the_author_wants_them() -> None:
    assert (
        plain("<p>Before</p><div class='details-here'></div><p>After</p>", "Cost: free")
        == "Before\n\nCost: free\n\nAfter"
    )
    assert plain("<p>Before</p>", "Cost: free") == "Before\n\nCost: free"
    assert plain("", "Cost: free") == "Cost: free"


def test_words_in_a_list_but_in_no_entry_are_kept() -> None:
    assert plain("<ul>stray<li>entry</li>more</ul>") == "• stray\n• entry\n• more"


def test_deep_nesting_neither_fails_nor_loses_a_word() -> None:
    text = plain("<blockquote>" * 50 + "<p>word</p>" + "</blockquote>" * 50)
    assert text.endswith("word")


@pytest.mark.parametrize(
    ("html", "text"), [("m<sup>2</sup>", "m²"), ("10<sup>th</sup>", "10th"), ("H<sub>2</sub>O", "H₂O")]
)
def test_raised_and_lowered_figures_stay_so(html: str, text: str) -> None:
    assert plain(f"<p>{html}</p>") == text


def test_what_was_deleted_is_said_to_be() -> None:
    assert plain("<p>On <del>Monday</del> <ins>Tuesday</ins></p>") == "On [deleted: Monday] Tuesday"


def test_preformatted_lines_stay_as_they_are() -> None:
    assert plain("<pre><code>one\n  two</code></pre>") == "    one\n      two"
