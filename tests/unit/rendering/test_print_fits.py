"""A 5 minute briefing fits a sheet of A4, a one minute guide one side of it; and what is said when one does not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.rendering.issue_kit import TEMPLATES, MakeIssue, MakeItem
from tests.unit.rendering.print_kit import open_pdf, pages

from newsletter.content.folder import find_issues, read_issue
from newsletter.models.issue import Issue
from newsletter.models.publication import Publication, Series
from newsletter.rendering import print_pdf
from newsletter.rendering.context import Context
from newsletter.rendering.formats import print as printing
from newsletter.rendering.render import Renderer
from newsletter.rendering.templates import Templates

ROOT = TEMPLATES.parent
PUBLICATION = Publication.model_validate(tomllib.loads((ROOT / "newsletter.toml").read_text(encoding="utf-8")))
BRIEFINGS = [folder for folder in find_issues(ROOT, PUBLICATION) if folder.parent.name == "briefings"]
SMALLEST = {"words": 9.5, "notes": 8.5}  # points
SENTENCE = "Ring the hub the same day, and write down in the words of the child what you saw and what you heard. "

Rendered = Callable[[Issue], bytes]


def series(minutes: int | None, sides: int | None = None) -> Series:
    return Series(name="briefing", folder="briefings", title="Briefing", reading_minutes=minutes, sides=sides)


@pytest.fixture
def rendered(context_of: Callable[[Issue], Context], templates: Templates) -> Rendered:
    return lambda issue: printing.render(context_of(issue), templates)


@pytest.mark.parametrize(
    ("minutes", "sides", "most"),
    [
        (1, None, 1),
        (2, None, 2),
        (5, None, 2),
        (7, None, 2),
        (8, None, None),
        (None, None, None),
        (5, 4, 4),
        (20, 1, 1),
    ],
)
def test_a_series_fits_a_side_for_a_minute_and_a_sheet_up_to_seven_unless_it_says_otherwise(
    minutes: int | None, sides: int | None, most: int | None
) -> None:
    assert series(minutes, sides).most_sides == most


@pytest.mark.parametrize("folder", BRIEFINGS, ids=lambda folder: folder.name)
def test_every_sample_briefing_fits_a_sheet(folder: Path) -> None:
    issue = read_issue(ROOT, folder, PUBLICATION)
    context = Renderer(PUBLICATION, [TEMPLATES]).context(issue)
    pdf = printing.render(context, Templates([TEMPLATES], PUBLICATION))
    assert len(open_pdf(pdf).pages) == print_pdf.pages_of(pdf) == 2
    assert printing.note(issue, pdf) == ""


def made(make_issue: MakeIssue, make_item: MakeItem, words: int, **values: Any) -> Issue:
    """A briefing of so many sentences in three items."""
    html = f"<p>{SENTENCE * (words // 3)}</p>"
    issue = make_issue([make_item(title=f"Part {n}", html=html) for n in range(3)], series="briefing")
    return issue.model_copy(update={"series": issue.series.model_copy(update=values)})


def test_a_briefing_just_too_long_for_its_sheet_is_set_closer_and_a_newsletter_is_not(
    make_issue: MakeIssue, make_item: MakeItem, rendered: Rendered
) -> None:
    briefing = made(make_issue, make_item, 78)
    longer = made(make_issue, make_item, 78, reading_minutes=None)
    assert len(open_pdf(rendered(longer)).pages) == 3
    assert printing.note(longer, rendered(longer)) == ""
    pdf = rendered(briefing)
    assert len(open_pdf(pdf).pages) == 2
    assert printing.note(briefing, pdf) == ""
    assert "".join(pages(pdf)).count("Ringthehub") == 78, "no word is lost"


def test_a_briefing_that_never_fits_keeps_its_size_and_is_told_of_whenever_it_is_built(
    make_issue: MakeIssue, make_item: MakeItem, context_of: Callable[[Issue], Context], templates: Templates
) -> None:
    briefing = made(make_issue, make_item, 132)
    pdf = printing.render(context_of(briefing), templates)
    sizes = {round(float(size) * 0.75, 1) for size in _sizes(pdf)}
    assert 11 in sizes
    said = printing.note(briefing, pdf)
    assert f"takes {len(open_pdf(pdf).pages)} sides of A4" in said
    assert "should fit 2" in said
    assert "Shorten it" in said
    assert printing.render(context_of(briefing), templates, pdf, anew=False) == pdf, "kept, and still told of"
    more = made(make_issue, make_item, 132, sides=9)
    assert printing.render(context_of(more), templates, pdf, anew=False) == b"", "another number of sides, another PDF"


def _sizes(pdf: bytes) -> list[str]:
    """The sizes of type on the first page, in the page's own unit (pixels)."""
    contents = open_pdf(pdf).pages[0].get_contents()
    assert contents is not None
    return re.findall(r"/\S+ ([\d.]+) Tf", contents.get_data().decode("latin-1"))


@pytest.mark.parametrize("step", [1, 2])
def test_words_set_closer_can_still_be_read(step: int, templates: Templates) -> None:
    css = templates.render(printing.CLOSER, step=step)
    sizes = [float(size) for size in re.findall(r"font-size:\s*([\d.]+)pt", css)]
    assert len(sizes) > 5
    assert min(sizes) >= SMALLEST["words"]
    assert min(float(gap) for gap in re.findall(r"@page \{ margin: ([\d.]+)mm", css)) >= 12
