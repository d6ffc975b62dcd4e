"""Pasted text becomes plain text, line by line; bytes of every usual kind become text."""

from __future__ import annotations

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.decode import decode
from newsletter.content.tidy import tidy_characters, tidy_value
from newsletter.errors import ContentError


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        ("one\u00a0two\u202fthree\u2009four", "one two three four"),
        ("safe\u00adguarding", "safeguarding"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("“curly” ‘quotes’ – and — dashes…", "“curly” ‘quotes’ – and — dashes…"),
        ("multi\u2011agency e\u2010mail", "multi-agency e-mail"),
        ("ﬁrst oﬀer ﬂow", "first offer flow"),
        ("page\x0cbreak", "page break"),
        ("line\x0bbreak\u2028and\u2029more\u0085", "line break and more "),
        ("null\x00 bell\x07 del\x7f c1\x9b", "null bell del c1"),
        ("slot \u27e60\u27e7 private \ue000 object \ufffc", "slot 0 private  object "),
        ("\u202edetrever\u202c", "detrever"),
        ("words   \u00a0", "words"),
        ("\u00a0\u00a0\u00a0 Indented with no-break spaces", "Indented with no-break spaces"),
        ("hard break  \nkept", "hard break  \nkept"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
    ],
)
def test_pasted_signs_become_plain(pasted: str, plain: str) -> None:
    assert tidy_characters(pasted) == plain


@pytest.mark.parametrize(
    "text",
    [
        "👩‍👧 family",  # joined by U+200D
        "🏴󠁧󠁢󠁷󠁬󠁳󠁿 Wales",  # a flag made of tag letters
        "❤️ heart",
        "می‌خواهم",  # Persian, with U+200C
        "हिन्दी क्‍ष",  # Hindi, with U+200D
        "اردو \u200f(MASH)\u200e",
        "Łódź, Dŵr, Zażółć",
    ],
)
def test_signs_that_carry_meaning_stay(text: str) -> None:
    assert tidy_characters(text) == text


def test_a_joiner_between_latin_letters_goes() -> None:
    assert tidy_characters("a\u200db\u200cc") == "abc"


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        ("• one\n• two", "- one\n- two"),
        ("•\tone", "- one"),
        ("•one", "- one"),
        ("·\u00a0\u00a0one", "- one"),
        ("o\tone", "- one"),
        ("\uf0b7\tone", "- one"),
        ("§\tone", "- one"),
        ("‣ one\n▪ two\n● three\n➢ four", "- one\n- two\n- three\n- four"),
        ("– one\n– two\n– three", "- one\n- two\n- three"),
        ("Lead-in:\n– one\n\n– two", "Lead-in:\n- one\n\n- two"),
        ("• one\n\u00a0\u00a0• nested", "- one\n  - nested"),
        ("1.\u00a0one", "1. one"),
    ],
)
def test_bullets_of_word_processors_become_list_items(pasted: str, plain: str) -> None:
    assert tidy_characters(pasted) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.\n\n– Jo Bell",  # a dash before a name
        "o Gymru ac o Loegr",  # Welsh
        "§ 47 of the Act",
        "> – Working Together 2023",
        "```\n• code\n```",
        "– one dash only",
    ],
)
def test_what_only_looks_like_a_bullet_stays(text: str) -> None:
    assert tidy_characters(text) == text


def test_curly_quotes_do_not_hide_the_title_of_a_callout() -> None:
    assert tidy_characters("!!! note “Read this”") == '!!! note "Read this"'


@given(st.text(max_size=200))
def test_one_line_in_is_one_line_out(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    tidied = tidy_characters(text)
    assert tidied.count("\n") == lines
    assert tidied.splitlines() == tidied.removesuffix("\n").split("\n") or not tidied


@given(st.text(max_size=200))
def test_tidying_again_changes_nothing(text: str) -> None:
    once = tidy_characters(text)
    assert tidy_characters(once) == once
    assert tidy_value(tidy_value(text)) == tidy_value(text)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Zażółć".encode(), "Zażółć"),
        (codecs.BOM_UTF8 + b"title", "title"),
        ("Zażółć".encode("utf-16"), "Zażółć"),
        (("Zażółć" * 9).encode("utf-16-be"), None),
        ("caf\xe9 \u201cquoted\u201d \u2013 \u20ac".encode("cp1252"), "café “quoted” – €"),
        ("ŵ ".encode() + b"\x93pasted\x94", "ŵ “pasted”"),
        (b"a\nb\x81", None),
        (b"\xff\xfe\x00", None),
        (b"", ""),
    ],
)
def test_bytes_become_text_or_a_problem(data: bytes, text: str | None) -> None:
    if text is not None:
        assert decode(data, "a.md") == text
        return
    with pytest.raises(ContentError):
        decode(data, "a.md")


def test_the_line_of_a_byte_that_is_no_letter_is_told() -> None:
    with pytest.raises(ContentError) as caught:
        decode(b"one\ntwo\nthr\x8dee", "a.md")
    assert caught.value.problems[0].line == 3


@given(st.binary(max_size=100))
def test_no_bytes_end_in_a_traceback(data: bytes) -> None:
    with contextlib.suppress(ContentError):
        assert isinstance(decode(data, "a.md"), str)
