"""newsletter doctor: what a command says before anything is sent, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.issue_kit import SEND, edit
from tests.unit.delivery.probes_kit import DOMAIN, zone
from tests.unit.web.serving_kit import running

from newsletter.app import App
from newsletter.testing import FakeDns, FakeSendGrid, SmtpSink
from newsletter.web.service import create_service

Command = Callable[..., Any]


def move_to(project: Path, url: str) -> None:
    """A publication of a domain that somebody may send from, with its service at this address."""
    settings = project / "newsletter.toml"
    edit(settings, '^email = "news@example.org"', f'email = "news@{DOMAIN}"')
    edit(settings, '^reply_to = "partnership@example.org"', f'reply_to = "team@{DOMAIN}"')
    edit(settings, r'(^\[unsubscribe\][^\[]*?^url = )"[^"]*"', rf'\1"{url}"')
    edit(settings, r"\Z", '\n[delivery]\ndkim_selectors = ["k1"]\n')


def test_a_publication_that_is_ready_but_for_https(ready: Command, project: Path) -> None:
    with App.open(project) as app, running(create_service(app)) as url, SmtpSink() as sink, FakeDns(zone()) as names:
        move_to(project, url)
        ran = ready("doctor", "--transport", sink.dsn, "--dns", names.server)
        assert sink.messages == []
    bad = [line for line in ran.out.splitlines() if line.startswith(("FAULT", "WARNING"))]
    assert ran.code == 1
    assert len(bad) == 1, ran.out
    assert "is not https" in bad[0]
    for said in ("people.", "An unsubscribe link opens its page", "DMARC", "can be reached", "GB are free"):
        assert said in ran.out


def test_a_mail_service_that_is_not_there_is_a_fault(ready: Command, project: Path) -> None:
    with FakeDns(zone()) as names:
        ran = ready("doctor", "--transport", "smtp://127.0.0.1:9", "--dns", names.server, "--json")
    answer = json.loads(ran.out)
    assert (ran.code, answer["health"]) == (1, "fault")
    found = {one["area"]: one for one in answer["findings"] if one["health"] == "fault"}
    assert "cannot be reached" in found["transport"]["what"]
    assert found["transport"]["fix"]
    assert "name for examples" in found["domain"]["what"]


def test_offline_it_looks_at_this_machine_alone_and_makes_no_database(newsletter: Command, project: Path) -> None:
    ran = newsletter("doctor", "--offline")
    assert ran.code == 0, ran.out
    assert "There is no list yet" in ran.out
    assert "It can be sent." in ran.out
    assert not (project / "subscribers/newsletter.db").exists()


def test_without_a_secret_or_with_an_impossible_transport_it_says_so(
    newsletter: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_SECRET")
    ran = newsletter("doctor", "--offline", "--transport", "pigeon:coop")
    assert ran.code == 1
    assert "NEWSLETTER_SECRET is not set" in ran.out
    assert "'pigeon' is not known" in ran.out


def test_secrets_that_others_can_read_and_a_damaged_database_are_told(ready: Command, project: Path) -> None:
    (project / ".env").write_text("NEWSLETTER_TRANSPORT=outbox:outbox\n", encoding="utf-8")
    (project / ".env").chmod(0o644)
    (project / "subscribers/newsletter.db").write_bytes(b"not a database" * 1000)
    ran = ready("doctor", "--offline")
    assert ran.code == 1
    assert "Others on this machine can read" in ran.out
    assert "is not a newsletter database" in ran.out


def test_a_scheduled_campaign_that_nobody_starts_is_told(ready: Command, project: Path) -> None:
    assert ready(*SEND, "--at", "tomorrow 10am").code == 0
    with App.open(project) as app:
        found = app.store.ledger.campaigns()[0]
        app.store.schedules.set(found.id, app.now() - timedelta(hours=9), reason="", now=app.now())
    ran = ready("doctor", "--offline")
    assert ran.code == 0
    assert "send --due" in ran.out


def test_sendgrid_without_the_key_of_its_events_is_told(
    ready: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "NEWSLETTER_SENDGRID_WEBHOOK_KEY is not set"
    with FakeSendGrid() as fake, FakeDns() as names:
        command = ("doctor", "--transport", fake.dsn, "--dns", names.server)
        assert words in ready(*command).out
        monkeypatch.setenv("NEWSLETTER_SENDGRID_WEBHOOK_KEY", "MFkwEwYH")
        ran = ready(*command)
    assert words not in ran.out
    assert "SendGrid can be reached and knows the key" in ran.out
