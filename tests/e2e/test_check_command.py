"""`newsletter check` as it is used: its forms of output, its repairs, and its word on links."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.checks.web_kit import LOOPBACK, serving

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"
ITEM = f"{BRIEFING}/20-what-to-do.md"
HEAD = "---\ntitle: What to do\n---\n"
SAFE = "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fa&data=1"
MENDABLE = f"{HEAD}Ask the the team on the 26th of November 2026.\n\nSee [the policy]({SAFE}).\n"
MENDED = f"{HEAD}Ask the team on 26 November 2026.\n\nSee [the policy](https://www.example.org/a).\n"


def write(project: Path, text: str, item: str = ITEM) -> Path:
    path = project / item
    path.write_bytes(text.encode("utf-8"))
    return path


def write_alone(project: Path, text: str) -> Path:
    """The same, as the only words of the issue: no link of theirs may be asked in a test."""
    for path in (project / BRIEFING).glob("*.md"):
        path.unlink()
    issue = "---\ntitle: Bruising\ndate: 11 November 2026\npreheader: What to do\ncontact: training\n---\n"
    write(project, issue, f"{BRIEFING}/issue.md")
    return write(project, text)


def test_a_finding_is_told_with_file_line_and_column(newsletter: Command, project: Path) -> None:
    write(project, f"{HEAD}Words come first.\n\nThe policy is [here](https://www.example.org/a).\n")
    ran = newsletter("check", BRIEFING)
    assert ran.code == 1
    assert f"FIX    NL102  {ITEM}:6:16\n  “here”\n" in ran.out
    assert ran.out.rstrip().endswith("1 thing to fix. Not ready to send.")
    (finding,) = json.loads(newsletter("check", BRIEFING, "--json").out)["issues"][0]["findings"]
    assert (finding["file"], finding["line"], finding["column"], finding["words"]) == (ITEM, 6, 16, "here")
    assert newsletter("check", BRIEFING, "--format", "json").out == newsletter("check", BRIEFING, "--json").out


def test_the_worst_five_are_shown_and_the_rest_counted_once(newsletter: Command, project: Path) -> None:
    links = " ".join(f"[here](https://www.example.org/{number}) or\n" for number in range(8))
    bare = " ".join(f"www.example.org/{number} or\n" for number in range(3))
    write(project, f"{HEAD}{links}{bare}that.\n")
    out = newsletter("check", BRIEFING).out
    assert out.count("FIX    NL102") == 5
    assert out.count("more of NL102") == 1
    assert "and 6 more of NL102" in out
    everything = newsletter("check", BRIEFING, "--all").out
    assert everything.count("NL102") == 11


def test_words_minutes_and_reading_age_are_told_of_the_issue_and_with_all_of_each_item(newsletter: Command) -> None:
    plain, everything = (newsletter("check", BRIEFING, *words).out for words in ((), ("--all",)))
    issue = json.loads(newsletter("check", BRIEFING, "--json").out)["issues"][0]
    age = f"reading age {issue['reading_age']:.0f}"
    assert f"{issue['words']:,} words, {issue['minutes']:g} minutes to read, {age}, email of " in plain
    assert len([one for one in plain.splitlines() if "to read" in one]) == 1
    for item in issue["items"]:
        assert f"  {item['title']}: {item['words']:,} words, {item['minutes']:g} minute" in everything
        assert item["title"] not in plain
    assert newsletter("build", BRIEFING).code == 0
    edition = json.loads(Path("build/briefing/2026-11-bruising-in-babies/edition.json").read_text("utf-8"))
    assert edition["reading_age"] == issue["reading_age"]
    assert edition["minutes"] == issue["minutes"]


def test_github_marks_stand_at_their_lines_and_are_escaped(newsletter: Command, project: Path) -> None:
    write(project, f"{HEAD}See [50% off, or: here](https://www.example.org/a) and [here](https://www.example.org/b).\n")
    ran = newsletter("check", BRIEFING, "--format", "github")
    assert ran.code == 1
    (mark,) = [line for line in ran.out.splitlines() if line.startswith("::")]
    assert mark.startswith(f"::error file={ITEM},line=4,col=57,title=NL102::“here”%0AThese words")
    assert ran.out.splitlines()[-1] == f"{BRIEFING}: 1 thing to fix. Not ready to send."
    write(project, f"{HEAD}Ask the 100%%the team.\n\n**50%: a, b**\n\nWords of the the team.\n")
    advice = newsletter("check", BRIEFING, "--format", "github")
    assert advice.code == 0
    assert any(line.startswith("::notice file=") and "50%25: a, b" in line for line in advice.out.splitlines())


def test_github_reckons_paths_from_the_repository(newsletter: Command, project: Path) -> None:
    (project.parent / ".git").mkdir()
    write(project, f"{HEAD}The policy is [here](https://www.example.org/a).\n")
    assert f"::error file=publication/{ITEM},line=4" in newsletter("check", BRIEFING, "--format", "github").out


def test_github_marks_what_cannot_be_read(newsletter: Command, project: Path) -> None:
    write(project, "---\ntitle: A\ntitel: B\n---\nWords.\n")
    ran = newsletter("check", BRIEFING, "--format", "github")
    assert ran.code == 2
    assert f"::error file={ITEM},line=3,title=Cannot be read::" in ran.out


def test_without_a_terminal_repairs_are_only_shown(newsletter: Command, project: Path) -> None:
    path = write(project, MENDABLE)
    ran = newsletter("check", "--fix", BRIEFING)
    assert ran.code == 1
    assert f"--- {ITEM}\n+++ {ITEM}\n" in ran.out
    assert "-Ask the the team on the 26th of November 2026.\n" in ran.out
    assert "+Ask the team on 26 November 2026.\n" in ran.out
    assert "3 changes in 1 file" in ran.out
    assert "--yes" in ran.err
    assert path.read_bytes() == MENDABLE.encode()


def test_repairs_are_written_with_yes_and_then_there_is_nothing_left(newsletter: Command, project: Path) -> None:
    path = write(project, MENDABLE)
    assert newsletter("check", "--fix", "--yes", BRIEFING).code == 0
    assert path.read_bytes() == MENDED.encode()
    again = newsletter("check", "--fix", BRIEFING)
    assert again.code == 0
    assert "There is nothing that a machine can mend." in again.out
    assert "Ready to send." in again.out


def test_repairs_are_told_in_json(newsletter: Command, project: Path) -> None:
    path = write(project, MENDABLE)
    ran = newsletter("check", "--fix", "--json", BRIEFING)
    assert ran.code == 1
    shown = json.loads(ran.out)
    assert shown["written"] is False
    assert [(one["code"], one["line"], one["column"], one["old"], one["new"]) for one in shown["fixes"]][:2] == [
        ("NL113", 4, 5, "the the", "the"),
        ("NL108", 4, 21, "the 26th of November 2026", "26 November 2026"),
    ]
    assert path.read_bytes() == MENDABLE.encode()
    written = json.loads(newsletter("check", "--fix", "--yes", "--json", BRIEFING).out)
    assert written["fixes"] == shown["fixes"]
    assert written["issues"][0]["findings"] == []


def test_the_samples_have_nothing_to_mend(newsletter: Command) -> None:
    ran = newsletter("check", "--fix")
    assert ran.code == 0
    assert "nothing that a machine can mend" in ran.out


def test_no_term_of_the_never_publish_list_is_shown_beside_a_repair(
    newsletter: Command, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "never.txt").write_text("Robin Example\n", encoding="utf-8")
    monkeypatch.setenv("NEWSLETTER_NEVER_PUBLISH", str(tmp_path / "never.txt"))
    write(project, f"{HEAD}Ask the the mother of Robin Example.\n\nRobin Example's words.\n")
    for words in (("--fix",), ("--fix", "--json"), ("--format", "github"), ()):
        ran = newsletter("check", BRIEFING, *words)
        assert "robin" not in (ran.out + ran.err).lower()
        assert "--json" in words or "term 1" in ran.out


@pytest.mark.parametrize(("answer", "text", "code"), [(b"y\n", MENDED, 0), (b"n\n", MENDABLE, 1), (b"\n", MENDABLE, 1)])
def test_on_a_terminal_it_asks_before_it_writes(project: Path, answer: bytes, text: str, code: int) -> None:
    path = write(project, MENDABLE)
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", "check", "--fix", BRIEFING],
            stdin=theirs, stdout=theirs, stderr=theirs, cwd=project, env=os.environ | {"NO_COLOR": "1"},
        )  # fmt: skip
        os.close(theirs)
        shown = b""
        while b"Write these changes?" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, answer)
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # Linux says so when the other side is closed
                break
            if not more:
                break
        assert process.wait(60) == code
    finally:
        os.close(ours)
    assert path.read_bytes() == text.encode()


def test_links_are_asked_and_the_answers_told(newsletter: Command, project: Path) -> None:
    with serving() as web:
        gone, busy, good = (web.url(f"/status/{status}", LOOPBACK) for status in (404, 503, 200))
        write_alone(project, f"{HEAD}See [the first]({gone}),\n[the second]({busy}) and\n[the third]({good}).\n")
        quiet = newsletter("check", BRIEFING)
        assert "NL104" not in quiet.out
        assert web.requests == []
        ran = newsletter("check", BRIEFING, "--links", "--allow-private", "--json")
        answers = {one["url"]: one for one in json.loads(ran.out)["links"]}
        assert [answers[url]["state"] for url in (gone, busy, good)] == ["dead", "doubtful", "alive"]
        text = newsletter("check", BRIEFING, "--links", "--allow-private").out
        assert f"FIX    NL104  {ITEM}:4:17\n  “{gone}”\n  The page is gone (404)." in text
        assert f"ADVICE NL104  {ITEM}:5:14\n  “{busy}”" in text
        assert text.count("NL104") == 2
        assert text.startswith("3 links looked at: 1 answers, 1 is gone, 1 gave no clear answer.\n")
        asked = len(web.requests)
        newsletter("check", BRIEFING, "--links", "--allow-private")
        assert len(web.requests) == asked, "the answers are remembered"
        newsletter("check", BRIEFING, "--links", "--allow-private", "--max-age", "0")
        assert len(web.requests) > asked


def test_this_machine_is_not_asked_unless_it_is_allowed(newsletter: Command, project: Path) -> None:
    with serving() as web:
        write_alone(project, f"{HEAD}See [the first]({web.url('/status/404', LOOPBACK)}).\n")
        ran = newsletter("check", BRIEFING, "--links")
        assert web.requests == []
        assert "was not asked" in ran.out


def test_a_link_is_not_encrypted_on_a_guess(newsletter: Command, project: Path) -> None:
    """The site answers, and does not send its readers to https://."""
    with serving() as web:
        path = write_alone(project, f"{HEAD}See [the first]({web.url('/status/200', LOOPBACK)}).\n")
        before = path.read_bytes()
        newsletter("check", "--fix", "--yes", "--links", "--allow-private", BRIEFING)
        assert path.read_bytes() == before


