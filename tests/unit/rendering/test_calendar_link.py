"""The way from the web copy to the calendar, and the file at its end in the archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from tests.unit.rendering.html_kit import select
from tests.unit.rendering.issue_kit import TEMPLATES, MakeIssue, MakeItem

from newsletter.models.issue import Issue
from newsletter.models.publication import Publication
from newsletter.publishing import archive
from newsletter.rendering.context import Context
from newsletter.rendering.formats import web
from newsletter.rendering.render import Renderer
from newsletter.rendering.templates import Templates

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
Links = Callable[[Issue], list[tuple[str, str]]]
Publish = Callable[[Issue], list[str]]


@pytest.fixture
def links(context_of: Callable[[Issue], Context], templates: Templates) -> Links:
    """The words and the address of each link to a calendar."""

    def read(issue: Issue) -> list[tuple[str, str]]:
        tree = lxml_html.document_fromstring(web.render(context_of(issue), templates).decode())
        found = select(tree, "//a[@type='text/calendar']")
        return [(link.text_content(), str(link.get("href"))) for link in found]

    return read


@pytest.fixture
def publish(publication: Publication, tmp_path: Path) -> Publish:
    """Publishes one issue; gives the files of its folder."""
    renderer = Renderer(publication, [TEMPLATES])

    def run(issue: Issue) -> list[str]:
        entry = archive.Entry(issue, renderer.render(issue))
        archive.publish([entry], publication, tmp_path, renderer.templates.render, NOW)
        folder = tmp_path / issue.path
        return sorted(path.name for path in folder.glob("*.*"))

    return run


def test_one_event_offers_its_date_for_the_diary(make_issue: MakeIssue, make_item: MakeItem, links: Links) -> None:
    issue = make_issue([make_item("event", when="26 November 2026, 9am")])
    assert links(issue) == [("Add to calendar", "calendar.ics")]


def test_where_the_file_holds_more_dates_the_link_says_so(
    make_issue: MakeIssue, make_item: MakeItem, links: Links
) -> None:
    sessions = [{"title": "Part 2", "when": "10 February 2027, 10am"}]
    issue = make_issue(
        [
            make_item("event", "One", when="3 February 2027, 10am", sessions=sessions),
            make_item("event", "Two", when="26 November 2026"),
        ]
    )
    assert links(issue) == [("Add to calendar (all 3 dates of this issue)", "calendar.ics")] * 2


def test_nobody_is_asked_to_note_what_was_called_off_or_has_no_date(
    make_issue: MakeIssue, make_item: MakeItem, links: Links
) -> None:
    called_off = make_item("event", "One", when="26 November 2026", status="cancelled")
    assert links(make_issue([called_off, make_item("event", "Two", status="on-demand")])) == []


def test_the_archive_holds_the_file_beside_the_page_while_the_issue_has_dates(
    make_issue: MakeIssue, make_item: MakeItem, publish: Publish
) -> None:
    event, words = make_item("event", "One", when="26 November 2026"), make_item("article", "Two")
    assert publish(make_issue([event, words])) == ["calendar.ics", "index.html"]
    assert publish(make_issue([words])) == ["index.html"]


@pytest.mark.parametrize("hidden", [{"visibility": "restricted"}, {"draft": True}, {"date": "2 December 2026"}])
def test_dates_of_an_issue_that_may_not_be_seen_are_not_in_the_archive(
    make_issue: MakeIssue, make_item: MakeItem, publish: Publish, hidden: dict[str, Any]
) -> None:
    assert publish(make_issue([make_item("event", "One", when="26 November 2026")], **hidden)) == []
