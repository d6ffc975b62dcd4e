"""Sending later, through the commands: scheduled, found due, looked at again, found late, moved, paused, cancelled."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import APPROVE, BRIEFING, ITEM, add, edit, messages

from newsletter.app import App
from newsletter.models.dates import parse_moment, print_moment
from newsletter.testing import SmtpSink

Command = Callable[..., Any]
TO = (BRIEFING, "--to", "practitioners")
PEOPLE = 17
START = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
AT = START + timedelta(hours=20)


class Time:
    """What the program takes for the time."""

    now = START


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    found = Time()
    monkeypatch.setattr(App, "now", lambda self: found.now)
    return found


def schedule(newsletter: Command, *words: str) -> Any:
    return newsletter("send", *TO, "--confirm", str(PEOPLE), "--at", print_moment(AT), *words)


def when_due(time: Time, newsletter: Command, *words: str, hours: float = 0.2) -> Any:
    time.now = AT + timedelta(hours=hours)
    return newsletter("send", "--due", *words)


def campaign(newsletter: Command) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(newsletter("status", BRIEFING, "--json").out)["campaigns"][0]
    return found


def test_what_is_scheduled_is_sent_when_it_is_due_and_not_before(ready: Command, project: Path, time: Time) -> None:
    ran = schedule(ready)
    assert ran.code == 0, ran.err
    assert f"Scheduled for {print_moment(AT)} (UK time)" in ran.out
    status = ready("status", BRIEFING)
    assert ": scheduled" in status.out
    assert f"to be sent {print_moment(AT)} (UK time)" in status.out
    quiet = ready("send", "--due")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", ""), "cron mails whatever is printed"
    assert not messages(project)
    ran = when_due(time, ready)
    assert ran.code == 0, ran.err
    assert f"{PEOPLE} recipients = {PEOPLE} accepted" in ran.out
    assert len(messages(project)) == PEOPLE
    assert (project / "public" / BRIEFING / "index.html").exists(), "the web copy is there before the first message"
    assert when_due(time, ready).out == "", "once"
    assert len(messages(project)) == PEOPLE


def test_an_issue_can_be_scheduled_for_its_day_before_that_has_come(ready: Command, project: Path, time: Time) -> None:
    day = re.search("^date: (.*)$", (project / BRIEFING / "issue.md").read_text(encoding="utf-8"), re.M)
    assert day is not None
    at = parse_moment(f"{day[1]} 10am")
    time.now = at - timedelta(days=2)
    assert "day of publication" in ready("send", *TO, "--confirm", str(PEOPLE)).err
    assert ready("send", *TO, "--confirm", str(PEOPLE), "--at", print_moment(at)).code == 0
    time.now = at
    assert ready("send", "--due").code == 0
    assert len(messages(project)) == PEOPLE


def test_the_answer_to_a_program_is_one_document(ready: Command, time: Time) -> None:
    answer = json.loads(schedule(ready, "--json").out)
    assert answer["campaigns"][0]["state"] == "scheduled"
    assert answer["campaigns"][0]["pending"] == PEOPLE
    answer = json.loads(when_due(time, ready, "--json").out)
    assert answer["campaigns"][0]["accepted"] == PEOPLE
    assert answer["campaigns"][0]["state"] == "finished"
    assert json.loads(ready("send", "--due", "--json").out) == {"campaigns": []}


def test_a_mistake_in_another_issue_pauses_it_with_why_since_the_web_copy_cannot_be_written(
    ready: Command, project: Path, time: Time
) -> None:
    assert schedule(ready).code == 0
    other = project / "briefings/2026-09-operation-encompass/issue.md"
    whole = other.read_text(encoding="utf-8")
    edit(other, "^title:", "titel:")
    ran = when_due(time, ready)
    assert ran.code == 1
    assert "titel" in ran.out
    assert f"newsletter send {BRIEFING} --to practitioners --resume" in ran.out
    assert campaign(ready)["state"] == "paused"
    assert not messages(project)
    other.write_text(whole, encoding="utf-8")
    assert ready("send", *TO, "--resume").code == 0
    assert len(messages(project)) == PEOPLE


def test_while_another_command_is_sending_what_is_due_waits_and_says_nothing(
    ready: Command, project: Path, time: Time
) -> None:
    assert schedule(ready).code == 0
    with App.open(project) as other, other.store.ledger.sending():
        ran = when_due(time, ready)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert campaign(ready)["state"] == "scheduled"
    assert when_due(time, ready).code == 0
    assert len(messages(project)) == PEOPLE


SPOILS = ("a file changed", "an embargo", "an approval withdrawn", "a term that must never be published", "no audience")


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_may_not_be_sent_any_more_when_its_time_comes_is_paused_with_why(
    ready: Command, project: Path, time: Time, spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = project / "newsletter.toml"
    add(settings, "\n[approval]\nrequired = 1\n")
    assert ready(*APPROVE).code == 0
    assert schedule(ready).code == 0
    said = "no longer what was scheduled"
    if spoil == "a file changed":
        add(project / ITEM, "\n\nOne more sentence.\n")
    elif spoil == "an embargo":
        edit(project / ITEM, "^title:", f"embargo_until: {print_moment(AT + timedelta(days=9))}\ntitle:")
        said = "NL001"
    elif spoil == "an approval withdrawn":
        assert ready("approve", BRIEFING, "--name", "Sam Rivers", "--withdraw").code == 0
        said = "0 of the 1 approvals"
    elif spoil == "a term that must never be published":
        never = project.parent / "never.txt"
        never.write_text("not yet moving\n", encoding="utf-8")
        monkeypatch.setenv("NEWSLETTER_NEVER_PUBLISH", str(never))
        said = "NL007"
    else:
        edit(settings, r"^\[audiences\.practitioners\]$", "[audiences.others]")
        edit(settings, "^required = 1", "required = 0")
        said = "no longer in newsletter.toml"
    ran = when_due(time, ready)
    assert ran.code == 1, ran.out
    assert "was not sent, and is paused now" in ran.out
    assert said in ran.out
    assert not messages(project)
    assert campaign(ready)["state"] == "paused"
    assert said in ready("status").out
    assert when_due(time, ready).out == "", "told once, not every five minutes"


def test_a_person_may_send_what_was_scheduled_although_the_folder_has_gone_on(
    ready: Command, project: Path, time: Time
) -> None:
    assert schedule(ready).code == 0
    add(project / ITEM, "\n\nOne more sentence.\n")
    assert when_due(time, ready).code == 1
    ran = ready("send", *TO, "--resume")
    assert ran.code == 0, ran.err
    sent = messages(project)
    assert len(sent) == PEOPLE
    assert not any("One more sentence" in str(message) for message in sent), "what was frozen, and nothing else"


def test_an_approval_taken_back_stops_what_was_scheduled_whatever_command_is_given(
    ready: Command, project: Path, time: Time
) -> None:
    add(project / "newsletter.toml", "\n[approval]\nrequired = 1\n")
    assert ready(*APPROVE).code == 0
    assert schedule(ready).code == 0
    assert ready("approve", BRIEFING, "--name", "Sam Rivers", "--withdraw").code == 0
    add(project / ITEM, "\n\nOne more sentence.\n")
    for words in (("send", "--due"), ("send", *TO, "--resume"), ("send", *TO, "--resume", "--at", "now")):
        time.now = AT
        ran = ready(*words)
        assert ran.code == 1, ran.out
    assert "0 of the 1 approvals" in ran.err
    assert not messages(project)


def test_found_hours_late_it_is_not_sent_by_itself(ready: Command, project: Path, time: Time) -> None:
    assert schedule(ready).code == 0
    ran = when_due(time, ready, hours=5)
    assert ran.code == 1
    assert "5 hours ago" in ran.out
    command = f"newsletter send {BRIEFING} --to practitioners --resume"
    assert command in ran.out
    assert not messages(project)
    assert ready(*command.split()[1:]).code == 0
    assert len(messages(project)) == PEOPLE


def test_it_can_be_moved_and_sent_earlier(ready: Command, project: Path, time: Time) -> None:
    assert schedule(ready).code == 0
    again = schedule(ready)
    assert again.code == 1
    assert "is scheduled for" in again.err
    moved = print_moment(AT + timedelta(hours=3))
    assert moved in ready("send", *TO, "--resume", "--at", moved).out
    assert when_due(time, ready).out == ""
    early = ready("send", *TO, "--resume")
    assert early.code == 1
    assert "--at now" in early.err
    assert ready("send", *TO, "--resume", "--at", "now").code == 0
    assert len(messages(project)) == PEOPLE


def test_paused_it_does_not_start_and_resumed_it_waits_again(ready: Command, project: Path, time: Time) -> None:
    assert schedule(ready).code == 0
    assert ready("pause", *TO, "--by", "Jo Smith").code == 0
    assert when_due(time, ready).out == ""
    time.now = START
    assert "Scheduled for" in ready("send", *TO, "--resume").out
    assert when_due(time, ready).code == 0
    assert len(messages(project)) == PEOPLE


def test_cancelled_before_anybody_got_it_the_issue_can_be_sent_anew(ready: Command, project: Path, time: Time) -> None:
    assert schedule(ready).code == 0
    asked = ready("cancel", *TO)
    assert asked.code == 1
    assert "--yes" in asked.err
    ran = ready("cancel", *TO, "--yes", "--by", "Jo Smith")
    assert ran.code == 0
    assert f"{PEOPLE} recipients = 0 accepted + {PEOPLE} excluded" in ran.out
    assert when_due(time, ready).out == ""
    resumed = ready("send", *TO, "--resume")
    assert resumed.code == 1
    assert "cancelled" in resumed.err
    assert ready("send", *TO, "--confirm", str(PEOPLE)).code == 0
    assert len(messages(project)) == PEOPLE
    again = ready("send", *TO, "--confirm", str(PEOPLE))
    assert again.code == 1
    assert "already" in again.err


def test_cancelled_half_way_nobody_is_mailed_twice_by_another_try(ready: Command, project: Path) -> None:
    taken: list[str] = []

    def refuse_after_five(address: str) -> str | None:
        taken.append(address)
        return "421 4.3.0 closing down" if len(taken) > 5 else None

    with SmtpSink(rcpt=refuse_after_five) as failing:
        assert ready("send", *TO, "--confirm", str(PEOPLE), "--transport", failing.dsn).code == 3
    ran = ready("cancel", *TO, "--yes")
    assert f"{PEOPLE} recipients = 5 accepted + 12 excluded + 0 refused + 0 uncertain + 0 pending" in ran.out
    for words in (("--resume",), ("--confirm", "12"), ("--confirm", str(PEOPLE))):
        assert ready("send", *TO, *words).code == 1
    education = json.loads(ready("send", BRIEFING, "--to", "education", "--dry-run", "--json").out)
    assert education["excluded"] == len({*failing.recipients} & {*_addresses(ready, "education")})
    assert not messages(project)


def _addresses(newsletter: Command, audience: str) -> list[str]:
    rows = Path("subscribers/sample.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    return [row.split(",")[0] for row in rows if audience in row]


def test_an_earlier_edition_that_still_waits_must_be_cancelled_first(ready: Command, project: Path, time: Time) -> None:
    assert schedule(ready).code == 0
    add(project / ITEM, "\n\nOne more sentence.\n")
    ran = ready("send", *TO, "--confirm", str(PEOPLE))
    assert ran.code == 1
    assert f"newsletter cancel {BRIEFING} --to practitioners" in ran.err
    assert ready("cancel", *TO, "--yes").code == 0
    assert ready("send", *TO, "--confirm", str(PEOPLE)).code == 0
    assert len(messages(project)) == PEOPLE


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((*TO, "--at", "next week"), 2, "not a date"),
        ((*TO, "--at", "26 November 2020 10am"), 1, "is past"),
        ((*TO, "--at", "tomorrow 10am"), 1, "nobody could be asked"),
        ((*TO, "--at", "tomorrow 10am", "--confirm", "1"), 1, "has 17 recipients"),
        ((*TO, "--at", "tomorrow 10am", "--transport", "outbox:x"), 2, "--due"),
        ((BRIEFING, "--test", "--at", "tomorrow 10am"), 2, "--test"),
        ((BRIEFING, "--due"), 2, "takes no issue"),
        ((), 2, "ISSUE"),
    ],
)
def test_a_time_that_is_not_clearly_meant_is_refused(
    ready: Command, project: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = ready("send", *words)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert json.loads(ready("status", "--json").out)["campaigns"] == []


def test_only_what_runs_or_waits_can_be_paused_and_what_is_over_cannot_be_cancelled(ready: Command) -> None:
    for command in ("pause", "cancel"):
        ran = ready(command, *TO)
        assert ran.code == 1
        assert "No campaign of" in ran.err
    assert ready("send", *TO, "--confirm", str(PEOPLE)).code == 0
    for command in ("pause", "cancel"):
        assert ready(command, *TO, *(["--yes"] if command == "cancel" else [])).code == 1
