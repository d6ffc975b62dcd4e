"""What the product says itself in other languages: no word is missing or behind, and dates are said as in Wales."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from tests.catalogue_kit import assert_compiled, assert_complete
from tools.locale import RENDERING, translated

from newsletter.models.dates import Approximate, When
from newsletter.rendering.speech import DOMAIN, known, same, sentence, spoken, words

PATHS = sorted(RENDERING.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
PLACE = re.compile(r"%\(\w+\)s")
MARKS = ("'", "<", ">", "&")  # a typographic apostrophe is meant; templates escape, style sheets cannot


def test_there_is_a_catalogue_in_welsh() -> None:
    assert [path.parts[-3] for path in PATHS] == ["cy"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_every_word_is_translated_and_none_is_left_over(path: Path) -> None:
    assert_complete(path, DOMAIN)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_what_is_compiled_is_what_was_written(path: Path) -> None:
    assert_compiled(path)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_a_translation_keeps_every_place_and_the_kind_of_ending(path: Path) -> None:
    for message in translated(path):
        english, other = str(message.id), str(message.string)
        if english:
            assert sorted(PLACE.findall(english)) == sorted(PLACE.findall(other)), english
            assert (english[-1] in ".?:") == (other[-1] in ".?:"), english
            assert not [mark for mark in MARKS if mark in other], english


FRIDAY, CONFERENCE = date(2026, 11, 20), When(day=date(2026, 11, 26), start=time(9, 30), end=time(12))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en-GB",
            (
                "Friday 20 November 2026",
                "by Friday 20 November 2026",
                "Thursday 26 November 2026, 9.30am to midday",
                "Thursday 26 November 2026 to Friday 27 November 2026",
                "November 2026",
                "Friday 20 November 2026, midnight",
            ),
        ),
        (
            "cy-GB",
            (
                "Dydd Gwener 20 Tachwedd 2026",
                "erbyn dydd Gwener 20 Tachwedd 2026",
                "Dydd Iau 26 Tachwedd 2026, 9.30am tan hanner dydd",
                "Dydd Iau 26 Tachwedd 2026 – dydd Gwener 27 Tachwedd 2026",
                "Tachwedd 2026",
                "Dydd Gwener 20 Tachwedd 2026, hanner nos",
            ),
        ),
    ],
)
def test_dates_are_said_in_the_language(lang: str, expected: tuple[str, ...]) -> None:
    _ = words(lang)
    said = (
        _.long_date(FRIDAY),
        _("by %(date)s", date=_.day(FRIDAY)),
        _.when(CONFERENCE),
        _.when(When(day=date(2026, 11, 26), last_day=date(2026, 11, 27))),
        _.roughly(Approximate(year=2026, month=11)),
        _.moment(datetime(2026, 11, 20, tzinfo=UTC)),
    )
    assert said == expected


@pytest.mark.parametrize("when", [CONFERENCE, When(day=FRIDAY), When(day=FRIDAY, start=time(0), last_day=FRIDAY)])
def test_english_dates_are_printed_as_the_models_print_them(when: When) -> None:
    assert words("en-GB").when(when) == str(when)


def test_a_language_without_a_catalogue_is_left_to_the_partnerships_own() -> None:
    assert [known(lang) for lang in ("en", "en-GB", "cy", "CY-gb", "pl", "ur", "")] == [True] * 4 + [False] * 3
    assert spoken("cy", "en-GB") == "cy"
    assert spoken("ur", "cy") == "cy"
    assert spoken("pl", "") == "en-GB"
    assert same("cy", "cy-GB")
    assert not same("cy", "en-GB")


def test_a_sentence_starts_with_a_capital_and_keeps_the_rest() -> None:
    assert sentence("erbyn dydd Gwener") == "Erbyn dydd Gwener"
    assert sentence("") == ""
