"""The plain text of a whole issue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.rendering.facts_kit import said_in, squashed, titles_of, words_of
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem

from newsletter.models.edition import MERGE_TAGS
from newsletter.models.issue import Issue
from newsletter.rendering.addresses import address
from newsletter.rendering.columns import WIDTH, columns
from newsletter.rendering.context import Context
from newsletter.rendering.formats import text
from newsletter.rendering.measure import links_of, text_of
from newsletter.rendering.templates import Templates

Write = Callable[[Issue], str]


@pytest.fixture
def write(context_of: Callable[[Issue], Context], templates: Templates) -> Write:
    return lambda issue: text.render(context_of(issue), templates).decode()


@pytest.fixture(scope="module")
def whole(sample_context: Context, templates: Templates) -> str:
    return text.render(sample_context, templates).decode()


def test_no_line_is_longer_than_72_columns_but_for_an_address(whole: str) -> None:
    for line in whole.split("\n"):
        assert columns(line) <= WIDTH or "https://" in line


def test_there_are_never_more_than_two_empty_lines_and_one_break_at_the_end(whole: str) -> None:
    assert "\n\n\n\n" not in whole
    assert "\r" not in whole
    assert "\f" not in whole
    assert whole.endswith("\n")
    assert not whole.endswith("\n\n")
    assert not whole.startswith("\n")
    assert all(line == line.rstrip() for line in whole.split("\n"))


def test_every_fact_of_every_kind_is_in_it(whole: str, sample_context: Context) -> None:
    words = squashed(whole)
    missing = [said for said in said_in(sample_context) if said.casefold() not in words.casefold()]
    assert missing == []


def test_every_heading_and_every_word_of_the_bodies_is_in_it(whole: str, sample_issue: Issue) -> None:
    words = squashed(whole)
    assert [title for title in titles_of(sample_issue) if squashed(title) not in words] == []
    for item in sample_issue.items:
        assert words_of(text_of(item.body.html)) <= words_of(words)


def test_every_link_is_in_it_as_an_absolute_address(whole: str, sample_issue: Issue, sample_context: Context) -> None:
    for link in links_of(sample_issue):
        url = address(link, sample_context).url
        assert url.removeprefix("mailto:").removeprefix("tel:") in whole or "old" in url  # a cancelled event's booking


def test_numbers_stand_in_the_order_of_reading_and_are_all_listed(whole: str) -> None:
    body, links = whole.split("\nLinks\n-----\n\n")
    listed = [line.split("]")[0][1:] for line in links.split("\n\n")[0].split("\n")]
    first = list(dict.fromkeys(part.split("]")[0] for part in body.split("[")[1:] if part.split("]")[0].isdecimal()))
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert first == listed


def test_what_every_message_must_say_is_in_it(whole: str) -> None:
    for tag in MERGE_TAGS.values():
        assert whole.count(f"\n{tag}\n") == 1
    for said in (
        "https://news.example.org/issues/2026-11-winter/",
        "\nPast issues:\nhttps://news.example.org/\n",
        "County Hall, Market Street, Northshire NS1 1AA",
        "https://www.example.org/privacy",
        "https://www.example.org/accessibility",
        "Was this forwarded to you?",
        "details of a child",
        "Worried about a child?",
        "Ring 01632 960002",
    ):
        assert said in whole


def test_what_to_do_comes_first_with_its_dates(whole: str) -> None:
    act = whole.index("What you need to do")
    assert act < whole.index("In this issue") < whole.index("Message from the Independent Chair\n-")
    assert "by Friday 18 December 2026" in whole[act : whole.index("In this issue")]


def test_the_contents_nest_as_the_sections_do(whole: str) -> None:
    assert "• Practice\n  - New pathway for exploitation concerns\n  - What we see\n    • Words & signs" in whole


def test_a_restricted_issue_has_no_link_to_a_web_copy(write: Write, make_issue: MakeIssue, make_item: MakeItem) -> None:
    written = write(make_issue([make_item("article", "One", "<p>Words</p>")], visibility="restricted"))
    assert "news.example.org" not in written
    assert "This email has no web copy." in written
    assert MERGE_TAGS["unsubscribe_url"] in written


def test_a_draft_says_so_first(write: Write, make_issue: MakeIssue) -> None:
    assert write(make_issue(draft=True)).startswith("DRAFT: not for sharing\n")


def test_an_item_after_a_section_is_set_apart_from_it(write: Write, make_issue: MakeIssue, make_item: MakeItem) -> None:
    written = write(make_issue([make_item(title="In", section="Part"), make_item(title="Out")]))
    assert f"\n{'=' * WIDTH}\n\nOut\n---\n" in written


def test_a_title_that_is_not_shown_is_not_printed(write: Write, make_issue: MakeIssue, make_item: MakeItem) -> None:
    issue = make_issue([make_item(title="Hidden", html="<p>Words</p>", heading=False)], contents=0)
    assert "Hidden" not in write(issue)


def test_markup_in_a_title_stays_text(write: Write, make_issue: MakeIssue) -> None:
    assert "\nA & B <b>{{ 7 * 7 }}</b>\n=" in write(make_issue(title="A & B <b>{{ 7 * 7 }}</b>"))


def test_the_same_issue_gives_the_same_bytes(sample_context: Context, templates: Templates, whole: str) -> None:
    assert text.render(sample_context, templates) == whole.encode()


def test_an_issue_with_nothing_in_it_is_still_a_message(write: Write, make_issue: MakeIssue) -> None:
    written = write(make_issue())
    assert "Winter newsletter\n=================" in written
    assert "Links\n" not in written
