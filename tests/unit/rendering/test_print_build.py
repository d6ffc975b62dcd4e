"""When a build makes PDFs, that nothing else waits for them, and what is said where they cannot be made."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsletter.app import App
from newsletter.rendering import print_pdf

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"
OTHER = "briefings/2026-09-operation-encompass"
PDF = "build/briefing/2026-11-bruising-in-babies/print.pdf"
WITHOUT = """
import sys
sys.modules["weasyprint"] = sys.modules["segno"] = None
from newsletter.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def one_issue(project: Path) -> None:
    """The sample publication with its latest briefing alone, so that builds are quick."""
    shutil.rmtree(project / "issues")
    shutil.rmtree(project / OTHER)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The issues whose PDFs were made, in order; the PDFs are a stand-in that is made at once."""
    names: list[str] = []
    sides = 2

    def write(html: str, parts: object, identifier: str, name: str, **fits: object) -> bytes:
        names.append(name)
        return f"%PDF-1.7 {identifier}-{sides}".encode()

    monkeypatch.setattr(print_pdf, "write", write)
    return names


def test_a_build_of_named_issues_makes_their_pdfs_and_a_second_one_keeps_them(
    newsletter: Command, project: Path, made: list[str]
) -> None:
    ran = newsletter("build", BRIEFING)
    assert ran.code == 0
    assert "print.pdf" in ran.out
    assert made == [BRIEFING]
    edition = json.loads((project / PDF).with_name("edition.json").read_text(encoding="utf-8"))
    assert edition["bytes"]["print"] == (project / PDF).stat().st_size
    assert "print.pdf" in edition["files"]
    newsletter("build", BRIEFING)
    assert made == [BRIEFING]


def test_a_pdf_goes_when_the_issue_has_changed_and_no_new_one_is_made(
    newsletter: Command, project: Path, made: list[str]
) -> None:
    newsletter("build", BRIEFING)
    newsletter("build", BRIEFING, "--no-pdf")
    assert (project / PDF).exists(), "still right"
    issue = project / BRIEFING / "issue.md"
    issue.write_text(issue.read_text(encoding="utf-8").replace("not yet moving", "still small"), encoding="utf-8")
    newsletter("build", BRIEFING, "--no-pdf")
    assert not (project / PDF).exists()
    newsletter("build", BRIEFING)
    assert (project / PDF).exists()
    assert len(made) == 2


def test_a_build_of_everything_makes_pdfs_of_fresh_issues_alone(
    newsletter: Command, project: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(App, "now", lambda self: datetime(2026, 12, 12, tzinfo=UTC))
    newsletter("build")
    assert made == [BRIEFING], "a month old"
    (project / PDF).unlink()
    monkeypatch.setattr(App, "now", lambda self: datetime(2026, 12, 13, tzinfo=UTC))
    newsletter("build")
    assert made == [BRIEFING]
    newsletter("build", BRIEFING)
    newsletter("build")
    assert (project / PDF).exists(), "one that was asked for is kept"
    assert made == [BRIEFING] * 2


def test_neither_check_nor_send_makes_a_pdf_and_none_is_frozen(
    subscribed: Command, project: Path, made: list[str]
) -> None:
    subscribed("check")
    assert subscribed("send", BRIEFING, "--test").code == 0
    assert made == []
    subscribed("build", BRIEFING)
    assert made == [BRIEFING]
    ran = subscribed("send", BRIEFING, "--test", "--json")
    assert ran.code == 0
    assert (project / PDF).exists(), "a send leaves it where it is"
    with sqlite3.connect(project / "subscribers/newsletter.db") as database:
        names = {row[0] for row in database.execute("select name from edition_parts where kind = 'rendition'")}
    database.close()
    assert "email" in names
    assert "print" not in names


def test_an_approval_holds_whether_or_not_this_machine_makes_pdfs(
    subscribed: Command, project: Path, made: list[str]
) -> None:
    folder = (project / PDF).parent
    subscribed("build", BRIEFING, "--no-pdf")
    without = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["hash"]
    subscribed("build", BRIEFING)
    assert json.loads((folder / "edition.json").read_text(encoding="utf-8"))["hash"] == without


def test_a_retired_issue_gives_no_pdf(newsletter: Command, project: Path, made: list[str]) -> None:
    issue = project / BRIEFING / "issue.md"
    text = issue.read_text(encoding="utf-8").replace("number: 14", "number: 14\nretire_on: 12 November 2026", 1)
    issue.write_text(text, encoding="utf-8")
    assert newsletter("build", BRIEFING).code == 0
    assert made == []


def test_a_restricted_issue_leaves_its_pdf_in_build_and_nowhere_else(
    newsletter: Command, project: Path, made: list[str]
) -> None:
    issue = project / BRIEFING / "issue.md"
    text = issue.read_text(encoding="utf-8").replace("number: 14", "number: 14\nvisibility: restricted", 1)
    issue.write_text(text, encoding="utf-8")
    assert newsletter("build", BRIEFING).code == 0
    assert (project / PDF).exists()
    assert list((project / "public").rglob("*bruising*")) == []


def test_without_weasyprint_a_build_says_so_once_and_makes_all_else(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "build", BRIEFING],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("pip install weasyprint segno") == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert {"email.html", "email.txt", "web.html"} <= {path.name for path in (project / PDF).parent.iterdir()}
    assert not (project / PDF).exists()
    command = [sys.executable, "-c", WITHOUT, "build", BRIEFING, "--no-pdf"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), "nobody asked for one"


def test_where_pango_is_missing_the_way_to_install_it_is_told(
    newsletter: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    import builtins

    usual = builtins.__import__

    def without_pango(name: str, *rest: Any, **named: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libgobject-2.0-0'")
        return usual(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    ran = newsletter("build", BRIEFING)
    assert ran.code == 0
    assert "does not find Pango" in ran.err
    assert "docs/print.md" in ran.err


def test_the_command_and_the_other_renditions_load_no_pdf_library(project: Path) -> None:
    code = (
        "import sys\nfrom newsletter.cli import run\nrun(['check'])\nrun(['build', '--no-pdf'])\n"
        "print(sorted({'weasyprint', 'segno', 'fontTools'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_a_build_says_that_a_briefing_is_longer_than_its_sheet(
    newsletter: Command, project: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_pdf, "write", lambda html, parts, identifier, name, **fits: f"{identifier}-3".encode())
    for _ in range(2):  # a PDF that is kept is told of like one that is new
        ran = newsletter("build", BRIEFING)
        assert ran.code == 0
        assert f"The PDF of {BRIEFING} takes 3 sides of A4." in ran.err
