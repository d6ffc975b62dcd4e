"""The manual's page on series is true: its blocks, copied as they stand, make two more series."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.rendering.print_pdf import pages_of
from newsletter.settings import read_publication

PAGE = (Path(__file__).parents[1] / "docs/series.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', PAGE, re.M | re.S)
BRIEFING, GUIDE = "7-minute-briefings/2026-10-was-not-brought", "one-minute-guides/2026-09-private-fostering"
Command = Callable[..., Any]


@pytest.fixture
def written(project: Path) -> Path:
    """The sample publication after somebody followed the page."""
    for name, text in BLOCKS:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == "newsletter.toml":
            text = with_tables(path.read_text(encoding="utf-8"), text)
        path.write_text(text, encoding="utf-8")
    return project


def with_tables(settings: str, block: str) -> str:
    """The settings with the block's tables: in place of those of the same name, or at the end."""
    for table in re.split(r"^(?=\[)", block, flags=re.M):
        name = table.split("\n")[0]
        settings = re.sub(rf"^{re.escape(name)}\n(?:[^\[\n][^\n]*\n)*", "", settings, flags=re.M) if name else settings
        settings = f"{settings.rstrip()}\n\n{table.strip()}\n" if name else settings
    return settings


def words_of(path: Path) -> str:
    """What a rendition says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")).split())


def test_the_lines_make_two_more_series(written: Path) -> None:
    series = read_publication(written / "newsletter.toml").series
    assert list(series) == ["newsletter", "briefing", "7-minute-briefing", "one-minute-guide"]
    assert [one.contents for one in series.values()] == [2, 0, 0, 0]


@pytest.mark.parametrize("folder", [BRIEFING, GUIDE])
def test_the_checks_have_nothing_to_say_of_the_examples(newsletter: Command, written: Path, folder: str) -> None:
    ran = newsletter("check", folder)
    assert "Nothing to fix. Ready to send." in ran.out, ran.out + ran.err


def test_each_is_rendered_under_its_own_title_and_has_its_own_place(newsletter: Command, written: Path) -> None:
    assert newsletter("build").code == 0
    for folder, series, title, minutes in (
        (BRIEFING, "7-minute-briefing", "7 minute briefing", 7),
        (GUIDE, "one-minute-guide", "One minute guide", 1),
    ):
        build = written / "build" / series / folder.split("/")[1]
        edition = json.loads((build / "edition.json").read_text(encoding="utf-8"))
        assert edition["subject"].startswith(f"{title}: ")
        assert 0 < edition["minutes"] <= minutes
        for path in (build / "email.html", build / "email.txt", written / "public" / folder / "index.html"):
            said = words_of(path)
            assert title.casefold() in said.casefold(), path
            assert "in this issue" not in said.casefold(), path
        assert f'href="{folder}/index.html"' in (written / "public/index.html").read_text(encoding="utf-8")


def test_each_fits_its_sheet_when_it_is_printed(newsletter: Command, written: Path) -> None:
    ran = newsletter("build", BRIEFING, GUIDE)
    assert "sides of A4" not in ran.err
    for series, folder, most in (("7-minute-briefing", BRIEFING, 2), ("one-minute-guide", GUIDE, 1)):
        pdf = written / "build" / series / folder.split("/")[1] / "print.pdf"
        assert 0 < pages_of(pdf.read_bytes()) <= most


def test_the_template_of_its_own_puts_whom_to_ring_first(newsletter: Command, written: Path) -> None:
    assert newsletter("build", BRIEFING, GUIDE).code == 0
    for series, folder, heading, first in (
        ("one-minute-guide", GUIDE, "Is this child privately fostered?", True),
        ("7-minute-briefing", BRIEFING, "1. Why it matters", False),
    ):
        said = words_of(written / "build" / series / folder.split("/")[1] / "email.html")
        assert (said.index("Worried about a child?") < said.index(heading)) is first


@pytest.mark.parametrize("line", re.findall(r'^newsletter new (\S+) "([^"]+)"$', PAGE, re.M))
def test_an_issue_of_the_new_series_is_started_by_its_name(newsletter: Command, written: Path, line: Any) -> None:
    series, title = line
    ran = newsletter("new", series, title, "--date", "2 December 2026")
    assert ran.code == 0, ran.err
    folder = ran.out.split(" is ready")[0]
    assert folder.startswith(f"{series}s/2026-12-")
    assert "practitioners" in (written / folder / "issue.md").read_text(encoding="utf-8")
    assert newsletter("build", folder).code == 0


def test_an_audience_that_is_not_named_for_a_series_does_not_get_it(newsletter: Command, written: Path) -> None:
    assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    assert newsletter("send", GUIDE, "--dry-run").code == 0
    issue = written / GUIDE / "issue.md"
    issue.write_text(issue.read_text(encoding="utf-8").replace("[practitioners]", "[education]"), encoding="utf-8")
    assert newsletter("send", GUIDE, "--dry-run").code == 1
