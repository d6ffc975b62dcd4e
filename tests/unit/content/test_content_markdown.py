"""Markdown becomes clean HTML in our form."""

from __future__ import annotations

import re
import threading

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.markdown import Rendered, render
from newsletter.content.tidy import tidy_characters
from newsletter.models.phones import phone_href


def html(text: str, lang: str = "en-GB") -> str:
    return render(text, "news", lang).html


def links(text: str) -> list[tuple[str, str]]:
    """(text, address) of each link."""
    return re.findall(r'<a href="([^"]+)">(.*?)</a>', html(text))


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# A\n\n## B\n\n# C", [2, 3, 2]),
        ("## A\n\n### B", [2, 3]),
        ("### A\n\n##### B", [2, 4]),
        ("# A\n\n###### B", [2, 6]),
        ("A\n===\n\nB\n---", [2, 3]),
        ("<h1>A</h1>\n\n## B", [2, 3]),
    ],
)
def test_headings_start_at_level_two_and_keep_their_distance(text: str, levels: list[int]) -> None:
    assert [int(level) for level in re.findall(r"<h(\d)", html(text))] == levels


def test_headings_have_ids_that_no_other_item_has() -> None:
    ids = re.findall(r'id="([^"]+)"', html("# What next?\n\n# What next?\n\n# Zażółć Łódź\n\n# ؟"))
    assert ids == ["news--what-next", "news--what-next-2", "news--zażółć-łódź", "news--heading"]


def test_a_heading_needs_a_blank_after_its_marks() -> None:
    assert html("#Saysomething is a hashtag\n\n# Heading #") == (
        '<p>#Saysomething is a hashtag</p>\n<h2 id="news--heading">Heading</h2>'
    )


def test_footnotes_are_numbered_as_they_are_met_and_unique_to_the_item() -> None:
    first, second = render("A[^b] B[^a]\n\n[^a]: Note A\n[^b]: Note B", "one"), render("A[^b]\n\n[^b]: Note B", "two")
    assert first.html.index("Note B") < first.html.index("Note A")
    assert 'href="#one--fn-b"' in first.html
    assert 'id="one--fn-b"' in first.html
    assert 'title="Back to note 1 in the text"' in first.html
    assert not set(re.findall(r'id="([^"]+)"', first.html)) & set(re.findall(r'id="([^"]+)"', second.html))


def test_footnotes_in_tables_and_callouts_and_notes_are_numbered_in_reading_order() -> None:
    text = "| a[^t] |\n|---|\n| b |\n\n!!! note\n    c[^c]\n\nd[^d]\n\n[^d]: D\n[^c]: C\n[^n]: N\n[^t]: T[^n]"
    out = html(text)
    assert re.findall(r'href="#news--fn-(\w)">(\d)<', out) == [("t", "1"), ("c", "2"), ("d", "3"), ("n", "4")]
    assert [out.index(f'<li id="news--fn-{name}"') for name in "tcdn"] == sorted(
        out.index(f'<li id="news--fn-{name}"') for name in "tcdn"
    )


def test_a_footnote_without_its_place_or_its_words_is_told() -> None:
    lonely = render("Words\n\n[^a]: A note", "news").faults
    assert [(fault.line, fault.message) for fault in lonely] == [
        (3, "Nothing in the text refers to the footnote [^a]."),
    ]
    missing = render("Words\n\nand[^b] `[^c]`", "news").faults
    assert [(fault.line, fault.message) for fault in missing] == [(3, "There is no footnote [^b].")]


def test_a_quote_says_whom_it_is_from() -> None:
    assert html("> Protect children.\n> -- Working Together 2023") == (
        '<blockquote>\n<p>Protect children.</p>\n<p class="attribution">– Working Together 2023</p>\n</blockquote>'
    )
    assert 'class="attribution"' in html("> Words\n>\n> — *Jo Bell*, Chair")
    assert 'class="attribution"' not in html("> – only a dash")
    assert 'class="attribution"' not in html("> Words\n>\n> – a dash\n>\n> and more")


def test_details_stand_where_the_author_wants_them() -> None:
    assert html("Before\n\n[details]\n\nAfter") == '<p>Before</p>\n<div class="details-here"></div>\n<p>After</p>'
    assert "details-here" not in html("The [details] are below")


