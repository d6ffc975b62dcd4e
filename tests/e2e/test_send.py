"""What `newsletter send` does, and everything that it refuses, through the command."""

from __future__ import annotations

import json
import mailbox
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.models.dates import short_date
from newsletter.testing import SmtpSink

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"


def edit(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(pattern, replacement, text, count=1, flags=re.M)
    assert count == 1, f"{pattern} is not in {path}"
    path.write_text(changed, encoding="utf-8")


def messages(project: Path) -> list[mailbox.MaildirMessage]:
    return list(mailbox.Maildir(project / "outbox", create=False)) if (project / "outbox").exists() else []


def recipients(newsletter: Command, *words: str) -> int:
    document = json.loads(newsletter("send", BRIEFING, "--to", "practitioners", "--dry-run", "--json", *words).out)
    return int(document["recipients"])


def test_a_dry_run_sends_nothing_and_writes_nothing(subscribed: Command, project: Path) -> None:
    ran = subscribed("send", BRIEFING, "--to", "practitioners", "--dry-run")
    assert ran.code == 0
    assert "nothing was sent" in ran.out
    assert "•••@" in ran.out
    assert not messages(project)
    assert not (project / "public").exists()
    assert subscribed("status").out.startswith("Nothing was sent yet.")


def test_the_confirmed_number_sends_to_everybody_once(subscribed: Command, project: Path) -> None:
    number = recipients(subscribed)
    ran = subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", str(number))
    assert ran.code == 0, ran.err
    assert f"{number} recipients = {number} accepted + 0 excluded + 0 refused + 0 uncertain + 0 pending" in ran.out
    sent = messages(project)
    assert len(sent) == number == len({message["To"] for message in sent})
    assert (project / "public" / BRIEFING / "index.html").exists(), "the web copy is there before the first message"


def test_nobody_gets_the_same_edition_twice(subscribed: Command, project: Path) -> None:
    number = recipients(subscribed)
    subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", str(number))
    again = subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", str(number))
    assert again.code == 1
    assert "already" in again.err
    resumed = subscribed("send", BRIEFING, "--to", "practitioners", "--resume")
    assert resumed.code == 0
    assert len(messages(project)) == number


def test_a_changed_edition_of_a_sent_issue_is_refused(subscribed: Command, project: Path) -> None:
    subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", str(recipients(subscribed)))
    edit(project / BRIEFING / "issue.md", r"^title: .*$", "title: Bruising, changed afterwards")
    again = subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", "20")
    assert again.code == 1
    assert "already" in again.err


def test_somebody_in_two_audiences_gets_it_once(subscribed: Command, project: Path) -> None:
    first = recipients(subscribed)
    subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", str(first))
    plan = json.loads(subscribed("send", BRIEFING, "--to", "education", "--dry-run", "--json").out)
    assert plan["excluded"] > 0, "the sample list has people in both audiences"
    ran = subscribed("send", BRIEFING, "--to", "education", "--confirm", str(plan["recipients"]))
    assert ran.code == 0, ran.err
    sent = messages(project)
    assert len(sent) == first + plan["recipients"] == len({message["To"] for message in sent})


def test_a_test_goes_to_test_inboxes_only_and_as_often_as_wanted(subscribed: Command, project: Path) -> None:
    for turn in (1, 2):
        assert subscribed("send", BRIEFING, "--test").code == 0
        sent = messages(project)
        assert len({message["To"] for message in sent}) * turn == len(sent)
    assert all(str(message["Subject"]).startswith("[Test]") for message in sent)
    assert recipients(subscribed) > 0, "a test does not count as having sent it"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "practitioners"), "nobody could be asked"),
        (("--to", "practitioners", "--confirm", "1"), "has"),
        ((), "names 2 audiences"),
        (("--to", "invitees", "--confirm", "1"), "invitees"),
        (("--to", "test", "--confirm", "2"), "NL003"),
        (("--test", "--to", "practitioners"), "not a test audience"),
        (("--to", "practitioners", "--resume"), "never started"),
    ],
)
def test_a_send_that_is_not_clearly_meant_is_refused(
    subscribed: Command, project: Path, words: tuple[str, ...], said: str
) -> None:
    ran = subscribed("send", BRIEFING, *words)
    assert ran.code == 1, ran.out
    assert said in ran.err
    assert not messages(project)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "nobody"), "There is no audience"),
        (("--to", "practitioners", "--transport", "pigeon:coop"), "not known"),
        (("--to", "practitioners", "--transport", "outbox:"), ""),
        (("--uncertain", "skip"), "--resume"),
    ],
)
def test_a_send_that_cannot_be_is_wrong_usage(
    subscribed: Command, project: Path, words: tuple[str, ...], said: str
) -> None:
    ran = subscribed("send", BRIEFING, *words)
    assert ran.code in (1, 2)
    assert said in ran.err
    assert not messages(project)


