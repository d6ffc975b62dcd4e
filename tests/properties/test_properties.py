"""Any issue that people can write reaches every reader whole and safe: true of generated ones, not of chosen ones."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject as Data
from tests.properties import hostile_kit, truths
from tests.properties.issue_kit import Source, file, issues
from tests.properties.markdown_kit import CONTAINERS, Piece, block, body, joined
from tests.properties.profile_kit import examples
from tests.properties.rendering_kit import RENDERER, in_memory, read

from newsletter.content.markdown import render
from newsletter.content.tidy import tidy_characters
from newsletter.errors import ContentError

pytestmark = pytest.mark.slow
ISSUE = file({"title": "Winter newsletter", "date": "26 November 2026"})
OTHER = file({"title": "Another item"})


@examples(80)
@given(body())
def test_words_of_any_form_reach_every_rendition_whole(words: Piece) -> None:
    issue = read({"issue.md": ISSUE, "10-news.md": file({"title": "News"}, words.text), "20-news.md": OTHER})
    edition = RENDERER.render(issue)
    truths.no_word_is_lost(edition, words.says)
    truths.the_text_holds_what_the_html_holds(edition)
    truths.nothing_runs_or_loads(edition)
    truths.no_personal_address_is_public(edition)
    truths.documents_are_well_made(edition)
    truths.links_within_lead_somewhere(edition)
    truths.lines_are_short(edition)


@examples(200)
@given(st.lists(block, max_size=2), st.sampled_from(sorted(CONTAINERS)), st.data())
def test_what_stands_in_a_block_stays_in_it_whatever_stands_before(before: list[Piece], path: str, data: Data) -> None:
    made = data.draw(CONTAINERS[path])
    html = render(tidy_characters(joined([*before, made], "\n\n").text), "news").html
    truths.stays_within(made.says, path, html)


@examples(45)
@given(issues())
def test_an_issue_of_any_kinds_and_fields_reaches_every_reader_whole(source: Source) -> None:
    issue = read(source.files)
    edition = RENDERER.render(issue)
    assert ("web" in edition.renditions) is not source.restricted
    truths.no_word_is_lost(edition, source.says)
    truths.every_section_is_named(edition, source.sections)
    truths.every_day_is_printed(edition, source.days)
    truths.the_text_holds_what_the_html_holds(edition)
    truths.nothing_runs_or_loads(edition)
    truths.no_personal_address_is_public(edition)
    truths.documents_are_well_made(edition)
    truths.links_within_lead_somewhere(edition)
    truths.lines_are_short(edition)


@examples(100)
@given(hostile_kit.text)
def test_hostile_words_are_refused_with_their_line_or_made_harmless(words: str) -> None:
    try:
        issue = read({"issue.md": ISSUE, "10-news.md": file({"title": "News"}, words), "20-news.md": OTHER})
    except ContentError as refused:
        event("refused")
        truths.every_problem_can_be_found(refused)
        return
    event("accepted")
    edition = RENDERER.render(issue)
    truths.nothing_runs_or_loads(edition)
    truths.no_personal_address_is_public(edition)
    truths.documents_are_well_made(edition)
    truths.links_within_lead_somewhere(edition)


@examples(50)
@given(hostile_kit.text, hostile_kit.line)
def test_hostile_words_that_nobody_refused_are_still_harmless(words: str, line: str) -> None:
    edition = RENDERER.render(in_memory(line, render(words, "opening").html, render(words, "news").html))
    truths.nothing_runs_or_loads(edition)
    truths.documents_are_well_made(edition)


@examples(8)
@given(issues())
def test_the_same_issue_gives_the_same_bytes(source: Source) -> None:
    issue = read(source.files)
    truths.the_same_again(issue, RENDERER.render(issue))
