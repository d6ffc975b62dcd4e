"""What items say beside their words: addresses, numbers and sizes as people read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.rendering.issue_kit import MakeIssue, MakeItem

from newsletter.models.issue import Issue
from newsletter.rendering.blocks import Block, act_lines, block_for, file_note, human_size, tel, worried_lines
from newsletter.rendering.context import Context


@pytest.fixture
def block(make_issue: MakeIssue, make_item: MakeItem, context_of: Callable[[Issue], Context]) -> Callable[..., Block]:
    def made(kind: str, **front: Any) -> Block:
        item = make_item(kind, **front)
        return block_for(item, context_of(make_issue([item])))

    return made


@pytest.mark.parametrize(
    ("phone", "address"),
    [
        ("01632 960001", "tel:+441632960001"),
        ("(01632) 960 001", "tel:+441632960001"),
        ("+44 (0)1632 960001", "tel:+441632960001"),
        ("+353 1 234 5678", "tel:+35312345678"),
        ("0800 1111", "tel:08001111"),
        ("999", "tel:999"),
        ("116 000", "tel:116000"),
        ("01632 960001 ext 12", "tel:+441632960001"),
        ("ring the office", ""),
        ("", ""),
    ],
)
def test_a_number_is_dialled_as_it_must_be(phone: str, address: str) -> None:
    assert tel(phone) == address


@pytest.mark.parametrize(
    ("size", "text"), [(1, "1 KB"), (223_999, "224 KB"), (1_000_000, "1 MB"), (1_440_000, "1.4 MB"), (0, "1 KB")]
)
def test_sizes_are_those_that_people_know(size: int, text: str) -> None:
    assert human_size(size) == text


def test_a_document_says_its_format_and_size(sample_context: Context) -> None:
    assert file_note("files/poster.pdf", sample_context) == "PDF, 224 KB"
    assert file_note("https://www.example.org/a.docx?x=1", sample_context) == "Word"
    assert file_note("https://www.example.org/page", sample_context) == ""
    assert file_note("https://www.example.org", sample_context) == ""


def test_a_file_has_an_absolute_address_for_mail_and_a_relative_one_for_the_web(sample_context: Context) -> None:
    item = next(item for item in sample_context.issue.items if item.kind == "resource")
    poster = block_for(item, sample_context).files[0]
    assert poster.url == f"https://news.example.org/issues/2026-11-winter/{poster.web_url}"
    assert poster.web_url.startswith("files/poster-")


def test_an_event_over_several_days_says_both(block: Callable[..., Block]) -> None:
    made = block("event", when="26 November 2026, 9am to 2pm", ends="27 November 2026")
    assert made.date_box
    assert made.date_box.spoken == "Thursday 26 November 2026 to Friday 27 November 2026, 9am to 2pm"
    assert made.details[0].text == "Thursday 26 November 2026 to Friday 27 November 2026, 9am to 2pm"


def test_a_cancelled_event_says_so_and_takes_no_booking(block: Callable[..., Block]) -> None:
    made = block(
        "event",
        when="26 November 2026",
        status="cancelled",
        book_by="1 November 2026",
        booking={"email": "a@example.org"},
    )
    assert made.status == "Cancelled"
    assert made.action is None
    assert {detail.name for detail in made.details} == {"when"}


def test_the_button_says_what_it_does(block: Callable[..., Block]) -> None:
    survey = {"url": "https://www.example.org/s", "closes": "1 December 2026"}
    titles = [block("survey", title=title, **survey).action for title in ("Survey", "Consultation on priorities")]
    assert [action.title for action in titles if action] == ["Take the survey", "Respond to the consultation"]
    unsafe = block("survey", url="javascript:alert(1)", closes="1 December 2026")
    assert unsafe.action is None


def test_a_deadline_that_the_facts_give_is_not_said_twice(block: Callable[..., Block]) -> None:
    survey = {"url": "https://www.example.org/s", "closes": "1 December 2026"}
    assert block("survey", deadline="1 December 2026", **survey).deadline == ""
    assert block("survey", deadline="30 November 2026", **survey).deadline == "by Monday 30 November 2026"


def test_a_pseudonym_is_called_one(block: Callable[..., Block]) -> None:
    review = {"published": "2026", "report_url": "https://www.example.org/r.pdf"}
    assert "Not the real name" in [row.text for row in block("review", subject="pseudonym", **review).details]
    assert "Not the real name" not in [row.text for row in block("review", subject="not-named", **review).details]


def test_a_message_leads_with_the_name_or_else_the_role(block: Callable[..., Block]) -> None:
    named, unnamed = block("message", author="Alex", role="Chair").byline, block("message", role="Chair").byline
    assert named
    assert unnamed
    assert (named.lead, named.rest, unnamed.lead, unnamed.rest) == ("Alex", "Chair", "Chair", "")


def test_a_long_address_is_shown_by_its_host(block: Callable[..., Block]) -> None:
    made = block("event", when="26 November 2026", online=f"https://teams.example.org/{'x' * 200}")
    online = next(row for row in made.details if row.name == "online")
    assert online.text == "teams.example.org"
    assert online.url.endswith("x" * 200)


def test_what_to_do_gives_the_deed_and_the_day(sample_context: Context) -> None:
    lines = act_lines(sample_context)
    assert [(line.title, line.by) for line in lines] == [
        ("New pathway for exploitation concerns", "by Tuesday 1 December 2026"),
        ("Practitioner survey", "by Friday 18 December 2026"),
    ]
    assert lines[0].text == "Use the new form for every referral from 1 December 2026, by Tuesday 1 December 2026"


def test_worried_blocks_can_be_rung(sample_context: Context) -> None:
    assert [line.tel for line in worried_lines(sample_context.publication.worried)] == ["tel:+441632960002"]
