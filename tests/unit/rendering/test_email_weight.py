"""What an email weighs. Gmail cuts a message off after 102,400 bytes, and with it the link to unsubscribe."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bench.weights import row, weight
from tests.unit.rendering.issue_kit import TEMPLATES, MakeIssue, MakeItem

from newsletter.content.folder import find_issues, read_issue
from newsletter.models.issue import Issue, Item
from newsletter.models.publication import Publication
from newsletter.rendering.context import Context
from newsletter.rendering.formats import email
from newsletter.rendering.render import Renderer
from newsletter.rendering.templates import Templates

MOST_MARKUP = 2_048  # bytes an item beyond its words, its addresses and its lines in the lists at the top included
MOST = 100_000  # bytes of 25 items of 120 words
ROOT = TEMPLATES.parent
PUBLICATION = Publication.model_validate(tomllib.loads((ROOT / "newsletter.toml").read_text(encoding="utf-8")))
SAMPLES = find_issues(ROOT, PUBLICATION)
WORDS = "Twenty words of six letters. " * 24
RICH: dict[str, Any] = {
    "contact": [{"role": "Training team", "email": "training@example.org", "phone": "01632 960004"}],
    "links": [{"title": "Read the pathway", "url": "https://www.example.org/pathway"}],
    "deadline": "14 October 2026",
}

Render = Callable[[Issue], str]


@pytest.fixture
def render(context_of: Callable[[Issue], Context], templates: Templates) -> Render:
    return lambda issue: email.render(context_of(issue), templates).decode()


def cost(render: Render, issue: Issue) -> float:
    """Bytes of markup an item, beyond its words."""
    return weight(render(issue), render(issue.model_copy(update={"items": ()})), len(issue.items)).per_item


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_an_item_of_a_sample_costs_at_most_two_kilobytes_beyond_its_words(folder: Path) -> None:
    renderer = Renderer(PUBLICATION, [TEMPLATES])
    issue = read_issue(ROOT, folder, PUBLICATION)
    assert cost(lambda one: renderer.render(one, ["email"]).renditions["email"].text, issue) <= MOST_MARKUP


def test_an_item_of_the_issue_with_everything_costs_at_most_two_kilobytes(render: Render, sample_issue: Issue) -> None:
    assert row(render(sample_issue), [item.slug for item in sample_issue.items]) <= MOST_MARKUP


@pytest.mark.parametrize(
    ("kind", "front"),
    [
        ("article", RICH),
        ("survey", {"closes": "18 December 2026", "minutes": 5, "url": "https://www.example.org/survey"}),
        (
            "event",
            {
                "when": "Thursday 26 November 2026, 9am to 2pm",
                "venue": "County Hall, Thornbeck",
                "booking": {"url": "https://www.example.org/book"},
                "book_by": "12 November 2026",
                "cost": "Free",
                "who_for": "Everyone who works with children",
            },
        ),
    ],
)
def test_twenty_five_items_of_a_hundred_and_twenty_words_stay_below_what_gmail_shows(
    kind: str, front: dict[str, Any], render: Render, make_issue: MakeIssue, make_item: MakeItem
) -> None:
    html = "".join(
        f"<p>{part} <a href='https://www.example.org/{n}'>Link</a></p>" for n, part in enumerate(_thirds(WORDS))
    )
    items: list[Item] = [
        make_item(kind, f"Item number {n} of this issue", html, section=f"Section {n // 5}", **front) for n in range(25)
    ]
    issue = make_issue(items)
    assert len(render(issue).encode()) < MOST
    assert cost(render, issue) <= MOST_MARKUP


def _thirds(words: str) -> list[str]:
    third = len(words) // 3
    return [words[:third], words[third : 2 * third], words[2 * third :]]
