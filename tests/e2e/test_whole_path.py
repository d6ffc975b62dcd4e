"""From folder to mailbox: the sample briefing over a real SMTP server, and what arrived read back."""

from __future__ import annotations

import email
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from tests.unit.web.service_kit import Client

from newsletter.app import App
from newsletter.models.edition import MERGE_TAGS
from newsletter.testing import SmtpSink
from newsletter.web.service import create_service

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"


@pytest.fixture
def server() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def arrived(subscribed: Command, server: SmtpSink) -> list[EmailMessage]:
    """What the server was given, parsed by the standard library."""
    ran = subscribed("send", BRIEFING, "--to", "practitioners", "--confirm", "17", "--transport", server.dsn)
    assert ran.code == 0, ran.err
    assert "17 recipients = 17 accepted" in ran.out
    return [email.message_from_bytes(raw, policy=SMTP) for raw in server.messages]


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def personal_link(message: EmailMessage) -> str:
    found = re.search(r"<https://news\.example\.org(/u/[\w-]+)>", str(message["List-Unsubscribe"]))
    assert found, message["List-Unsubscribe"]
    return found[1]


def test_each_recipient_gets_one_message_to_themselves_alone(arrived: list[EmailMessage], server: SmtpSink) -> None:
    assert len(arrived) == len(set(server.recipients)) == 17
    for message, envelope in zip(arrived, server.recipients, strict=True):
        assert [address.addr_spec for address in message["To"].addresses] == [envelope]
        assert "Cc" not in message
        assert "Bcc" not in message


def test_every_message_carries_the_headers_that_are_promised(arrived: list[EmailMessage]) -> None:
    assert len({message["Message-ID"] for message in arrived}) == len(arrived)
    for message in arrived:
        assert message["From"].addresses[0].addr_spec == "news@example.org"
        assert message["Reply-To"].addresses[0].addr_spec == "partnership@example.org"
        assert message["Subject"] == "5 minute briefing: bruising in babies, the new procedure"
        assert message["Date"].datetime.tzinfo is not None
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "mailto:" in str(message["List-Unsubscribe"])
        assert "practitioners.example.org" in str(message["List-Id"])
        assert message["List-Archive"] == "<https://news.example.org/>"
        assert message["Precedence"] == "list"
        assert len(str(message["Feedback-ID"]).split(":")) == 4
        assert "Auto-Submitted" not in message
        assert message.get_content_type() == "multipart/alternative"
        assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]
        assert all(one.get_content_charset() == "utf-8" for one in message.iter_parts())


def test_both_parts_say_why_they_came_and_how_to_leave(arrived: list[EmailMessage]) -> None:
    for message in arrived:
        own_link = personal_link(message)
        for kind in ("plain", "html"):
            text = part(message, kind)
            assert re.search(r"https://news\.example\.org/u/[\w-]{30,}", text), "a link of their own"
            assert own_link not in text, "the header's link and the footer's differ"
            assert re.search(r"https://news\.example\.org/p/[\w-]{30,}", text), "preferences"
            assert "Multi-agency" in text
            assert "County Hall" in text
            assert f"https://news.example.org/{BRIEFING}/" in text, "view in browser"
            assert "%%" not in text


def test_opening_the_link_changes_nothing_and_pressing_the_button_does(
    arrived: list[EmailMessage], project: Path, subscribed: Command
) -> None:
    chosen = arrived[0]
    address = chosen["To"].addresses[0].addr_spec
    footer = re.search(r"https://news\.example\.org(/u/[\w-]+)", part(chosen, "plain"))
    assert footer
    with App.open(project) as app:
        service = create_service(app)
        browser = Client(service)
        for path in (personal_link(chosen), footer[1]):
            for method in ("GET", "HEAD", "OPTIONS"):
                for _ in range(3):
                    browser(method, path)
            assert "practitioners" in app.store.subscribers.find(address).audiences  # type: ignore[union-attr]
        answer = browser.post(personal_link(chosen), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert "practitioners" not in app.store.subscribers.find(address).audiences  # type: ignore[union-attr]
        for message in arrived[1:]:
            other = message["To"].addresses[0].addr_spec
            assert "practitioners" in app.store.subscribers.find(other).audiences  # type: ignore[union-attr]
        service.state.writer.close()
    plan = subscribed("send", "briefings/2026-09-operation-encompass", "--to", "practitioners", "--dry-run")
    assert re.search(r"Recipients\s+16\b", plan.out)


def test_the_web_copy_and_the_archive_are_there_and_hold_nothing_personal(
    arrived: list[EmailMessage], project: Path
) -> None:
    tokens = [personal_link(message).removeprefix("/u/") for message in arrived]
    pages = [path.read_bytes() for path in (project / "public").rglob("*") if path.is_file()]
    assert (project / "public" / BRIEFING / "index.html").exists()
    assert not [page for page in pages for token in tokens if token.encode() in page]
    assert not [page for page in pages for tag in MERGE_TAGS.values() if tag.encode() in page]
    assert not [page for page in pages if b"/u/" in page or b"/p/" in page]


def test_a_server_that_goes_away_costs_nobody_their_place(subscribed: Command, project: Path) -> None:
    taken: list[str] = []

    def refuse_after_five(address: str) -> str | None:
        if len(taken) >= 5:
            return "421 4.3.0 closing down"
        taken.append(address)
        return None

    send = ("send", BRIEFING, "--to", "practitioners")
    with SmtpSink(rcpt=refuse_after_five) as failing:
        ran = subscribed(*send, "--confirm", "17", "--transport", failing.dsn)
        assert ran.code == 3
        assert "17 recipients = 5 accepted + 0 excluded + 0 refused + 0 uncertain + 12 pending" in ran.out
        assert "--resume" in ran.out
        first = list(failing.recipients)
    with SmtpSink() as working:
        ran = subscribed(*send, "--resume", "--transport", working.dsn)
        assert ran.code == 0, ran.out + ran.err
        assert "17 recipients = 17 accepted" in ran.out
        assert len(set(first + working.recipients)) == 17 == len(first + working.recipients)
    assert subscribed("status", BRIEFING).code == 0