def test_tables_say_what_their_headings_belong_to() -> None:
    out = html("| Day | Time |\n| --- | ---: |\n| Mon | 9am |")
    assert '<th scope="col">Day</th>' in out
    assert '<td style="text-align:right">9am</td>' in out


def test_callouts_have_a_title_and_only_our_classes() -> None:
    out = html('!!! care "A content note"\n    Words.\n\n!!! note hide-m\n    Words.')
    assert '<div class="admonition care">\n<p class="admonition-title">A content note</p>' in out
    assert "hide-m" not in out


def test_definitions_and_abbreviations_are_kept() -> None:
    assert "<dt>MASH</dt>\n<dd>A hub</dd>" in html("MASH\n: A hub")
    assert '<abbr title="a hub">MASH</abbr>' in html("The MASH\n\n*[MASH]: a hub")


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en-GB", "“It’s”"), ("cy", "“It’s”"), ("pl", "„It’s”"), ("fr", "«It’s»"), ("PL-pl", "„It’s”")],
)
def test_straight_quotes_become_those_of_the_language(lang: str, expected: str) -> None:
    assert expected in html('"It\'s"', lang)


def test_curly_quotes_and_dashes_stay_as_typed() -> None:
    assert html("“Curly” – it’s") == "<p>“Curly” – it’s</p>"
    assert html("one -- two --- three...") == "<p>one – two — three…</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "https://x.org/a_b_c--d?a=1&b=2.",
            ("https://x.org/a_b_c--d?a=1&amp;b=2", "https://x.org/a_b_c--d?a=1&amp;b=2"),
        ),
        ("(see http://x.org/a_(b))", ("http://x.org/a_(b)", "http://x.org/a_(b)")),
        ("www.example.org, or", ("https://www.example.org", "www.example.org")),
        ("<https://x.org/a>", ("https://x.org/a", "https://x.org/a")),
        ("https://x.org/a\\_b\\_c", ("https://x.org/a_b_c", "https://x.org/a_b_c")),
        ("*https://x.org/a*", ("https://x.org/a", "https://x.org/a")),
        ("https://x.org/żółć", ("https://x.org/%C5%BC%C3%B3%C5%82%C4%87", "https://x.org/żółć")),
        ("jo.o'neil+mash@example.org.uk.", ("mailto:jo.o'neil+mash@example.org.uk", "jo.o'neil+mash@example.org.uk")),
        ("<jo@example.org>", ("mailto:jo@example.org", "jo@example.org")),
        ("'jo@example.org'", ("mailto:jo@example.org", "jo@example.org")),
        ("Ring 01632 960001.", ("tel:+441632960001", "01632 960001")),
        ("Ring (01632) 960001.", ("tel:+441632960001", "(01632) 960001")),
        ("(01632 960001)", ("tel:+441632960001", "01632 960001")),
        ("Tel:020 7946 0000", ("tel:+442079460000", "020 7946 0000")),
        ("+44 (0)20 7946 0000", ("tel:+442079460000", "+44 (0)20 7946 0000")),
        ("+44 7700 900000", ("tel:+447700900000", "+44 7700 900000")),
        ("07700-900-000", ("tel:+447700900000", "07700-900-000")),
        ("0800 1111 is free", ("tel:08001111", "0800 1111")),
        ("Call 999", ("tel:999", "999")),
        ("ring 101 if it can wait", ("tel:101", "101")),
        ("on 116 000.", ("tel:116000", "116 000")),
    ],
)
def test_addresses_and_numbers_in_the_text_become_links(text: str, expected: tuple[str, str]) -> None:
    assert links(text) == [expected]


def test_several_numbers_after_one_word_all_become_links() -> None:
    assert [address for address, _ in links("Call 999 or 101, or ring 01632 960001/01632 960002.")] == [
        "tel:999",
        "tel:101",
        "tel:+441632960001",
        "tel:+441632960002",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "In 2026 we met 101 people, 999 of them online",
        "On 101 occasions",
        "call 101 people",
        "£01632 960001",
        "NHS number 943 476 5919",
        "Reference 0123456789012",
        "01632 9600",
        "0845 46 47",
        "12-34-56 00112233",
        "26/11/2026 and 01.02.2026",
        "`https://x.org` and `01632 960001`",
        "@nscp and a@b",
        "http:// and www. alone",
        "word.www.example",
    ],
)
def test_other_numbers_and_words_are_no_links(text: str) -> None:
    assert links(text) == []


