"""The catalogues of other languages: nothing is missing or behind, and what is compiled is what was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.catalogue_kit import assert_compiled, assert_complete
from tools.locale import LOCALE, translated

from newsletter.web.language import DEFAULT, DOMAIN, LANGUAGES, choose, words

PATHS = sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
TAG = re.compile(r"%\(\w+\)s|<[^>]+>")


def test_there_is_a_catalogue_for_every_language_but_our_own() -> None:
    assert {path.parts[-3] for path in PATHS} == set(LANGUAGES) - {DEFAULT}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_every_word_is_translated_and_none_is_left_over(path: Path) -> None:
    assert_complete(path, DOMAIN)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_what_is_compiled_is_what_was_written(path: Path) -> None:
    assert_compiled(path)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_a_translation_keeps_every_placeholder_and_the_kind_of_ending(path: Path) -> None:
    for message in translated(path):
        if message.id:
            english, other = str(message.id), str(message.string)
            assert sorted(TAG.findall(english)) == sorted(TAG.findall(other)), english
            assert english[-1] in ".?:" or other[-1].isalnum() or other[-1] == english[-1], english
            assert (english[-1] in ".?:") == (other[-1] in ".?:"), english
            assert "'" not in other, "a typographic apostrophe is meant"


@pytest.mark.parametrize(
    ("query", "own", "accept", "expected"),
    [
        ("lang=cy", "en", "en", "cy"),
        ("lang=xx", "cy", "en", "cy"),
        ("", "cy-GB", "en", "cy"),
        ("", "", "cy;q=0.8, en;q=0.7", "cy"),
        ("", "", "fr, en-US;q=0.7, cy;q=0.1", "en-GB"),
        ("", "", "fr;q=x, *", "cy"),
        ("", "pl", "", "cy"),
    ],
)
def test_the_address_then_the_person_then_the_browser_choose_the_language(
    query: str, own: str, accept: str, expected: str
) -> None:
    scope = {"headers": [(b"accept-language", accept.encode())], "query_string": query.encode()}
    assert choose(scope, own, default="cy") == expected


def test_values_are_escaped_in_html_and_left_alone_in_text() -> None:
    assert words("en-GB", markup=True)("Please check: %(title)s", title="<b>") == "Please check: &lt;b&gt;"
    assert words("en-GB")("Please check: %(title)s", title="<b>") == "Please check: <b>"
    assert words("fr")("Save") == "Save"
