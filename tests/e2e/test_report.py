"""newsletter report, through the command: what it says after a sending, in each form."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import BRIEFING, SEND

from newsletter.testing import SmtpSink

Command = Callable[..., Any]


@pytest.fixture
def sent(ready: Command) -> Command:
    """The briefing went out; one address was refused."""
    refused: list[str] = []

    def refuse_the_first(address: str) -> str | None:
        refused.append(address)
        return "550 no such user" if len(refused) == 1 else None

    with SmtpSink(rcpt=refuse_the_first) as sink:
        assert ready(*SEND, "--transport", f"{sink.dsn}?connections=1").code == 3
    return ready


def test_it_tells_what_was_sent_in_each_form(sent: Command, project: Path) -> None:
    ran = sent("report")
    assert ran.code == 0
    assert "1 sending: 17 recipients, 16 reached, 0 came back, 1 not taken" in ran.out
    answer = json.loads(sent("report", BRIEFING, "--json").out)
    assert (answer["totals"]["reached"], answer["sent"][0]["refused"]) == (16, 1)
    assert sent("report", "-o", "report.html").out == "Written to report.html.\n"
    assert "<h1>Report on newsletters and briefings</h1>" in (project / "report.html").read_text(encoding="utf-8")
    assert sent("report", "-o", "report.csv").code == 0
    rows = list(csv.DictReader((project / "report.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["issue"], row["reached"], row["refused"]) for row in rows] == [(BRIEFING, "16", "1")]


def test_a_test_sending_is_not_reported(ready: Command) -> None:
    assert ready("send", BRIEFING, "--test").code == 0
    assert ready("report").out.startswith("0 sendings")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--since", "16/4/2026"), 2, "more than one way"),
        (("--since", "1 May 2026", "--until", "1 April 2026"), 2, "later than"),
        (("no-such-issue",), 2, "There is no issue"),
        (("-o", "no/such/folder/report.html"), 2, "cannot be written"),
    ],
)
def test_what_cannot_be_reported_is_told(ready: Command, words: tuple[str, ...], code: int, said: str) -> None:
    ran = ready("report", *words)
    assert ran.code == code
    assert said in ran.err


def test_without_a_list_there_is_nothing_to_report(newsletter: Command, project: Path) -> None:
    ran = newsletter("report")
    assert ran.code == 1
    assert "no list yet" in ran.err
    assert not (project / "subscribers/newsletter.db").exists()
