"""Telephone numbers within a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.models.phones import phones_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("at night 01632 960412", {"01632 960412": "tel:+441632960412"}),
        ("Ring 999, or +44 (0)1632 960412.", {"999": "tel:999", "+44 (0)1632 960412": "tel:+441632960412"}),
        ("call 999 or 101 if you can", {"999": "tel:999", "101": "tel:101"}),
        ("ring 116 000 at any time", {"116 000": "tel:116000"}),
        ("Childline on 0800 1111", {"0800 1111": "tel:08001111"}),
        ("24 hours, 365 days, on 112 roads, £01632960412", {}),
        ("", {}),
    ],
)
def test_a_number_in_a_sentence_can_be_dialled(text: str, numbers: dict[str, str]) -> None:
    assert {words: href for words, href in phones_in(text) if href} == numbers


@given(st.text("019 ring,or+()-\n", max_size=60))
def test_no_word_of_the_sentence_is_lost(text: str) -> None:
    assert "".join(words for words, _ in phones_in(text)) == text