def test_a_link_is_never_put_into_a_link() -> None:
    for text in (
        "[https://x.org/a](https://x.org/b)",
        "[ring 01632 960001](tel:01632960001)",
        '<a href="https://x.org/b">https://x.org/a</a>',
        "[**jo@example.org**](mailto:jo@example.org)",
    ):
        assert html(text).count("<a ") == 1, text


def test_phone_numbers_with_the_wrong_number_of_digits_are_none() -> None:
    assert phone_href("01632 960001") == "tel:+441632960001"
    assert phone_href("0169 772 1234") == "tel:+441697721234"
    assert phone_href("020 7946 000") is None
    assert phone_href("01632 9600012") is None


@pytest.mark.parametrize("text", ["{{ name }}", "{% if x %}", "*|FNAME|*", "{# c #}", "%%x%%", "<%x%>"])
def test_marks_of_templates_and_mail_merges_are_words(text: str) -> None:
    shown = text.replace("<", "&lt;").replace(">", "&gt;")
    assert html(f"Dear {text}, hello") == f"<p>Dear {shown}, hello</p>"
    assert html(f"Words\n{text}") == f"<p>Words\n{shown}</p>"
    assert f"Title {shown}</h2>" in html(f"## Title {text}")


def test_a_part_in_another_language_can_be_marked() -> None:
    assert html("Croeso\n{: lang=cy }") == '<p lang="cy">Croeso</p>'
    assert html('*Witaj*{: lang="pl" } there') == '<p><em lang="pl">Witaj</em> there</p>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lead-in:\n- a\n- b", "<p>Lead-in:</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("- a\n  - b\n- c", "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>"),
        ("1. a\n   - b\n2. c", "<ol>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ol>"),
        ("1) a\n2) b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("- a\n1. b", "<ul>\n<li>a</li>\n</ul>\n<ol>\n<li>b</li>\n</ol>"),
        ("    - a\n    - b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("- a\n\n  more\n- b", "<ul>\n<li>\n<p>a</p>\n<p>more</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>"),
        ("- a\n\nafter", "<ul>\n<li>a</li>\n</ul>\n<p>after</p>"),
        ("We met in\n2023. Then", "<p>We met in\n2023. Then</p>"),
        ("    Indented words", "<p>Indented words</p>"),
        ("```\n- code\n```", "<pre><code>- code\n</code></pre>"),
        ("- a\n- - -\n- b", "<ul>\n<li>a</li>\n</ul>\n<hr>\n<ul>\n<li>b</li>\n</ul>"),
    ],
)
def test_lists_are_read_as_people_type_them(text: str, expected: str) -> None:
    assert html(text) == expected


def test_lists_in_callouts_and_footnotes_stay_there() -> None:
    assert "</ul>\n</div>" in html("!!! note\n    Words:\n    - a\n    - b\n\nAfter")
    assert html("X[^1]\n\n[^1]: Note:\n    - a").count("<li>") == 1
    assert "<ul>\n<li>a</li>\n</ul>\n</div>" in html("- x\n\n!!! note\n    - a\n\nAfter")
    assert "<ul>\n<li>a</li>\n</ul>\n</div>\n</li>" in html("- x\n\n    !!! note\n        - a\n- y")
    notes = html("X[^1]\n\n- x\n\n[^1]: Note:\n    - a").partition('<div class="footnote">')[2]
    assert "<li>a</li>" in notes


def test_entries_without_their_list_are_plain_blocks() -> None:
    assert html("<li>a</li>") == "<div>a</div>"
    assert html("- a\n\nA\n: b").count("<li>") == 1


def test_entities_cannot_spell_signs_that_nobody_sees() -> None:
    assert html("a&shy;b&#8238;c&#8203;d&#10214;0&#10215;") == "<p>abcd0</p>"


