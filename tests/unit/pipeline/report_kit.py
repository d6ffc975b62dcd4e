"""A year of a publication: a list that grew and shrank, four sendings, and what came back of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.unit.delivery.sending_kit import edition

from newsletter.models.delivery import Receipt, ReceiptState
from newsletter.models.events import EventKind, ProviderEvent
from newsletter.models.lists import ImportRow
from newsletter.store.store import Store

START = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
END = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AGENCIES = (("Northshire Police", 60), ("Health", 90), ("Schools, colleges and early years", 45), ("Housing", 12),
            ("One-person charity", 1), ("Village nursery", 2), ("", 8))  # fmt: skip
PEOPLE = sum(number for _, number in AGENCIES)  # 218
ISSUES = (("2026-02-spring", 2), ("2026-05-summer", 5), ("2026-09-autumn", 9), ("2026-11-winter", 11))


def join(store: Store, prefix: str, number: int, agency: str, at: datetime) -> list[str]:
    """So many people of an agency come on the list; their addresses."""
    domain = "".join(letter for letter in agency.lower() if letter.isalpha())[:12] or "example"
    addresses = [f"{prefix}{place}@{domain}.example.org" for place in range(number)]
    rows = [ImportRow(line=place, email=address, agency=agency) for place, address in enumerate(addresses, 1)]
    plan = store.subscribers.plan_import(rows, default_audiences=("practitioners",), source="test")
    store.subscribers.apply_import(plan, at)
    return addresses


def send(store: Store, slug: str, at: datetime, *, refused: int, bounced: int, complained: int) -> str:
    """One sending to everybody; the first are refused, the next bounce, the next complain. The campaign's id."""
    sent = edition(slug=slug, subject=f"Newsletter {slug}").model_copy(update={"title": slug[8:].title()})
    key = store.ledger.freeze(sent, "practitioners", now=at).id
    store.approvals.add(sent.hash, sent.path, name="Sam Rivers", role="Independent Scrutineer", at=at)
    store.ledger.start(key, transport="memory:", now=at)
    owner = store.ledger.new_owner()
    claim = store.ledger.claim(key, owner=owner, limit=10_000, now=at, until=at + timedelta(hours=1))
    ids = [one.delivery_id for one in sorted(claim.recipients, key=lambda one: one.email)]
    store.ledger.intend(key, owner=owner, delivery_ids=ids, now=at, until=at + timedelta(hours=1))
    receipts = [
        Receipt(delivery_id=one, state=ReceiptState.REFUSED if place < refused else ReceiptState.ACCEPTED)
        for place, one in enumerate(ids)
    ]
    store.ledger.settle(key, owner=owner, receipts=receipts, now=at, backoff=())
    store.ledger.finish(key, now=at)
    kinds = [EventKind.BLOCKED] * bounced + [EventKind.COMPLAINED] * complained
    events = [
        ProviderEvent(kind=kind, at=at + timedelta(hours=1), source="test", delivery_id=one)
        for kind, one in zip(kinds, ids[refused:], strict=False)
    ]
    store.events.record(events, now=at + timedelta(hours=1))
    return key


def a_year(store: Store) -> None:
    """Fills the database."""
    for place, (agency, number) in enumerate(AGENCIES):
        join(store, f"a{place}-", number, agency, START + timedelta(days=20 * place))
    leavers = join(store, "leaver", 9, "Health", START)
    for slug, month in ISSUES:
        at = datetime(2026, month, 12, 10, 0, tzinfo=UTC)
        send(store, slug, at, refused=2, bounced=month, complained=1)
        for _ in range(2):
            store.subscribers.unsubscribe_address(
                leavers.pop(), "practitioners", source="link", at=at + timedelta(days=1)
            )
    store.subscribers.unsubscribe_address(
        leavers.pop(), "practitioners", source="link", at=datetime(2026, 8, 1, tzinfo=UTC)
    )
