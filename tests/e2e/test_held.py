"""What must not be seen stays unseen: not sent, not published, not printed, whatever command is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import APPROVE, BRIEFING, FUTURE, ITEM, SEND, add, edit, messages

from newsletter.cli import run
from newsletter.testing import SmtpSink

Command = Callable[..., Any]
OTHER = "briefings/2026-09-operation-encompass"
TRACKED = "\n\nSee [the guide for schools](https://example.us1.list-manage.com/track/click?u=1&id=2).\n"


@pytest.fixture
def never(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A never-publish list outside the publication, of one term that nothing holds yet."""
    path = project.parent / "never.txt"
    path.write_text("Zork Mork\n", encoding="utf-8")
    monkeypatch.setenv("NEWSLETTER_NEVER_PUBLISH", str(path))
    return path


def public(project: Path) -> str:
    """All that is published, as one text."""
    files = sorted(path for path in (project / "public").rglob("*") if path.is_file())
    return "\n".join(f"{path} {path.read_bytes().decode('utf-8', 'replace')}" for path in files)


@pytest.mark.parametrize("where", ["issue", "item"])
def test_an_embargo_keeps_the_whole_issue_out_of_the_archive(newsletter: Command, project: Path, where: str) -> None:
    assert newsletter("build", "--no-pdf").code == 0
    assert (project / "public" / BRIEFING / "index.html").exists()
    edit(project / (ITEM if where == "item" else f"{BRIEFING}/issue.md"), "^title:", f"embargo_until: {FUTURE}\ntitle:")
    ran = newsletter("build", "--no-pdf")
    assert ran.code == 0
    assert f"{BRIEFING} is left out of public/: it is embargoed until" in ran.err
    assert not (project / "public" / BRIEFING).exists()
    assert "Bruising in babies who are not yet moving" not in (project / "public/index.html").read_text("utf-8")
    assert (project / "public" / OTHER / "index.html").exists(), "the others stay"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda project: add(project / ITEM, "\n\nZörk  MORK told us.\n"),
        lambda project: edit(project / ITEM, "^title: .*$", "title: What Zork Mork said"),
        lambda project: (project / ITEM).rename(project / BRIEFING / "20-zork-mork.md"),
        lambda project: edit(project / BRIEFING / "issue.md", "^preheader: .*$", "preheader: By Zork Mork"),
    ],
    ids=["text", "title", "file name", "preheader"],
)
def test_what_must_never_be_published_is_nowhere(
    ready: Command, project: Path, never: Path, spoil: Callable[[Path], None]
) -> None:
    assert ready("build", "--no-pdf").code == 0
    spoil(project)
    ran = ready("build", "--no-pdf", "--json")
    assert ran.code == 0
    held = {hold["path"]: hold["why"] for hold in json.loads(ran.out)["held"]}
    assert "Term 1 of the never-publish list" in held[BRIEFING]
    assert not (project / "public" / BRIEFING).exists()
    sent = ready(*SEND)
    assert sent.code == 1
    assert not messages(project)
    told = "".join((ran.out, ran.err, sent.out, sent.err, public(project))).casefold().replace("ö", "o")
    assert "zork" not in told


def test_no_command_repeats_what_must_never_be_published_nor_writes_it_down(
    ready: Command, project: Path, never: Path
) -> None:
    edit(project / ITEM, "^title: .*$", "title: What Zork Mork said")
    edit(project / BRIEFING / "issue.md", "^subject: .*$", "subject: By Zork Mork")
    told = []
    for command in (
        ("send", BRIEFING, "--test"),
        ("send", BRIEFING, "--to", "practitioners", "--dry-run"),
        APPROVE,
        ("proof", BRIEFING),
        ("check", BRIEFING, "--json"),
        ("build", "--no-pdf", BRIEFING),
        ("status", BRIEFING),
    ):
        ran = ready(*command)
        told += [ran.out, ran.err]
    assert "zork" not in "".join(told).casefold()
    assert "[term 1]" in "".join(told)
    written = (path for path in project.rglob("*") if path.is_file() and path.suffix != ".md")
    assert [path for path in written if b"zork" in path.read_bytes().lower()] == []


