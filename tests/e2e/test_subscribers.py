"""The list through the commands: in, back out again, handed over, forgotten, reported on."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
WHO = "zoe.lindqvist@police.example.org"


def held(newsletter: Command) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(newsletter("subscribers", "show", "--json").out)
    return shown


def test_a_list_comes_in_and_goes_again(newsletter: Command) -> None:
    empty = held(newsletter)
    assert newsletter("subscribers", "undo").out.startswith("There is no import")
    ran = newsletter("subscribers", "import", "subscribers/sample.csv", "--basis", "public task", "--apply")
    assert ran.code == 0, ran.err
    assert "newsletter subscribers undo" in ran.out
    assert "No basis" not in ran.out
    full = held(newsletter)
    dry = newsletter("subscribers", "undo")
    assert (dry.code, held(newsletter)) == (0, full)
    assert "dry run" in dry.out
    document = json.loads(newsletter("subscribers", "undo", "--apply", "--json").out)
    assert document["applied"]
    assert document["import"]["removed"] == full["subscribers"]
    assert held(newsletter) == empty


def test_a_list_without_a_basis_is_brought_in_with_a_plain_warning(newsletter: Command) -> None:
    ran = newsletter("subscribers", "import", "subscribers/sample.csv")
    assert ran.code == 0
    assert "No basis is recorded for" in ran.out
    assert '--basis "public task"' in ran.out
    assert ran.out.rstrip().endswith("newsletter subscribers import subscribers/sample.csv --apply")


def test_columns_and_topics_can_be_given(newsletter: Command, project: Path) -> None:
    (project / "list.csv").write_text(
        "Person,Their mailbox,Bulletin\nJo,jo@example.org,Weekly\nMo,mo@example.org,Schools\n", encoding="utf-8"
    )
    assert newsletter("subscribers", "import", "list.csv").code == 2
    words = ("--column", "email=Their mailbox", "--column", "name=Person", "--column", "audiences=Bulletin")
    ran = newsletter("subscribers", "import", "list.csv", *words, "--topic", "weekly=practitioners", "--json")
    document = json.loads(ran.out)
    assert (document["new"], [bad["line"] for bad in document["invalid"]]) == (1, [3])
    assert newsletter("subscribers", "import", "list.csv", "--column", "email").code == 2
    assert newsletter("subscribers", "import", "list.csv", "--topic", "weekly=nobody", *words).code == 2


def test_whoever_left_mailchimp_never_gets_anything(newsletter: Command, project: Path) -> None:
    newsletter("subscribers", "import", "subscribers/sample.csv", "--apply")
    (project / "unsubscribed.csv").write_text(
        f"Email Address,UNSUB_TIME,LEID,EUID\n{WHO},2026-01-01 10:00:00,1,a\nnew@example.org,2026-01-01 10:00:00,2,b\n",
        encoding="utf-8",
    )
    ran = newsletter("subscribers", "import", "unsubscribed.csv", "--apply")
    assert "export of Mailchimp of people who unsubscribed" in ran.out
    assert "Gets       nothing" in newsletter("subscribers", "show", WHO).out
    assert newsletter("subscribers", "add", "new@example.org", "--audience", "practitioners").code == 1


def test_an_export_holds_the_evidence_and_changes_nothing_when_it_is_read_again(
    newsletter: Command, project: Path
) -> None:
    newsletter("subscribers", "import", "subscribers/sample.csv", "--basis", "public task", "--apply")
    assert newsletter("subscribers", "export", "out.csv").code == 0
    assert (project / "out.csv").stat().st_mode & 0o777 == 0o600
    with (project / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["basis"] for row in rows} == {"public task"}
    again = json.loads(newsletter("subscribers", "import", "out.csv", "--json").out)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, len(rows))


@pytest.mark.parametrize("name", ["held.json", "held.txt"])
def test_everything_held_on_a_person_can_be_handed_to_them(newsletter: Command, project: Path, name: str) -> None:
    newsletter("subscribers", "import", "subscribers/sample.csv", "--apply")
    shown = newsletter("subscribers", "about", WHO)
    assert "Zoë Lindqvist" in shown.out
    document = json.loads(newsletter("subscribers", "about", WHO, "--json").out)
    assert document["subscriptions"][0]["source"] == "import of sample.csv"
    assert newsletter("subscribers", "about", WHO, "-o", name).code == 0
    text = (project / name).read_text(encoding="utf-8")
    assert "Zoë Lindqvist" in text
    assert "okafor" not in text
    assert (project / name).stat().st_mode & 0o777 == 0o600
    assert newsletter("subscribers", "about", WHO, "-o", "no/such/folder.txt").code == 2


def test_an_erased_person_stays_only_as_somebody_never_mailed(newsletter: Command) -> None:
    newsletter("subscribers", "import", "subscribers/sample.csv", "--apply")
    newsletter("subscribers", "erase", WHO, "--yes")
    shown = newsletter("subscribers", "about", WHO).out
    assert "Not on the list." in shown
    assert "reason: erased" in shown
    assert "Lindqvist" not in shown


def test_the_board_sees_whom_the_list_reaches_and_where_nobody_is(newsletter: Command, project: Path) -> None:
    newsletter("subscribers", "import", "subscribers/sample.csv", "--apply")
    assert "[report]" in newsletter("subscribers", "health").out
    settings = project / "newsletter.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '\n[report]\nagencies = ["Northshire Police", "Probation"]\n',
        encoding="utf-8",
    )
    assert "Nobody is reached in: Probation" in newsletter("subscribers", "health").out
    document = json.loads(newsletter("subscribers", "health", "--json").out)
    assert document["gaps"] == {"agencies": ["Probation"], "areas": []}
    assert any(group["name"] == "Northshire Police" and group["reachable"] for group in document["agencies"])


def test_whoever_was_not_confirmed_can_be_asked_after(newsletter: Command, project: Path) -> None:
    (project / "old.csv").write_text(
        "email,name,confirmed\nold@example.org,Old,2020-01-05\nnew@example.org,New,2026-01-05\n", encoding="utf-8"
    )
    newsletter("subscribers", "import", "old.csv", "--audience", "practitioners", "--apply")
    ran = newsletter("subscribers", "in-post", "--older-than", "60", "-o", "ask.csv")
    assert (ran.code, "1 person" in ran.out) == (0, True), ran.err
    text = (project / "ask.csv").read_text(encoding="utf-8-sig")
    assert "old@example.org" in text
    assert "new@example.org" not in text
    (project / "ask.csv").write_text(text.replace("2020-01-05,,", "2020-01-05,,left"), encoding="utf-8")
    newsletter("subscribers", "import", "ask.csv", "--apply")
    assert "Gets       nothing" in newsletter("subscribers", "show", "old@example.org").out
