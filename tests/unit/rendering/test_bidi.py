"""Telephone numbers within right-to-left words."""

from __future__ import annotations

import pytest

from newsletter.rendering.bidi import ordered, ordered_line

JOINED = "01632\u00a0960001"


def test_a_number_in_urdu_is_one_number_and_its_link_runs_from_left_to_right() -> None:
    html = '<div dir="rtl"><p>ہمیں <a class="tel" href="tel:+441632960001">01632 960001</a> پر</p></div>'
    assert f'<a dir="ltr" class="tel" href="tel:+441632960001">{JOINED}</a>' in ordered(html)


def test_a_document_without_right_to_left_words_stays_as_it_is() -> None:
    html = '<p dir="ltr"><a href="tel:+441632960001">01632 960001</a></p>'
    assert ordered(html) == html


def test_what_stands_outside_the_right_to_left_part_stays_as_it_is() -> None:
    outside = '<p><a href="tel:+441632960002">01632 960002</a></p>'
    part = '<div dir="rtl"><div>01632 960001</div> 01632 960001</div>'
    kept = f'<div dir="rtl"><div>{JOINED}</div> {JOINED}</div>'
    assert ordered(f"<div>{outside}{part}{outside}</div>") == f"<div>{outside}{kept}{outside}</div>"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0808 157 0177", "0808\u00a0157\u00a00177"),
        ("0800 1111", "0800\u00a01111"),
        ("(01632) 960001", "(01632)\u00a0960001"),
        ("+44 1632 960001", "+44\u00a01632\u00a0960001"),
        ("116 123", "116\u00a0123"),
        ("26 November 2026", "26 November 2026"),
        ("1,204 500", "1,204 500"),
        ("8 1000", "8 1000"),
    ],
)
def test_only_telephone_numbers_are_joined(written: str, kept: str) -> None:
    assert ordered(f'<p dir="rtl">{written}</p>') == f'<p dir="rtl">{kept}</p>'


def test_attributes_stay_as_they_are() -> None:
    html = '<p dir="rtl" title="01632 960001">ہمیں</p>'
    assert ordered(html) == html


def test_a_line_of_plain_text_is_changed_only_where_it_runs_from_the_right() -> None:
    assert ordered_line("Ring 01632 960001") == "Ring 01632 960001"
    assert ordered_line("ہمیں 01632 960001 پر") == f"ہمیں {JOINED} پر"