def test_a_template_that_names_somebody_changes_nothing_that_is_published(
    newsletter: Command, project: Path, never: Path
) -> None:
    assert newsletter("build", "--no-pdf").code == 0
    before = public(project)
    edit(project / "templates/web/footer.html", r"\A", "<p>Zork <b>Mork</b></p>")
    ran = newsletter("build", "--no-pdf")
    assert ran.code == 1
    assert "term 1 of the never-publish list stands in 404.html" in ran.err
    assert "zork" not in (ran.out + ran.err).lower()
    assert public(project) == before


def test_an_error_in_a_file_repeats_no_term(
    newsletter: Command, project: Path, never: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    edit(project / ITEM, "^kind: .*$", "kind: Zork Mork")
    for command in (("check", BRIEFING), ("build",)):
        ran = newsletter(*command)
        assert ran.code == 2
        assert "term 1" in ran.err
        assert "zork" not in (ran.out + ran.err).lower()
    assert run(["--debug", "check", BRIEFING]) == 2
    out, err = capfd.readouterr()
    assert "Traceback" in err, "the program's own account was asked for"
    assert "zork" not in (out + err).lower()


def test_names_of_subscribers_are_shown_as_they_are(ready: Command, project: Path, never: Path) -> None:
    assert (
        ready("subscribers", "add", "zork@example.org", "--audience", "practitioners", "--name", "Zork Mork").code == 0
    )
    assert "Zork Mork" in ready("subscribers", "show", "zork@example.org").out


def test_an_issue_that_cannot_be_sent_is_not_published_either(ready: Command, project: Path) -> None:
    add(project / ITEM, TRACKED)
    ran = ready("build", "--no-pdf")
    assert f"{BRIEFING} is left out of public/: {ITEM}:" in ran.err
    assert "NL117" in ran.err
    assert not (project / "public" / BRIEFING).exists()
    assert (project / "build/briefing/2026-11-bruising-in-babies/email.html").exists(), "it can still be looked at"


def test_an_issue_that_was_sent_is_not_taken_down_by_a_slip_in_a_template(ready: Command, project: Path) -> None:
    assert ready(*SEND).code == 0
    edit(project / "templates/text/footer.txt", r"\{\{ tags\.preferences_url \}\}", "")
    ran = ready("build", "--no-pdf")
    assert (project / "public" / BRIEFING / "index.html").exists()
    assert f"{OTHER} is left out" in ran.err, "one that was not sent is, since it cannot be"


def test_where_nothing_is_known_of_sendings_a_template_takes_no_archive_down(
    newsletter: Command, project: Path
) -> None:
    edit(project / "templates/text/footer.txt", r"\{\{ tags\.preferences_url \}\}", "")
    add(project / ITEM, TRACKED)
    assert newsletter("build", "--no-pdf").code == 0
    assert (project / "public" / OTHER / "index.html").exists()
    assert not (project / "public" / BRIEFING).exists(), "what stands in its own files holds it"


def stopped_half_way(ready: Command) -> None:
    """Sends to five people before the mail service goes away."""
    taken: list[str] = []

    def refuse_after_five(address: str) -> str | None:
        taken.append(address)
        return "421 4.3.0 closing down" if len(taken) > 5 else None

    with SmtpSink(rcpt=refuse_after_five) as failing:
        assert ready(*SEND, "--transport", failing.dsn).code == 3


def test_a_sending_that_goes_on_later_is_looked_at_again(ready: Command, project: Path, never: Path) -> None:
    stopped_half_way(ready)
    resume = ("send", BRIEFING, "--to", "practitioners", "--resume")
    before = (project / BRIEFING / "issue.md").read_text(encoding="utf-8")
    edit(project / BRIEFING / "issue.md", "^title:", f"embargo_until: {FUTURE}\ntitle:")
    with SmtpSink() as sink:
        ran = ready(*resume, "--transport", sink.dsn)
        assert ran.code == 1
        assert "embargoed until" in ran.err
        (project / BRIEFING / "issue.md").write_text(before, encoding="utf-8")
        never.write_text("not yet moving\n", encoding="utf-8")
        ran = ready(*resume, "--transport", sink.dsn)
        assert ran.code == 1
        assert "Term 1 of the never-publish list" in ran.err
        assert "not yet moving" not in ran.out + ran.err
        assert not sink.messages
        never.write_text("# nothing\n", encoding="utf-8")
        assert ready(*resume, "--transport", sink.dsn).code == 0
        assert len(sink.messages) == 12
