"""The fault table: for each way in which SendGrid can fail a call, what becomes of all 1,000 people in it.

Each is sent through the ledger, then resumed without the fault, then SendGrid tells what it has: nobody is mailed
twice, nobody is forgotten, and whoever was in doubt and did get it is settled.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.delivery.sending_kit import NOW, Clock, edition, long_letter, open_store, personaliser, subscribe

from newsletter.delivery.campaign import run
from newsletter.delivery.transport import parse_dsn
from newsletter.delivery.transports.sendgrid import SendGrid
from newsletter.errors import Incomplete, TransportError
from newsletter.models.delivery import Message, Recipient, Tally
from newsletter.models.events import EventKind, ProviderEvent
from newsletter.store.store import Store
from newsletter.testing import LIMIT, FakeSendGrid, Fault

BAD = "person777@example.org"
ONE_SECOND = "&timeout=1"


@dataclass(frozen=True)
class Row:
    """One fault, and what it comes to."""

    name: str
    fault: Fault | None = None
    mailed: int = LIMIT  # people who got it from the call that failed, or from the search that it started
    accepted: int = 0
    refused: int = 0
    uncertain: int = 0
    pending: int = 0
    bad: str = ""  # "named" or "not named" in the answer
    large: bool = False  # larger than what the system buffers
    slept: float = 0


HOUR = str(int((NOW + timedelta(hours=1)).timestamp()))
SOON = str(int((NOW + timedelta(seconds=30)).timestamp()))
TABLE = [
    Row("no fault", accepted=LIMIT),
    Row("one bad address, named", bad="named", mailed=LIMIT - 1, accepted=LIMIT - 1, refused=1),
    Row("one bad address, not named", bad="not named", mailed=LIMIT - 1, accepted=LIMIT - 1, refused=1),
    Row("the sender is wrong", Fault(400, b'{"errors":[{"message":"no","field":"from"}]}'), mailed=0, pending=LIMIT),
    Row("the key is wrong", Fault(401), mailed=0, pending=LIMIT),
    Row("the key may not", Fault(403), mailed=0, pending=LIMIT),
    Row("too large", Fault(413), mailed=0, pending=LIMIT),
    Row("too fast, for half a minute", Fault(429, headers={"X-RateLimit-Reset": SOON}), accepted=LIMIT, slept=30),
    Row("too fast, for an hour", Fault(429, headers={"X-RateLimit-Reset": HOUR}), mailed=0, pending=LIMIT),
    Row("500 before it was accepted", Fault(500), mailed=0, uncertain=LIMIT),
    Row("500 after it was accepted", Fault(500, accept=True), uncertain=LIMIT),
    Row("503 of a gateway", Fault(503, b"<html>busy</html>", accept=True), uncertain=LIMIT),
    Row("no answer in time, not accepted", Fault(hang=1.3), mailed=0, uncertain=LIMIT),
    Row("no answer in time, accepted", Fault(202, hang=1.3, accept=True), uncertain=LIMIT),
    Row("connection lost within the body", Fault(unread=True), large=True, mailed=0, pending=LIMIT),
    Row("connection lost after the body, not accepted", Fault(drop=True), mailed=0, uncertain=LIMIT),
    Row("connection lost after the body, accepted", Fault(drop=True, accept=True), uncertain=LIMIT),
    Row("an answer that is no HTTP", Fault(raw=b"\x00\xffnonsense\r\n\r\n", accept=True), uncertain=LIMIT),
    Row("an answer that stops short", Fault(raw=b"HTTP/1.1 20", accept=True), uncertain=LIMIT),
    Row("a success that is not the promised one", Fault(200, b"hello", accept=True), uncertain=LIMIT),
    Row("an error that is no JSON", Fault(400, b"<html>no</html>"), accepted=LIMIT),
    Row("a slow answer", Fault(202, b"", hang=0.3, accept=True), accepted=LIMIT),
]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with 1,000 people in a frozen campaign, made once."""
    folder = tmp_path_factory.mktemp("frozen")
    with open_store(folder) as store:
        subscribe(store, LIMIT)
        store.ledger.freeze(edition(), "practitioners", now=NOW)
    return folder / "newsletter.db"


@pytest.fixture
def store(frozen: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy2(frozen, tmp_path / "newsletter.db")
    with open_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def fake() -> Iterator[FakeSendGrid]:
    with FakeSendGrid() as server:
        yield server


def send(store: Store, fake: FakeSendGrid, clock: Clock, *, large: bool = False) -> Tally:
    """One run of the campaign; what stopped it is told by the sum."""
    compose = personaliser().compose

    def made(recipient: Recipient) -> Message:
        message = compose(recipient, date=NOW)
        return message._replace(letter=long_letter()) if large else message

    transport = SendGrid(parse_dsn(fake.dsn + ONE_SECOND, Path()), sleep=clock.sleep, clock=lambda: clock().timestamp())
    (campaign,) = store.ledger.campaigns()
    with suppress(TransportError, Incomplete):
        run(store.ledger, transport, made, campaign.id, clock=clock, sleep=clock.sleep)
    return store.ledger.tally(campaign.id)


def parts(tally: Tally) -> tuple[int, int, int, int]:
    assert tally.adds_up
    assert (tally.failed, tally.excluded) == (0, 0)
    return tally.accepted, tally.refused, tally.uncertain, tally.pending


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_what_becomes_of_all_thousand(row: Row, store: Store, fake: FakeSendGrid) -> None:
    clock = Clock()
    if row.fault:
        fake.faults.append(row.fault)
    {"named": fake.bad_addresses, "not named": fake.mystery_addresses, "": set[str]()}[row.bad].add(BAD)
    assert parts(send(store, fake, clock, large=row.large)) == (row.accepted, row.refused, row.uncertain, row.pending)
    assert len(fake.received) == row.mailed
    assert clock.slept == row.slept

    after = parts(send(store, fake, clock))
    assert after == (row.accepted + row.pending, row.refused, row.uncertain, 0), "resumed: the doubtful are left alone"
    got = Counter(received.email for received in fake.received)
    assert max(got.values(), default=0) <= 1, "nobody is mailed twice"
    assert len(got) == row.mailed + row.pending

    told = [
        ProviderEvent(kind=EventKind.DELIVERED, at=NOW, source="SendGrid", delivery_id=received.custom_args["delivery"])
        for received in fake.received
    ]
    store.events.record(told, now=NOW)
    known = row.mailed if row.uncertain else 0
    (campaign,) = store.ledger.campaigns()
    assert parts(campaign.tally) == (row.accepted + row.pending + known, row.refused, row.uncertain - known, 0)
    assert len(store.ledger.uncertain(campaign.id)) == row.uncertain - known