def test_a_header_of_a_row_says_so() -> None:
    assert 'scope="row">Year' in html("<table><tr><th>Year</th><td>2026</td></tr></table>")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](java\nscript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](vbscript:x)",
        "<style>p{display:none}</style>",
        "<iframe src='https://x.org'></iframe>",
        "<svg onload=alert(1)>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<div style='position:fixed' class='hide-m' onclick='x()'>x</div>",
        "*x*{: onclick=alert(1) style=position:fixed class=hide-m }",
        "<form action='https://x.org'><input name=a></form>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<!--<script>alert(1)</script>-->",
        "<td style='text-align:left;background:url(https://x.org)'>",
        "&#10214;0&#10215;",
    ],
)
def test_nothing_dangerous_is_left(text: str) -> None:
    out = html(text).lower()
    for bad in (
        "<script",
        "onerror=",
        "onclick=",
        "onload=",
        "javascript:",
        "<style",
        "<iframe",
        "<svg",
        "<form",
        "hide-m",
    ):
        assert bad not in re.sub(r"&lt;.*?&gt;", "", out)
    for bad in ("vbscript", "data:", "position", "url(", "<!--", "\u27e6"):
        assert bad not in re.sub(r"&lt;.*?&gt;", "", out)


def test_pasted_html_that_is_harmless_is_kept() -> None:
    assert html("H<sub>2</sub>O and <u>this</u>\n\n<p lang='cy'>Croeso</p>") == (
        '<p>H<sub>2</sub>O and <u>this</u></p>\n<p lang="cy">Croeso</p>'
    )


def test_addresses_are_told_with_their_lines() -> None:
    rendered = render("Words\n\n[a](files/a.pdf)\n![b](./images/b%20c.png)\n\nhttps://x.org/?a=1&b=2", "news")
    assert [(found.address, found.line, found.picture) for found in rendered.addresses] == [
        ("files/a.pdf", 3, False),
        ("./images/b%20c.png", 4, True),
        ("https://x.org/?a=1&b=2", 6, False),
    ]
    assert 'src="images/b%20c.png"' in rendered.html


def test_an_empty_body_is_empty() -> None:
    assert render(" \n\n", "news") == Rendered(html="", text="")
    assert html("<!-- a note to myself -->") == ""


def test_text_that_nests_without_end_is_told_and_not_dropped() -> None:
    for text in (">" * 3000 + " x", "<div>" * 300 + "x", "\n".join("  " * level + "- x" for level in range(200))):
        assert [fault.message[:23] for fault in render(text, "news").faults] == ["The text is nested too "]


def test_two_threads_do_not_disturb_each_other() -> None:
    results: dict[str, str] = {}

    def work(name: str) -> None:
        for _ in range(20):
            results[name] = render(f"{name}[^1]\n\n[^1]: {name}", name).html

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, out in results.items():
        assert out == render(f"{name}[^1]\n\n[^1]: {name}", name).html


pieces = st.sampled_from(
    [
        "# ", "- ", "1. ", "  ", "    ", "\n", "\n\n", "> ", "**", "*", "_", "`", "```\n", "[", "](", ")", "![", "[^1]",
        "[^1]: ", "| a | b |\n", "|---|---|\n", ": ", "!!! note\n", "<div>", "</div>", "<p>", "<script>", "</a>",
        "-->", "&amp;", "{: lang=cy }", "{{ x }}", "*|X|*", "http://a.b/c", "a@b.org", "01632 960001", "call 999", "--",
        "word", "[details]", "\\", "*[AB]: x\n", "---\n", "<td>", "<svg>", "<select>", "é", "<textarea>",
        "<a href='x'>", "<title>", '"', "<!--",
    ]
)  # fmt: skip


@given(st.lists(pieces, max_size=25).map("".join))
@settings(max_examples=150, deadline=None)
def test_no_text_ends_in_a_traceback_or_in_unsafe_html(text: str) -> None:
    out = render(tidy_characters(text), "news").html
    assert not re.search(r"<(?:script|style|svg|iframe|textarea|select|h1)\b|\son\w+=|\u27e6", out)
    assert nh3.clean(out, link_rel=None) is not None
    assert render(tidy_characters(text), "news").html == out
