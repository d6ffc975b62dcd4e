"""Items that are taken down while their issue stays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.unit.publishing.conftest import NOW, Publish, entry_of
from tests.unit.publishing.tree_kit import says, tree_of
from tests.unit.rendering.issue_kit import build_item, issue_builder, picture

from newsletter.models.dates import LONDON
from newsletter.models.issue import Asset, Issue
from newsletter.models.publication import Publication
from newsletter.publishing.archive import as_published
from newsletter.rendering.render import Renderer


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A review that is taken down after 30 November 2026, and an article that stays."""
    review = build_item(
        "review",
        "Learning about Child K",
        "<p>What happened. <img src='images/own.png' alt='x'></p>",
        subject="pseudonym",
        published="2026",
        report_url="files/report.pdf",
        retire_on="30 November 2026",
        section="Learning",
        short_title="Child K",
        links=[{"title": "Poster", "url": "files/shared.pdf"}],
    )
    stays = build_item(title="Stays", html="<p>See <a href='files/shared.pdf'>the poster</a>.</p>")
    assets = [
        picture("images/own.png", 8, 8),
        Asset(path="files/report.pdf", data=b"%PDF report", media_type="application/pdf"),
        Asset(path="files/shared.pdf", data=b"%PDF shared", media_type="application/pdf"),
    ]
    return issue_builder(publication)([review, stays], assets={asset.path: asset for asset in assets})


def test_until_its_last_day_has_passed_the_issue_is_as_it_was(issue: Issue) -> None:
    assert as_published(issue, datetime(2026, 11, 30, 23, 59, tzinfo=LONDON)) is issue


def test_after_it_words_title_pictures_and_files_are_gone_and_the_address_stays(issue: Issue) -> None:
    shown = as_published(issue, NOW)
    assert [item.slug for item in shown.items] == [item.slug for item in issue.items]
    assert shown.items[0].front.title == "No longer published"
    assert shown.items[0].front.section == "Learning"
    assert "1 December 2026" in shown.items[0].body.html
    assert set(shown.assets) == {"files/shared.pdf"}
    assert shown.items[1] == issue.items[1]


def test_nothing_of_it_is_left_in_the_archive(issue: Issue, renderer: Renderer, publish: Publish, public: Path) -> None:
    publish(entry_of(renderer, issue), now=datetime(2026, 11, 29, 12, tzinfo=LONDON))
    assert says(public, "Child K")
    publish(entry_of(renderer, as_published(issue, NOW)))
    for words in ("Child K", "What happened", "%PDF report", "own-"):
        assert not says(public, words)
    assert says(public, "No longer published") == ["issues/2026-11-winter/index.html"]
    assert says(public, "%PDF shared")


def test_an_issue_that_still_shows_a_retired_item_is_not_published_at_all(
    issue: Issue, renderer: Renderer, publish: Publish, public: Path
) -> None:
    publish(entry_of(renderer, issue))
    assert not says(public, "Child K")
    assert [path for path in tree_of(public) if path.startswith("issues/")] == ["issues/2026-11-winter/index.html"]
