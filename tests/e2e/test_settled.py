"""A send whose answer was lost: SendGrid's webhook tells what became of everybody, and the sum has no doubt left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.web.service_kit import Client

from newsletter.app import App
from newsletter.testing import EventSigner, FakeSendGrid, Fault
from newsletter.web.service import create_service

Command = Callable[..., Any]
BRIEFING = "briefings/2026-11-bruising-in-babies"
SIGNER = EventSigner()


@pytest.fixture
def fake() -> Iterator[FakeSendGrid]:
    with FakeSendGrid() as server:
        yield server


def test_the_webhook_settles_a_call_whose_answer_was_lost(
    ready: Command, project: Path, fake: FakeSendGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SENDGRID_WEBHOOK_KEY", SIGNER.public_key)
    monkeypatch.setenv("NEWSLETTER_TRANSPORT", fake.dsn)
    words = ("send", BRIEFING, "--to", "practitioners")
    number = json.loads(ready(*words, "--dry-run", "--json").out)["recipients"]
    fake.faults.append(Fault(500, accept=True))
    lost = ready(*words, "--confirm", str(number))
    assert lost.code == 3
    assert f"+ {number} uncertain + 0 pending" in lost.out
    assert len(fake.received) == number

    with App.open(project) as app:
        now = int(app.now().timestamp())
        entries = [
            {"email": received.email, "event": "delivered", "timestamp": now, "sg_event_id": str(place),
             **received.custom_args}
            for place, received in enumerate(fake.received)
        ]  # fmt: skip
        entries[0] |= {"event": "bounce", "type": "bounce", "reason": "550 5.1.1 no such user"}
        body = SIGNER.body(entries)
        service = create_service(app)
        try:
            answer = Client(service).post("/webhooks/sendgrid", content=body, headers=SIGNER.headers(body, app.now()))
        finally:
            service.state.writer.close()
    assert answer.status_code == 200

    status = ready("status", BRIEFING, "--json")
    (campaign,) = json.loads(status.out)["campaigns"]
    assert (status.code, campaign["adds_up"], campaign["uncertain"]) == (0, True, [])
    assert (campaign["tally"]["accepted"], campaign["tally"]["uncertain"]) == (number, 0)
    held = json.loads(ready("subscribers", "about", fake.received[0].email, "--json").out)
    assert (held["deliveries"][0]["state"], held["subscriber"]["suppressed"]) == ("bounced", "bounced")
    assert held["delivery_events"][0]["reason"] == "550 5.1.1 no such user"
    assert ready(*words, "--resume").code == 0
    assert len(fake.received) == number, "nobody was mailed again"
