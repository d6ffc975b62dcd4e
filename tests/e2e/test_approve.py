"""What `newsletter approve` and `newsletter status` say and write down, and whom they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import APPROVE, BRIEFING, FUTURE, ITEM, SEND, add, edit, messages

Command = Callable[..., Any]
SCRUTINEER = ("--name", "Sam Rivers", "--role", "Independent Scrutineer", "--yes")


def exported(project: Path) -> list[dict[str, Any]]:
    document = json.loads((project / BRIEFING / "approvals.json").read_text(encoding="utf-8"))
    assert document["issue"] == BRIEFING
    return list(document["approvals"])


def test_what_is_approved_is_shown_first(ready: Command) -> None:
    ran = ready(*APPROVE)
    assert ran.code == 0, ran.err
    assert "Bruising in babies who are not yet moving" in ran.out
    assert "Multi-agency practitioners: 17 people" in ran.out
    assert "Schools, colleges and early years: 8 people" in ran.out
    assert "minutes" in ran.out
    assert "Ready to send" in ran.out
    assert "Recorded: 1 approval" in ran.out


def test_what_holds_it_up_is_shown_and_nothing_is_accepted_silently(ready: Command, project: Path) -> None:
    add(project / ITEM, "\n\nTime: TBC\n")
    edit(project / BRIEFING / "issue.md", "^title:", f"embargo_until: {FUTURE}\ntitle:")
    ran = ready(*APPROVE)
    assert ran.code == 0, "whoever approves today need not wait for the embargo to pass"
    assert "STOP NL001" in ran.out
    assert "FIX NL009" in ran.out
    assert "It cannot be sent while this stands: NL001, NL009." in ran.out


def test_without_a_terminal_nobody_is_asked_and_nothing_is_recorded(ready: Command, project: Path) -> None:
    ran = ready(*APPROVE[:-1])
    assert ran.code == 1
    assert "nothing was recorded" in ran.err
    assert not (project / BRIEFING / "approvals.json").exists()
    assert "approved" not in ready("status", BRIEFING).out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--name", "Sam Rivers", "--yes"), 2, "--role"),
        (("--name", " ", "--role", "Chair", "--yes"), 2, "--name"),
        ((*SCRUTINEER, "--accept", "NL102"), 2, "gives no reason"),
        ((*SCRUTINEER, "--accept", "NL102=so it is"), 2, "found nothing that has to be accepted"),
        ((*SCRUTINEER, "--accept", "NL999=so it is"), 2, "found nothing that has to be accepted"),
    ],
)
def test_an_approval_that_is_not_clearly_meant_is_not_recorded(
    ready: Command, project: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = ready("approve", BRIEFING, *words)
    assert ran.code == code, ran.out
    assert said in ran.err
    assert not (project / BRIEFING / "approvals.json").exists()


def test_the_trail_stands_beside_the_issue_and_decides_nothing(ready: Command, project: Path) -> None:
    add(project / "newsletter.toml", "\n[approval]\nrequired = 1\n")
    add(project / ITEM, "\n\nTime: TBC\n")
    assert ready(*APPROVE, "--accept", "NL009=the time follows").code == 0
    (one,) = exported(project)
    assert (one["name"], one["role"]) == ("Sam Rivers", "Independent Scrutineer")
    assert one["accepted"] == {"NL009": "the time follows"}
    assert len(one["hash"]) == 64
    assert ready(*APPROVE, "--withdraw").code == 0
    assert exported(project)[0]["withdrawn"]
    forged = {"issue": BRIEFING, "approvals": [{key: one[key] for key in ("name", "role", "at", "hash", "accepted")}]}
    (project / BRIEFING / "approvals.json").write_text(json.dumps(forged), encoding="utf-8")
    sent = ready(*SEND)
    assert sent.code == 1
    assert "0 of the 1 approvals" in sent.err
    assert not messages(project)


def test_a_new_issue_from_an_old_one_takes_no_approvals_along(ready: Command, project: Path) -> None:
    assert ready(*APPROVE).code == 0
    ran = ready("new", "briefing", "Bruising again", "--date", "8 December 2026", "--from", BRIEFING)
    assert ran.code == 0, ran.err
    assert not (project / "briefings/2026-12-bruising-again/approvals.json").exists()
    assert (project / "briefings/2026-12-bruising-again/20-what-to-do.md").exists()


def test_every_role_that_the_settings_list_must_approve(ready: Command, project: Path) -> None:
    add(project / "newsletter.toml", '\n[approval]\nroles = ["Independent Scrutineer", "Legal adviser"]\n')
    first = ready(*APPROVE)
    assert "no approval from the role Legal adviser" in first.out
    sent = ready(*SEND)
    assert sent.code == 1
    assert "no approval from the role Legal adviser" in sent.err
    misspelt = ready("approve", BRIEFING, "--name", "Jo Smith", "--role", "Legal advisor", "--yes")
    assert misspelt.code == 2
    assert "Did you mean 'Legal adviser'?" in misspelt.err
    assert ready("approve", BRIEFING, "--name", "Jo Smith", "--role", "legal adviser", "--yes").code == 0
    assert ready(*SEND).code == 0
    assert len(messages(project)) == 17


def test_nobody_approves_their_own_words_where_the_settings_say_so(ready: Command, project: Path) -> None:
    edit(
        project / BRIEFING / "10-ring-the-same-day.md", "contributor: Designated nurse", "contributor: Sam Rivers, NHS"
    )
    assert ready(*APPROVE).code == 0, "by default they may"
    add(project / "newsletter.toml", "\n[approval]\nrequired = 1\nnot_author = true\n")
    refused = ready("approve", BRIEFING, "--name", "SAM RIVERS", "--role", "Scrutineer", "--yes")
    assert refused.code == 1
    assert "10-ring-the-same-day.md names them as its contributor" in refused.err
    sent = ready(*SEND)
    assert sent.code == 1, "an approval from before the rule does not count either"
    assert "0 of the 1 approvals" in sent.err
    assert "does not count: they wrote for this issue" in ready("status", BRIEFING).out
    assert ready("approve", BRIEFING, "--name", "Jo Smith", "--role", "Scrutineer", "--yes").code == 0
    assert ready(*SEND).code == 0


def test_status_tells_what_became_of_every_approval(ready: Command, project: Path) -> None:
    assert ready(*APPROVE).code == 0
    edit(project / ITEM, "drowsy", "sleepy")
    assert ready("approve", BRIEFING, "--name", "Jo Smith", "--role", "Business manager", "--yes").code == 0
    ran = ready("status", BRIEFING)
    assert "stale: Sam Rivers (Independent Scrutineer)" in ran.out
    assert f"since then: {ITEM} changed" in ran.out
    assert "approved: Jo Smith (Business manager)" in ran.out
    told = json.loads(ready("status", BRIEFING, "--json").out)["approvals"]
    assert [(one["name"], one["state"], one["counts"]) for one in told] == [
        ("Sam Rivers", "stale", False),
        ("Jo Smith", "approved", True),
    ]
    assert told[0]["changed"] == [f"{ITEM} changed"]


def test_status_of_an_issue_that_cannot_be_read_says_so(ready: Command, project: Path) -> None:
    assert ready(*APPROVE).code == 0
    edit(project / ITEM, "^title:.*$", "titel: x")
    ran = ready("status", BRIEFING)
    assert ran.code == 0
    assert "it is not known which approvals hold" in ran.out


def test_a_withdrawal_says_what_there_was_to_withdraw(ready: Command, project: Path) -> None:
    withdraw = ("approve", BRIEFING, "--name", "Sam Rivers", "--withdraw")
    assert "There is no approval" in ready(*withdraw).out
    assert ready(*APPROVE).code == 0
    assert "taken back" in ready(*withdraw).out
    assert "withdrawn: Sam Rivers" in ready("status", BRIEFING).out
    assert ready(*APPROVE).code == 0
    edit(project / ITEM, "drowsy", "sleepy")
    assert "holds no longer" in ready(*withdraw).out


def test_no_approval_names_what_must_never_be_published(
    ready: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.parent / "never.txt").write_text("Zork Mork\n", encoding="utf-8")
    monkeypatch.setenv("NEWSLETTER_NEVER_PUBLISH", str(project.parent / "never.txt"))
    add(project / ITEM, "\n\nTime: TBC\n")
    ran = ready(*APPROVE, "--accept", "NL009=Zork Mork asked for it")
    assert ran.code == 1
    assert "term 1" in ran.err
    assert "Zork" not in ran.out + ran.err
    assert not (project / BRIEFING / "approvals.json").exists()
    assert b"Zork" not in (project / "subscribers/newsletter.db").read_bytes()
