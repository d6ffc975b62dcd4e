"""Words on their way to paper: notes where they are referred to, addresses where the words do not say them."""

from __future__ import annotations

import pytest

from newsletter.rendering.measure import text_of
from newsletter.rendering.print_html import Spelt, plate_style, print_body

NOTES = (
    '<div class="notes"><ol><li id="fn-1"><p>Chapter 5, <a href="https://www.example.org/wt">Working Together</a>.</p>'
    '<p>Second. <a class="footnote-backref" href="#fnref-1">↩</a></p></li></ol></div>'
)
REFERENCE = '<sup id="fnref-1"><a class="footnote-ref" href="#fn-1">1</a></sup>'


def set_for_paper(html: str) -> str:
    return print_body(html, Spelt())


def test_an_address_follows_its_link_at_once() -> None:
    done = set_for_paper('<p>Read <a href="https://www.example.org/a/">the guide</a>, then ring.</p>')
    assert done == (
        '<p>Read <a href="https://www.example.org/a/">the guide</a>'
        '<span class="foot-address" dir="ltr">www.example.org/a</span>, then ring.</p>'
    )


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://www.example.org/a" class="bare">www.example.org/a</a>',
        '<a href="mailto:news@example.org">News@example.org</a>',
        '<a href="mailto:news@example.org?subject=Hi">write to news@example.org</a>',
        '<a href="tel:+441632960001">01632 960001</a>',
        '<a href="#another-item">another item</a>',
    ],
)
def test_an_address_that_the_words_say_is_not_said_twice(link: str) -> None:
    assert "foot-address" not in set_for_paper(f"<p>{link}</p>")


def test_the_number_and_the_mailbox_behind_other_words_are_said() -> None:
    done = set_for_paper('<p><a href="tel:+441632960001">Ring us</a> <a href="mailto:a@example.org">Email us</a></p>')
    assert ">+441632960001</span>" in done
    assert ">a@example.org</span>" in done


def test_a_link_to_what_travels_with_the_email_is_words_alone() -> None:
    assert set_for_paper('<p>See <a href="">the paper</a> (PDF).</p>') == "<p>See the paper (PDF).</p>"


def test_a_footnote_moves_to_where_it_is_referred_to() -> None:
    done = set_for_paper(f"<p>It says so.{REFERENCE} Next.</p>{NOTES}")
    assert done.startswith('<p>It says so.<span class="foot-note">Chapter 5, <a href="https://www.example.org/wt"')
    assert ">Working Together</a> (www.example.org/wt). Second.</span> Next.</p>" in done
    assert "↩" not in done
    assert 'class="notes"' not in done


def test_a_footnote_nobody_refers_to_is_not_lost() -> None:
    done = set_for_paper(f"<p>Words.</p>{NOTES}")
    assert "Chapter 5" in done
    assert "↩" not in done


def test_a_footnote_referred_to_twice_stands_at_both_places() -> None:
    assert set_for_paper(f"<p>One{REFERENCE} and two{REFERENCE}.</p>{NOTES}").count("Chapter 5") == 2


def test_an_abbreviation_is_explained_once_and_not_where_the_words_do() -> None:
    spelt = Spelt()
    short = '<abbr title="multi-agency safeguarding hub">MASH</abbr>'
    assert "MASH</abbr> (multi-agency safeguarding hub) and" in print_body(f"<p>{short} and {short}.</p>", spelt)
    assert "(multi" not in print_body(f"<p>{short}</p>", spelt)
    assert "(multi" not in set_for_paper(f"<p>the Multi-agency  safeguarding hub, or {short}</p>")


def test_a_decorative_picture_is_no_figure() -> None:
    done = set_for_paper('<p><img src="https://x.example/a.png" alt="" width="960" height="480"> words</p>')
    assert "<img" not in done
    assert "url('https://x.example/a.png'); width: 150.00mm; height: 75.00mm" in done
    assert done.endswith(" words</p>")


def test_a_picture_keeps_its_shape() -> None:
    assert plate_style("a", 3840, 960).endswith("width: 174.00mm; height: 43.50mm")
    assert plate_style("a", 96, 96).endswith("width: 25.40mm; height: 25.40mm")
    assert plate_style("a", 0, 0)


def test_only_a_short_head_of_a_table_is_repeated() -> None:
    def head(cell: str) -> str:
        return f"<table><thead><tr><th>{cell}</th></tr></thead><tbody><tr><td>x</td></tr></tbody></table>"

    assert '<thead class="repeats">' in set_for_paper(head("Team"))
    assert "repeats" not in set_for_paper(head("Team " * 60))
    assert "repeats" not in set_for_paper(head('<a href="https://www.example.org/a">Team</a>'))


def test_no_word_is_lost() -> None:
    html = f'<ul><li>One <a href="https://e.example/a">two</a> three{REFERENCE} four</li></ul><pre>five</pre>{NOTES}'
    said = text_of(set_for_paper(html))
    assert [word for word in ("One", "two", "three", "four", "five", "Chapter", "Second.") if word not in said] == []
    assert set_for_paper("  ") == ""