def test_the_archive_is_looked_through(newsletter: Command, project: Path) -> None:
    assert newsletter("check", "--archive").code == 2
    assert newsletter("build", "--no-pdf").code == 0
    ran = newsletter("check", "--archive")
    assert ran.code == 0, ran.out
    assert ran.out.strip().startswith("No link leads nowhere, in ")
    page = next((project / "public").rglob("2026-11-bruising-in-babies/index.html"))
    shown = page.relative_to(project).as_posix()
    text = page.read_text("utf-8")
    with serving() as web:
        links = f'\n<a href="none.html">a</a><a href="{web.url("/status/410", LOOPBACK)}">b</a></main>'
        page.write_text(text.replace("</main>", links), "utf-8")
        inner = newsletter("check", "--archive", "--json")
        assert inner.code == 1
        assert [(one["file"], one["words"]) for one in json.loads(inner.out)["findings"]] == [(shown, "none.html")]
        assert web.requests == []
    marks = newsletter("check", "--archive", "--format", "github").out
    assert f"::error file={shown},line=" in marks
    assert "1 link leads nowhere, in " in marks


@pytest.mark.parametrize(
    "words",
    [
        ("--archive", BRIEFING),
        ("--archive", "--fix"),
        ("--format", "poem"),
        ("--links", "--max-age", "-1"),
        ("--max-age", "nan"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(newsletter: Command, words: tuple[str, ...]) -> None:
    ran = newsletter("check", *words)
    assert ran.code == 2
    assert ran.err.strip()
