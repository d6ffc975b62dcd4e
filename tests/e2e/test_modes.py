"""The modes without a server: the mail service, or a monitored mailbox, takes the clicks on unsubscribe links."""

from __future__ import annotations

import csv
import json
import mailbox
import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from newsletter.testing import FakeSendGrid

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"
GROUP = 42


@pytest.fixture
def fake() -> Iterator[FakeSendGrid]:
    with FakeSendGrid() as server:
        server.groups[GROUP] = []
        yield server


def set_mode(project: Path, table: str) -> None:
    """Writes the table [unsubscribe]."""
    path = project / "newsletter.toml"
    text = re.sub(r"^\[unsubscribe\]\n(?:[^\[\n].*\n|\n)*", "", path.read_text(encoding="utf-8"), flags=re.M)
    path.write_text(f"{text}\n[unsubscribe]\n{table}\n", encoding="utf-8")


def confirmed(newsletter: Command, *words: str) -> Any:
    dry = newsletter("send", BRIEFING, "--to", "practitioners", "--dry-run", "--json", *words)
    assert dry.code == 0, dry.out + dry.err
    number = json.loads(dry.out)["recipients"]
    return newsletter("send", BRIEFING, "--to", "practitioners", "--confirm", str(number), *words)


def content(part: Message) -> str:
    """The text of a part."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def reader(newsletter: Command, place: int) -> str:
    """The address of one of the practitioners."""
    assert newsletter("subscribers", "export", "out.csv").code == 0
    with Path("out.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["email"] for row in csv.DictReader(file) if "practitioners" in row["audiences"]][place]


def test_with_mode_provider_the_lists_of_sendgrid_are_taken_over_before_each_send(
    ready: Command, project: Path, fake: FakeSendGrid
) -> None:
    set_mode(project, f'mode = "provider"\ngroup = {GROUP}')
    left, bounced = reader(ready, 0), reader(ready, 1)
    fake.groups[GROUP] = [left]
    fake.lists["bounces"] = [{"email": bounced, "created": 1_700_000_000, "reason": "550 unknown"}]
    ran = confirmed(ready, "--transport", fake.dsn)
    assert ran.code == 0, ran.out + ran.err
    assert "+ 2 excluded + 0 refused + 0 uncertain + 0 pending" in ran.out
    mailed = {person["to"][0]["email"] for call in fake.calls for person in call["personalizations"]}
    assert not {left, bounced} & mailed
    assert len(fake.received) == len(mailed) > 2
    assert json.loads(ready("subscribers", "show", left, "--json").out)["subscriber"]["audiences"] == []


def test_with_mode_provider_each_message_has_the_links_of_the_group_and_none_of_ours(
    ready: Command, project: Path, fake: FakeSendGrid
) -> None:
    set_mode(project, f'mode = "provider"\ngroup = {GROUP}')
    assert confirmed(ready, "--transport", fake.dsn).code == 0
    assert {call["asm"]["group_id"] for call in fake.calls} == {GROUP}
    for received in fake.received:
        assert f"asm/?group={GROUP}" in received.text
        assert "&leave=1" in received.text
        assert "leave=1" in received.html
        assert not re.search(r"<%|%%|/u/|/p/[\w-]{39}", received.text + received.html)
        assert not [name for name in received.headers if name.startswith("List-Unsubscribe")], "SendGrid adds its own"


def test_when_the_lists_cannot_be_read_nobody_is_mailed_and_nobody_loses_their_place(
    ready: Command, project: Path, fake: FakeSendGrid
) -> None:
    set_mode(project, f'mode = "provider"\ngroup = {GROUP}')
    fake.list_status = 403
    ran = confirmed(ready, "--transport", fake.dsn)
    assert ran.code == 3
    assert "let it read Suppressions" in ran.out + ran.err
    assert fake.calls == []
    fake.list_status = 200
    resumed = ready("send", BRIEFING, "--to", "practitioners", "--resume", "--transport", fake.dsn)
    assert resumed.code == 0, resumed.out + resumed.err
    assert len(fake.received) == len({received.email for received in fake.received}) > 2


def test_mode_provider_is_refused_with_another_transport(ready: Command, project: Path) -> None:
    set_mode(project, f'mode = "provider"\ngroup = {GROUP}')
    ran = confirmed(ready)
    assert ran.code in (1, 3)
    assert "only with the transport sendgrid" in ran.out + ran.err
    assert not (project / "outbox").exists()


def test_the_lists_can_be_taken_over_at_any_time(ready: Command, fake: FakeSendGrid) -> None:
    fake.lists["spam_reports"] = [{"email": reader(ready, 0), "created": 1_700_000_000}]
    ran = ready("subscribers", "sync", "--transport", fake.dsn)
    assert ran.code == 0, ran.err
    assert re.search(r"1 called it spam +1 of them new", ran.out)
    again = json.loads(ready("subscribers", "sync", "--transport", fake.dsn, "--json").out)
    assert again["complained"] == {"listed": 1, "new": 0}
    refused = ready("subscribers", "sync")
    assert refused.code == 2
    assert "keeps no lists" in refused.err


def test_with_mode_mailto_the_mailbox_takes_the_requests_and_a_command_carries_them_out(
    ready: Command, project: Path
) -> None:
    set_mode(project, 'mode = "mailto"\nmailbox = "leave@example.org"')
    assert confirmed(ready).code == 0
    (project / "saved").mkdir()
    messages = list(mailbox.Maildir(project / "outbox", create=False))
    for number, message in enumerate(messages):
        header = str(message["List-Unsubscribe"])
        assert re.fullmatch(r"<mailto:leave@example\.org\?subject=unsubscribe%20[\w-]{39}>", header)
        assert message["List-Unsubscribe-Post"] is None, "nothing takes a POST"
        for part in message.walk():
            if part.get_content_maintype() == "text":
                text = content(part).replace("&amp;", "&")
                assert re.search(r"mailto:leave@example\.org\?subject=unsubscribe%20[\w-]{39}", text)
                assert re.search(r"mailto:leave@example\.org\?subject=preferences%20[\w-]{39}", text)
                assert not re.search(r"/u/[\w-]{39}|/p/[\w-]{39}", text)
        subject = unquote(header.partition("subject=")[2].rstrip(">"))
        (project / f"saved/{number}.eml").write_text(f"From: jo@x.org\nSubject: {subject}\n\n\n")
    first, second = (parseaddr(str(message["To"]).replace("\n", ""))[1] for message in messages[:2])
    subject = next(
        line[9:] for line in (project / "saved/0.eml").read_text().splitlines() if line.startswith("Subject")
    )
    ran = ready("subscribers", "unsubscribe", "--token", subject)
    assert "no longer get practitioners" in ran.out
    assert "left already" in ready("subscribers", "unsubscribe", "--token", subject.split()[1]).out
    read = json.loads(ready("subscribers", "bounces", "saved", "--json").out)
    assert (read["unsubscribed"], read["had_left"]) == (len(messages) - 1, 1)
    for email in (first, second):
        shown = json.loads(ready("subscribers", "show", email, "--json").out)
        assert "practitioners" not in shown["subscriber"]["audiences"]


def test_a_request_about_choices_says_whose_it_is(ready: Command, project: Path) -> None:
    set_mode(project, 'mode = "mailto"\nmailbox = "leave@example.org"')
    assert confirmed(ready).code == 0
    message = next(iter(mailbox.Maildir(project / "outbox", create=False)))
    text = next(content(part) for part in message.walk() if part.get_content_type() == "text/plain")
    token = re.search(r"preferences%20([\w-]{39})", text)
    assert token
    ran = ready("subscribers", "unsubscribe", "--token", f"preferences {token[1]}")
    assert ran.code == 2
    assert "asks about their choices" in ran.err
    assert "newsletter subscribers show" in ran.err
    assert ready("subscribers", "unsubscribe", "--token", "x" * 39).code == 2
