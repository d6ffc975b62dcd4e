"""The manual's page on the content format is true: its examples are read, and it names every field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from newsletter.content.folder import read_issue
from newsletter.models.base import Model
from newsletter.models.issue import Issue, IssueFront
from newsletter.models.items import KINDS
from newsletter.settings import read_publication

MANUAL = Path(__file__).parents[3] / "docs" / "content.md"
TEXT = MANUAL.read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r'^```markdown title="([^"]+)"\n(.*?)^```$', TEXT, re.M | re.S))
SETTINGS = re.findall(r'^```toml title="newsletter.toml"\n(.*?)^```$', TEXT, re.M | re.S)


@pytest.fixture
def issue(tmp_path: Path, write: Callable[..., Path], picture: Callable[[int, int, str], bytes]) -> Issue:
    """All examples of the manual as one issue."""
    files: Mapping[str, str | bytes] = {
        "images/chair.jpg": picture(96, 96, "JPEG"),
        "images/hall.jpg": picture(40, 30, "JPEG"),
        "images/map.png": picture(40, 30, "PNG"),
        "files/flyer.pdf": b"%PDF-1.7",
        "files/safer-sleep.pdf": b"%PDF-1.7",
        **EXAMPLES,
    }
    project = write(files)
    (project / "newsletter.toml").write_text(SETTINGS[0], encoding="utf-8")
    return read_issue(project, Path("issues/2026-11-winter"), read_publication(project / "newsletter.toml"))


def test_every_example_is_read_as_it_stands(issue: Issue) -> None:
    assert len(issue.items) == len(EXAMPLES) - 1
    assert issue.front.number == 12


def test_there_is_an_example_of_every_kind(issue: Issue) -> None:
    assert {item.kind for item in issue.items} == set(KINDS)


def test_the_example_of_everything_shows_everything(issue: Issue) -> None:
    html = next(item.body.html for item in issue.items if item.slug == "everything")
    for part in (
        "<h2", "<h3", "<strong>", "<em>", "<ul>", "<ol>", "<table>", '<th scope="col">', 'class="attribution"',
        'class="admonition note"', "<dl>", 'class="footnote"', 'lang="cy"', "<img", 'href="files/flyer.pdf"',
        'href="#everything--more"', 'href="#annual-report"', 'href="tel:999"', 'href="tel:+441632960001"',
        'href="mailto:training@example.org"', 'href="https://www.example.org"',
    ):  # fmt: skip
        assert part in html, part


@pytest.mark.parametrize("model", [IssueFront, *KINDS.values()])
def test_the_manual_names_every_field(model: type[Model]) -> None:
    for name in model.model_fields:
        assert f"`{name}`" in TEXT, name


def test_the_manual_names_every_value_to_choose_from() -> None:
    models: tuple[type[Model], ...] = (IssueFront, *KINDS.values())
    for model in models:
        for name, field in model.model_fields.items():
            for value in re.findall(r"Literal\[([^\]]+)\]", str(field.annotation)):
                for choice in re.findall(r"'([\w-]+)'", value):
                    assert f"`{choice}`" in TEXT, f"{name}: {choice}"
