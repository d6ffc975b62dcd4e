"""newsletter send --queue and newsletter worker: handed over on one machine, sent on another, through PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import Ran
from tests.e2e.issue_kit import BRIEFING
from tests.postgresql_kit import Server

from newsletter.app import App
from newsletter.models.dates import LONDON, long_date, parse_moment

Command = Callable[..., Ran]


@pytest.fixture
def ready(newsletter: Command, postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """On PostgreSQL, with its queue and the sample list."""
    name = postgresql.new(empty=True)
    monkeypatch.setenv("NEWSLETTER_DATABASE", postgresql.url(name))
    assert newsletter("db", "upgrade").code == 0
    assert newsletter("subscribers", "import", "subscribers/sample.csv", "--apply").code == 0
    yield newsletter
    postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


def mails(project: Path) -> int:
    return len(list((project / "outbox/new").iterdir())) if (project / "outbox").exists() else 0


def send_test(newsletter: Command, *words: str) -> Ran:
    issue = sorted(path.name for path in Path("issues").iterdir())[0]
    return newsletter("send", f"issues/{issue}", "--test", *words)


def test_what_is_handed_over_is_sent_by_a_worker_and_by_nobody_before(ready: Command, project: Path) -> None:
    handed = send_test(ready, "--queue", "--json")
    assert (handed.code, mails(project)) == (0, 0), handed.err
    (campaign,) = json.loads(handed.out)["campaigns"]
    assert campaign["state"] == "running"
    assert campaign["pending"] == campaign["frozen"] > 0
    worked = ready("worker", "--drain")
    assert (worked.code, worked.err) == (0, "")
    assert "Nothing is left to send." in worked.out
    assert mails(project) == campaign["frozen"]
    status = json.loads(ready("status", "--json").out)
    assert {each["state"] for each in status["campaigns"]} == {"finished"}
    assert ready("worker", "--drain").code == 0
    assert mails(project) == campaign["frozen"]


def test_a_file_has_no_workers(newsletter: Command) -> None:
    for words in (["worker"], ["send", "x", "--queue"]):
        ran = newsletter(*words)
        assert ran.code == 2
        assert "Workers need PostgreSQL" in ran.err


def test_a_worker_waits_for_the_queue_to_be_made(
    newsletter: Command, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgresql.new()
    postgresql.execute("DROP SCHEMA newsletter_queue CASCADE", name)
    monkeypatch.setenv("NEWSLETTER_DATABASE", postgresql.url(name))
    ran = newsletter("worker", "--drain")
    assert ran.code == 2
    assert "newsletter db upgrade" in ran.err
    assert newsletter("db", "upgrade").code == 0
    assert newsletter("worker", "--drain").code == 0
    postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_what_was_scheduled_is_handed_over_when_its_time_has_come(
    ready: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr(App, "now", lambda self: now)
    plan = json.loads(ready("send", BRIEFING, "--to", "practitioners", "--dry-run", "--json").out)
    send = ("send", BRIEFING, "--to", "practitioners", "--confirm", str(plan["recipients"]))
    assert ready(*send, "--at", "tomorrow 10am", "--queue").code == 2, "that is for when its time comes"
    assert ready(*send, "--at", "tomorrow 10am").code == 0
    assert ready("send", "--due", "--queue").out == ""
    now = parse_moment(f"{long_date((now + timedelta(days=1)).astimezone(LONDON).date())} 10am") + timedelta(minutes=5)
    due = ready("send", "--due", "--queue")
    assert due.code == 0, due.err
    assert "Handed to the workers" in due.out
    assert mails(project) == 0
    assert ready("worker", "--drain").code == 0
    assert mails(project) == plan["recipients"]
