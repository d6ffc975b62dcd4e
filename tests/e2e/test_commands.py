"""The commands around the main job: starting, adding, building, listing."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.models.items import KINDS

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"


def test_a_new_publication_checks_builds_and_sends(
    newsletter: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my newsletter"
    ran = newsletter("init", str(folder))
    assert ran.code == 0, ran.err
    monkeypatch.delenv("NEWSLETTER_SECRET")
    monkeypatch.chdir(folder)
    assert newsletter("check").code == 0
    assert newsletter("build").code == 0
    assert (folder / "public/index.html").exists()
    assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    assert newsletter("send", BRIEFING, "--test").code == 0
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    assert newsletter("init", str(folder)).code == 1, "nothing is overwritten"
    assert "left alone" in newsletter("init", "--secret", str(folder)).out


@pytest.mark.parametrize("series", ["issue", "briefing"])
def test_a_new_issue_reads_at_once_and_says_what_is_left_to_write(
    newsletter: Command, project: Path, series: str
) -> None:
    ran = newsletter("new", series, "Spring: what's next?", "--date", "3 March 2027")
    assert ran.code == 0, ran.err
    folder = f"{'issues' if series == 'issue' else 'briefings'}/2027-03-spring-whats-next"
    assert folder in ran.out
    checked = newsletter("check", folder)
    assert checked.code == 1, "the marks where words must go are found"
    assert "NL009" in checked.out
    assert newsletter("new", series, "Spring: what's next?", "--date", "3 March 2027").code == 1
    newsletter("build")
    assert not (project / "public" / folder).exists(), "a draft is in no public output"


def test_a_new_issue_can_start_from_an_earlier_one(newsletter: Command, project: Path) -> None:
    assert newsletter("new", "issue", "Spring", "--from", "2026-11-winter", "--date", "3 March 2027").code == 0
    names = {path.name for path in (project / "issues/2027-03-spring").glob("*.md")}
    assert names == {path.name for path in (project / "issues/2026-11-winter").glob("*.md")}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_item_can_be_added_and_reads(newsletter: Command, project: Path, kind: str) -> None:
    ran = newsletter("add", kind, 'A "quoted" title: with a colon', "--to", BRIEFING)
    assert ran.code == 0, ran.err
    document = json.loads(newsletter("check", BRIEFING, "--json").out)
    assert document["issues"][0]["path"] == BRIEFING
    assert newsletter("build", BRIEFING).code == 0
    assert 'A "quoted" title: with a colon' in (
        project / "build/briefing/2026-11-bruising-in-babies/email.txt"
    ).read_text(encoding="utf-8").replace("“", '"').replace("”", '"')


def test_build_writes_what_is_promised_and_the_second_time_nothing(newsletter: Command, project: Path) -> None:
    assert newsletter("build").code == 0
    folder = project / "build/briefing/2026-11-bruising-in-babies"
    assert {"email.html", "email.txt", "web.html", "edition.json"} <= {path.name for path in folder.iterdir()}
    edition = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
    assert {
        "hash",
        "subject",
        "title",
        "date",
        "series",
        "slug",
        "words",
        "minutes",
        "bytes",
        "links",
        "approvals",
    } <= set(edition)
    before = {
        path: path.stat().st_mtime_ns
        for name in ("build", "public")
        for path in (project / name).rglob("*")
        if path.is_file()
    }
    ran = newsletter("build", "--json")
    assert json.loads(ran.out)["public"]["written"] == 0
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_the_same_content_gives_the_same_bytes_in_another_process(newsletter: Command, project: Path) -> None:
    newsletter("build")
    first = {path.relative_to(project): path.read_bytes() for path in (project / "build").rglob("*") if path.is_file()}
    for path in first:
        (project / path).unlink()
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "newsletter", "build"],
            cwd=project,
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "NEWSLETTER_SECRET": "x" * 64},
        )
        assert first == {path: (project / path).read_bytes() for path in first}


def test_an_import_is_a_dry_run_until_it_is_applied(newsletter: Command, project: Path) -> None:
    ran = newsletter("subscribers", "import", "subscribers/sample.csv")
    assert "dry run" in ran.out
    assert json.loads(newsletter("subscribers", "show", "--json").out)["subscribers"] == 0
    newsletter("subscribers", "import", "subscribers/sample.csv", "--apply")
    again = json.loads(newsletter("subscribers", "import", "subscribers/sample.csv", "--apply", "--json").out)
    assert again["unchanged"] == 24
    assert again["new"] == again["changed"] == 0


def test_an_export_comes_back_unchanged_and_holds_no_formula(subscribed: Command, project: Path) -> None:
    subscribed("subscribers", "add", "evil@example.org", "--name", "=HYPERLINK(1)", "--audience", "practitioners")
    assert subscribed("subscribers", "export", "list.csv").code == 0
    with (project / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 25
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    again = json.loads(subscribed("subscribers", "import", "list.csv", "--json").out)
    assert again["unchanged"] == 25


def test_an_erased_person_does_not_come_back(subscribed: Command) -> None:
    shown = json.loads(subscribed("subscribers", "show", "--json").out)
    assert subscribed("subscribers", "erase", "office@larkfield.example.org", "--yes").code == 0
    again = json.loads(subscribed("subscribers", "show", "--json").out)
    assert again["suppressions"] == shown["suppressions"] + 1


def test_status_before_anything_was_sent_makes_no_database(newsletter: Command, project: Path) -> None:
    assert newsletter("status").code == 0
    assert not (project / "subscribers/newsletter.db").exists()


def test_help_names_every_command_in_the_order_of_the_work(newsletter: Command) -> None:
    out = newsletter("--help").out
    places = [
        out.index(f"  {name} ")
        for name in ("init", "new", "check", "preview", "build", "approve", "send", "status", "subscribers", "serve")
    ]
    assert places == sorted(places)


def test_an_item_past_its_last_day_is_taken_down_and_the_rest_stays(newsletter: Command, project: Path) -> None:
    item = project / "issues/2026-07-summer/60-holiday-places.md"
    text = item.read_text(encoding="utf-8")
    item.write_text(text.replace("---\n", "---\nretire_on: 1 August 2026\n", 1), encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title:")).removeprefix("title:").strip(" \"'")
    newsletter("build")
    page = (project / "public/issues/2026-07-summer/index.html").read_text(encoding="utf-8")
    assert title not in page
    assert "No longer published" in page
    assert "Message from" in page or "message from" in page
