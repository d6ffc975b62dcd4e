"""POST /webhooks/sendgrid: believed when it is signed, the same again changes nothing, and rubbish never does harm."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.unit.delivery.sending_kit import edition, receipt
from tests.unit.web.service_kit import Client, FakeApp

from newsletter.errors import StoreError, UsageError
from newsletter.testing import EventSigner
from newsletter.web.webhook import LARGEST, PATH

SIGNER = EventSigner()
ADDRESS = "jo.smith@example.org"


@pytest.fixture
def listening(app: FakeApp) -> Client:
    """The service of a publication that knows SendGrid's key."""
    app.webhook_key = SIGNER.public_key
    return app.client()


def sent(app: FakeApp, state: str = "accepted") -> str:
    """Somebody's delivery, handed over; its id."""
    app.subscribe((ADDRESS, "practitioners"))
    ledger, now = app.store.ledger, app.moment - timedelta(hours=1)
    campaign = ledger.freeze(edition(), "practitioners", now=now)
    ledger.start(campaign.id, transport="sendgrid:", now=now)
    until = now + timedelta(hours=1)
    (who,) = ledger.claim(campaign.id, owner="me", limit=9, now=now, until=until).recipients
    ledger.intend(campaign.id, owner="me", delivery_ids=[who.delivery_id], now=now, until=until)
    if state == "accepted":
        ledger.settle(campaign.id, owner="me", receipts=[receipt(who.delivery_id)], now=now, backoff=())
    else:
        ledger.doubt(campaign.id, owner="me", delivery_ids=[who.delivery_id], reason="no answer", now=now)
    return str(who.delivery_id)


def entry(app: FakeApp, event: str, delivery: str, **values: Any) -> dict[str, Any]:
    stamp = int(app.moment.timestamp()) - 60
    return {"email": ADDRESS, "timestamp": stamp, "event": event, "sg_event_id": "e1", "delivery": delivery, **values}


def post(client: Client, app: FakeApp, *entries: dict[str, Any]) -> httpx.Response:
    body = SIGNER.body(entries)
    return client.post(PATH, content=body, headers=SIGNER.headers(body, app.moment))


def tables(app: FakeApp) -> list[Any]:
    with app.store._database.read() as connection:
        more = [connection.exec_driver_sql(f"select * from {name}").all() for name in ("deliveries", "delivery_events")]
    return [*app.state(), *more]


def test_a_bounce_settles_the_doubt_and_keeps_the_address_from_being_mailed(app: FakeApp, listening: Client) -> None:
    delivery = sent(app, "uncertain")
    response = post(listening, app, entry(app, "bounce", delivery, type="bounce", reason="550 no such user"))
    assert (response.status_code, response.text) == (200, "ok\n")
    (campaign,) = app.store.ledger.campaigns()
    assert (campaign.tally.accepted, campaign.tally.uncertain) == (1, 0)
    record = app.store.subscribers.about(ADDRESS)
    assert record["subscriber"]["suppressed"] == "bounced"
    assert record["consent_log"][-1]["source"] == "SendGrid"


def test_the_same_call_again_changes_nothing(app: FakeApp, listening: Client) -> None:
    delivery = sent(app)
    entries = [
        entry(app, "processed", delivery),
        entry(app, "delivered", delivery),
        entry(app, "spamreport", delivery),
        entry(app, "unsubscribe", delivery),
    ]
    assert post(listening, app, *entries).status_code == 200
    before = tables(app)
    assert post(listening, app, *[{**one, "sg_event_id": "another"} for one in entries]).status_code == 200
    assert tables(app) == before


def test_without_a_signature_nothing_is_believed(app: FakeApp, listening: Client) -> None:
    delivery = sent(app)
    body = SIGNER.body([entry(app, "spamreport", delivery)])
    before = tables(app)
    old = SIGNER.headers(body, app.moment - timedelta(hours=30))
    for headers in ({}, EventSigner().headers(body, app.moment), old):
        assert listening.post(PATH, content=body, headers=headers).status_code == 403
    assert listening.get(PATH).status_code == 405
    assert tables(app) == before


def test_there_is_no_such_address_where_no_key_is_known(app: FakeApp, client: Client) -> None:
    assert post(client, app).status_code == 404


def test_a_key_that_is_none_is_told_to_whoever_starts_the_service(app: FakeApp) -> None:
    app.webhook_key = "nonsense"
    with pytest.raises(UsageError, match="NEWSLETTER_SENDGRID_WEBHOOK_KEY"):
        app.client()


def test_a_long_call_is_taken_and_a_longer_one_is_not(app: FakeApp, listening: Client) -> None:
    delivery = sent(app)
    entries = [entry(app, "delivered", delivery, note="x" * 900) for _ in range(1200)]
    assert post(listening, app, *entries).status_code == 200
    assert listening.post(PATH, content=b"x" * (LARGEST + 1)).status_code == 413
    assert listening.post("/u/token", content=b"x" * 5_000).status_code == 413, "other addresses take forms only"


def test_a_busy_database_has_sendgrid_try_again(app: FakeApp, listening: Client, monkeypatch: Any) -> None:
    delivery = sent(app)

    def busy(*args: object, **options: object) -> None:
        raise StoreError("The database is in use.")

    monkeypatch.setattr(app.store.events, "record", busy)
    assert post(listening, app, entry(app, "delivered", delivery)).status_code == 503


def test_nothing_personal_is_logged(app: FakeApp, listening: Client, caplog: pytest.LogCaptureFixture) -> None:
    delivery = sent(app)
    with caplog.at_level(logging.DEBUG):
        post(listening, app, entry(app, "bounce", delivery, reason=f"550 <{ADDRESS}> unknown"))
        post(listening, app, entry(app, "bounce", delivery), entry(app, "open", delivery))
    assert "bounced=1" in caplog.text
    assert "read=1 repeated=1 skipped=1" in caplog.text
    for trace in ("jo.smith", "example.org", delivery, "e1 "):
        assert trace not in caplog.text.replace("news.example.org", "")


PARTS = (b"{", b"}", b"[", b"]", b'"event"', b":", b",", b'"bounce"', b'"email"', b"\xff", b"\x00", b"1e999", b"null",
         b'"\\ud800"', b"-", b'"timestamp"', b" ", b'"delivery"', b"9" * 30)  # fmt: skip


def rubbish(chance: random.Random) -> bytes:
    """Never a list of events with a moment: at least one part is missing or broken."""
    return b"".join(chance.choice(PARTS) for _ in range(chance.randrange(1, 14)))


def test_ten_thousand_malformed_bodies_are_refused_and_nothing_is_written(app: FakeApp, listening: Client) -> None:
    sent(app)
    before, chance, seen = tables(app), random.Random(8), Counter[int]()
    bodies = [rubbish(chance) for _ in range(10_000)]

    async def ask() -> None:
        transport = httpx.ASGITransport(listening.service, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://news.example.org") as client:
            for number, body in enumerate(bodies):
                headers = SIGNER.headers(body, app.moment) if number % 4 else {}
                seen[(await client.post(PATH, content=body, headers=headers)).status_code] += 1

    asyncio.run(ask())
    empty = sum(1 for number, body in enumerate(bodies) if number % 4 and _is_empty_list(body))
    assert seen == {403: 2_500, 400: 7_500 - empty, **({200: empty} if empty else {})}
    assert tables(app) == before


def _is_empty_list(body: bytes) -> bool:
    """The one thing that is no mistake: nothing happened."""
    try:
        return bool(json.loads(body) == [])
    except ValueError:
        return False
