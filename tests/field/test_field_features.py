"""Every structure of the field is in every rendition, row by row of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from tests.field.conftest import Case
from tests.field.features import FEATURES
from tests.field.field_kit import RENDITIONS, Feature, in_print, missing_words, text_part

from newsletter.rendering.ics import FILE_NAME as CALENDAR

BY_ID = {feature.id: feature for feature in FEATURES}
ROWS = [pytest.param(feature, id=feature.id) for feature in FEATURES]


def test_every_row_has_a_name_of_its_own_and_a_case_that_is_there(cases: Mapping[str, Case]) -> None:
    assert len(BY_ID) == len(FEATURES)
    for feature in FEATURES:
        issue = cases[feature.issue].issue
        assert not feature.slug or feature.slug in {item.slug for item in issue.items}, feature.file


def test_every_item_of_the_publication_proves_something(cases: Mapping[str, Case]) -> None:
    proving = {(feature.issue, feature.slug) for feature in FEATURES}
    idle = [
        f"{path}/{item.slug}"
        for path, case in cases.items()
        for item in case.issue.items
        if (path, item.slug) not in proving and not any(path == issue and slug == "" for issue, slug in proving)
    ]
    assert idle == []


@pytest.mark.parametrize("name", RENDITIONS)
def test_every_row_looks_for_something_in_every_rendition(name: str, cases: Mapping[str, Case]) -> None:
    def looks(feature: Feature) -> bool:
        own = {
            "email": feature.html or feature.email,
            "web": feature.html or feature.web or cases[feature.issue].issue.restricted,
            "text": feature.text,
            "print": feature.paper,
        }
        return bool(feature.said or feature.links or own[name])

    assert [feature.id for feature in FEATURES if not looks(feature)] == []


@pytest.mark.parametrize("feature", ROWS)
def test_the_email_has_it(feature: Feature, cases: Mapping[str, Case]) -> None:
    case = cases[feature.issue]
    page = case.pages["email"]
    assert missing_words(feature.said, page.words(feature.slug)) == []
    assert page.lacks(feature.html + feature.email, feature.slug) == []
    assert set(feature.links) - page.hrefs(feature.slug) == set()
    assert [words for words in feature.never if words in page.words("")] == []
    assert feature.subject in ("", case.edition.subject)


@pytest.mark.parametrize("feature", ROWS)
def test_the_web_copy_has_it(feature: Feature, cases: Mapping[str, Case]) -> None:
    case = cases[feature.issue]
    if case.issue.restricted:
        assert "web" not in case.edition.renditions
        assert case.edition.web_url == ""
        return
    page = case.pages["web"]
    assert missing_words(feature.said, page.words(feature.slug)) == []
    assert page.lacks(feature.html + feature.web, feature.slug) == []
    assert set(feature.links) - page.hrefs(feature.slug) == set()
    assert [words for words in feature.never if words in page.words("")] == []


@pytest.mark.parametrize("feature", ROWS)
def test_the_plain_text_has_it(feature: Feature, cases: Mapping[str, Case]) -> None:
    case = cases[feature.issue]
    whole = case.text("text")
    part = text_part(whole, case.issue, feature.slug)
    assert missing_words(feature.said, part) == []
    assert [lines for lines in feature.text if lines not in whole] == []
    assert [url for url in feature.links if url.removeprefix("mailto:").removeprefix("tel:") not in whole] == []
    assert [words for words in feature.never if words in whole] == []


@pytest.mark.parametrize("feature", ROWS)
def test_paper_has_it(feature: Feature, paper: Callable[[str], list[str]]) -> None:
    words = "".join(paper(feature.issue))
    wanted = feature.said if feature.paper is None else feature.paper
    assert [one for one in wanted if missing_words([one], words, blanks=False)] == []
    assert [url for url in feature.links if missing_words([in_print(url)], words, blanks=False)] == []
    assert [one for one in feature.never if not missing_words([one], words, blanks=False)] == []


@pytest.mark.parametrize("feature", [row for row in ROWS if BY_ID[str(row.id)].calendar])
def test_the_calendar_has_it(feature: Feature, cases: Mapping[str, Case]) -> None:
    case = cases[feature.issue]
    unfolded = case.text("calendar").replace("\r\n ", "")
    assert case.edition.renditions["calendar"].file_name == CALENDAR
    assert [words for words in feature.calendar if words not in unfolded] == []