FUTURE = datetime.now(UTC) + timedelta(days=40)


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        (r"^date: .*$", f"date: {short_date(FUTURE.date())}", "day of publication"),
        (r"^number: .*$", "draft: true", "draft"),
        (r"^number: .*$", f"embargo_until: {short_date(FUTURE.date())} 10am", "NL001"),
        (r"^visibility: .*$|^number: .*$", "visibility: restricted", "NL005"),
        (r"^preheader: .*$", "preheader: TBC", "NL009"),
    ],
)
def test_an_issue_that_may_not_go_out_is_refused(
    subscribed: Command, project: Path, pattern: str, replacement: str, said: str
) -> None:
    edit(project / BRIEFING / "issue.md", pattern, replacement)
    ran = subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", "20")
    assert ran.code == 1, ran.out
    assert said in ran.err
    assert not messages(project)
    assert not (project / "public").exists()


def test_an_edition_needs_the_approvals_that_the_settings_ask_for(subscribed: Command, project: Path) -> None:
    settings = project / "newsletter.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[approval]\nrequired = 1\n", encoding="utf-8")
    number = str(recipients(subscribed))
    send = ("send", BRIEFING, "--to", "practitioners", "--confirm", number)
    assert "0 of the 1 approvals" in subscribed(*send).err
    approve = ("approve", BRIEFING, "--name", "Sam Rivers", "--role", "Independent Scrutineer", "--yes")
    assert subscribed(*approve).code == 0
    edit(project / BRIEFING / "20-what-to-do.md", r"drowsy", "sleepy")
    stale = subscribed(*send)
    assert stale.code == 1
    assert "Sam Rivers approved an edition that has changed since" in stale.err
    assert not messages(project)
    assert subscribed(*approve).code == 0
    assert subscribed(*send).code == 0
    assert len(messages(project)) == int(number)


def test_without_a_secret_nothing_is_sent(subscribed: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_SECRET")
    ran = subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", "20")
    assert ran.code == 2
    assert "NEWSLETTER_SECRET" in ran.err
    assert not messages(project)


def test_who_unsubscribed_is_left_out(subscribed: Command, project: Path) -> None:
    before = recipients(subscribed)
    address = next(
        line.split(",")[0]
        for line in (project / "subscribers/sample.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
        if "practitioners" in line
    )
    assert subscribed("subscribers", "unsubscribe", address).code == 0
    assert recipients(subscribed) == before - 1
    subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", str(before - 1))
    assert all(address not in str(message["To"]) for message in messages(project))
    assert subscribed("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    assert subscribed("subscribers", "show", address).out.find("nothing") > 0, "an import brings nobody back"


def test_a_service_that_refuses_everybody_pauses_the_campaign_and_the_sum_is_printed(
    subscribed: Command, project: Path
) -> None:
    rows = "".join(f"reader{number}@example.org,practitioners\n" for number in range(25))
    (project / "subscribers/more.csv").write_text(f"email,audiences\n{rows}", encoding="utf-8")
    assert subscribed("subscribers", "import", "subscribers/more.csv", "--apply").code == 0
    number = recipients(subscribed)
    with SmtpSink(rcpt=lambda address: "550 5.7.1 your address is blocked") as sink:
        words = ("--confirm", str(number), "--transport", sink.dsn)
        ran = subscribed("send", BRIEFING, "--to", "practitioners", *words)
    assert ran.code == 3, ran.err
    assert "The campaign is paused" in ran.out
    assert re.search(rf"^{number} recipients = 0 accepted .*", ran.out, re.M)
    assert f"Finish it with: newsletter send {BRIEFING} --to practitioners --resume" in ran.out
    with SmtpSink() as sink:
        resumed = subscribed("send", BRIEFING, "--to", "practitioners", "--resume", "--transport", sink.dsn)
    assert resumed.code == 0, resumed.out
    assert len(set(sink.recipients)) == number == len(sink.recipients)
