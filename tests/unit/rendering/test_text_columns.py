"""Wrapping: no word lost, no line too long, nothing broken that must stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.rendering.columns import WIDTH, columns, wrap

LONG_URL = "https://www.example.org/" + "a-very-long-address/" * 12

words = st.one_of(
    st.text(st.characters(categories=("L", "N", "P", "S", "M"), exclude_characters="\u3000"), min_size=1, max_size=30),
    st.sampled_from(["safeguarding", LONG_URL, "01632", "960001", "26", "November", "日本語の文章", "👩‍👩‍👧", "é"]),
)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Ring", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("日本", 4),
        ("ｱ", 1),
        ("Ａ", 2),
        ("👍", 2),
        ("👍🏽", 2),
        ("👩‍👩‍👧", 2),
        ("🇬🇧", 2),
        ("❤", 1),
        ("❤️", 2),
        ("한", 2),
        ("بچوں", 4),
        ("a\u200bb", 2),
    ],
)
def test_a_sign_takes_the_columns_it_is_seen_in(text: str, taken: int) -> None:
    assert columns(text) == taken


@given(st.lists(words, max_size=40), st.sampled_from(["", "• ", "> ", "10. "]))
def test_wrapping_loses_no_word_and_makes_no_line_too_long(written: list[str], mark: str) -> None:
    text = " ".join(written)
    lines = wrap(text, first=mark, rest=" " * len(mark))
    inside = [line[len(mark) :] for line in lines]
    assert "".join("".join(inside).split()) == "".join(text.split())
    for line in lines:
        alone = len(line[len(mark) :].split()) <= 1
        assert columns(line) <= WIDTH or alone or len(line.strip().split("  ")) == 1
        assert line == line.rstrip()


@given(st.lists(words, min_size=1, max_size=30))
def test_a_line_is_only_too_long_when_it_holds_one_word(written: list[str]) -> None:
    for line in wrap(" ".join(written)):
        assert columns(line) <= WIDTH or " " not in line or _kept_together(line)


def _kept_together(line: str) -> bool:
    """Numbers and dates that stand on one line though they are long."""
    return any(part.isdigit() for part in line.split())


def test_an_address_is_never_broken() -> None:
    lines = wrap(f"You can read the whole of it at {LONG_URL} and then come back.")
    assert LONG_URL in lines
    assert lines[0] == "You can read the whole of it at"


def test_words_of_a_script_without_blanks_break_between_signs() -> None:
    lines = wrap("児童を守るための連携" * 10)
    assert len(lines) > 1
    assert all(columns(line) <= WIDTH for line in lines)
    assert "".join(lines) == "児童を守るための連携" * 10


@pytest.mark.parametrize("whole", ["01632 960001", "0808 157 0142", "1 December", "[12]"])
def test_numbers_to_ring_and_dates_stay_on_one_line(whole: str) -> None:
    for length in range(50, 75):
        text = f"{'x' * length} {whole.replace(' [', ' [')} ring"
        assert any(whole in line for line in wrap(text))


def test_line_breaks_of_the_author_stay_and_later_lines_hang() -> None:
    assert wrap("County Hall\nMarket Street", first="• ", rest="  ") == ["• County Hall", "  Market Street"]


def test_a_non_breaking_blank_never_breaks_and_is_printed_as_a_blank() -> None:
    lines = wrap("x" * 70 + " a\u00a0b")
    assert lines == ["x" * 70, "a b"]
