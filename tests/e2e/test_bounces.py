"""`newsletter subscribers bounces`: what comes back settles the deliveries and the list, once."""

from __future__ import annotations

import json
import mailbox
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"
SAMPLES = Path(__file__).parents[1] / "unit/delivery/bounces"
PLACE, WHO = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "jo.smith@agency.example"


@pytest.fixture
def sent(ready: Command, project: Path) -> list[mailbox.MaildirMessage]:
    """What went out, in the order of the addresses."""
    number = json.loads(ready("send", BRIEFING, "--to", "practitioners", "--dry-run", "--json").out)["recipients"]
    assert ready("send", BRIEFING, "--to", "practitioners", "--confirm", str(number)).code == 0
    return sorted(mailbox.Maildir(project / "outbox", create=False), key=lambda message: message["To"])


def address(message: mailbox.MaildirMessage) -> str:
    return parseaddr(str(message["To"]).replace("\n", ""))[1]


def returned(message: mailbox.MaildirMessage, sample: str) -> bytes:
    """This message, come back as in the sample."""
    delivery = message["Message-ID"].strip("<>").partition("@")[0]
    text = (SAMPLES / f"{sample}.eml").read_text(encoding="utf-8")
    return text.replace(PLACE, delivery).replace(WHO, address(message)).encode()


def outcome(newsletter: Command, email: str) -> tuple[str, str]:
    """What became of the message, and why the person is never mailed."""
    held = json.loads(newsletter("subscribers", "about", email, "--json").out)
    return held["deliveries"][0]["state"], held["subscriber"]["suppressed"]


def test_a_mailbox_is_read_once_however_often_it_is_given(
    ready: Command, sent: list[mailbox.MaildirMessage], tmp_path: Path
) -> None:
    box = mailbox.mbox(tmp_path / "returned.mbox")
    for message, sample in zip(sent, ("postfix", "policy", "complaint", "delayed", "out-of-office"), strict=False):
        box.add(returned(message, sample))
    box.add(b"From: jo@x.example\nSubject: Thank you\n\nHello\n")
    token = re.search(r"unsubscribe%20([\w-]{39})", str(sent[5]["List-Unsubscribe"]))
    assert token
    box.add(f"From: jo@x.example\nSubject: unsubscribe {token[1]}\n\n\n".encode())
    box.close()
    path = str(tmp_path / "returned.mbox")
    dry = ready("subscribers", "bounces", path, "--dry-run")
    assert "nothing was changed" in dry.out
    assert outcome(ready, address(sent[0])) == ("accepted", "")
    ran = ready("subscribers", "bounces", path)
    assert ran.code == 0, ran.err
    assert dry.out.startswith(ran.out), "the dry run said what happened"
    assert "7 messages read." in ran.out
    for message in sent[:5]:
        assert address(message) not in ran.out, "addresses are masked"
    assert [outcome(ready, address(message)) for message in sent[:6]] == [
        ("bounced", "bounced"), ("bounced", ""), ("complained", "complained"), ("accepted", ""), ("accepted", ""),
        ("accepted", ""),
    ]  # fmt: skip
    shown = json.loads(ready("subscribers", "show", address(sent[5]), "--json").out)
    assert "practitioners" not in shown["subscriber"]["audiences"]
    again = json.loads(ready("subscribers", "bounces", path, "--json").out)
    assert (again["known"], again["had_left"], again["bounced"], again["complained"], again["blocked"]) == (
        3, 1, [], [], [],
    )  # fmt: skip
    status = json.loads(ready("status", BRIEFING, "--json").out)
    assert status["campaigns"][0]["adds_up"]


def test_a_report_of_a_stranger_changes_nobody(
    ready: Command, sent: list[mailbox.MaildirMessage], tmp_path: Path
) -> None:
    forged = (SAMPLES / "postfix.eml").read_text().replace(WHO, address(sent[0]))  # not the Message-ID that we gave it
    (tmp_path / "forged.eml").write_text(forged)
    answer = json.loads(ready("subscribers", "bounces", str(tmp_path / "forged.eml"), "--json").out)
    assert (answer["of_no_message_of_ours"], answer["bounced"]) == (1, [])
    assert outcome(ready, address(sent[0])) == ("accepted", "")


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00", 0, "for you to read"),
        ("empty.eml", b"", 0, "for you to read"),
        ("bounce.msg", b"\xd0\xcf\x11\xe0 Outlook", 2, "only Outlook reads"),
    ],
)
def test_a_file_that_is_no_message_does_no_harm(
    ready: Command, tmp_path: Path, name: str, content: bytes, code: int, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    ran = ready("subscribers", "bounces", str(tmp_path / name))
    assert (ran.code, said in ran.out + ran.err) == (code, True)
