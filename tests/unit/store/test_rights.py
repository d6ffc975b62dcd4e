"""Everything held on one person and nothing of others, an erasure that holds for every table, and how the list does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.unit.delivery.sending_kit import NOW, edition, open_store, receipt, subscribe

from newsletter.models.delivery import ReceiptState
from newsletter.models.lists import Evidence, ImportRow
from newsletter.store.schema import metadata
from newsletter.store.store import Store

WHO = "very.unusual.name@rare-domain.example.org"
OTHER = "somebody.else@other.example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def bring(store: Store, *rows: ImportRow, at: datetime = NOW, audience: str = "practitioners") -> None:
    plan = store.subscribers.plan_import(rows, default_audiences=[audience], source="bookings", basis="public task")
    store.subscribers.apply_import(plan, at)


def lived_through(store: Store) -> None:
    """Two people to whom everything has happened that the store can keep."""
    for line, (email, name) in enumerate([(WHO, "Unusual Person"), (OTHER, "Somebody Else")], 2):
        bring(store, ImportRow(line, email, name, "Rare Agency", "Rare Area"), at=NOW)
        bring(store, ImportRow(line, email, name.upper()), at=NOW + timedelta(minutes=line))
    campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    until = NOW + timedelta(hours=1)
    claim = store.ledger.claim(campaign.id, owner="me", limit=9, now=NOW, until=until)
    ids = [who.delivery_id for who in claim.recipients]
    store.ledger.intend(campaign.id, owner="me", delivery_ids=ids, now=NOW, until=until)
    answers = [receipt(who.delivery_id, ReceiptState.REFUSED, f"no mailbox {who.email}") for who in claim.recipients]
    store.ledger.settle(campaign.id, owner="me", receipts=answers, now=NOW, backoff=())
    for email in (WHO, OTHER):
        found = store.subscribers.find(email)
        assert found is not None
        store.subscribers.set_audiences(found.id, {"schools": True}, source="preferences", at=NOW)
        store.subscribers.unsubscribe(found.id, "practitioners", source="link", at=NOW)
        store.subscribers.suppress(email, "bounced", source="event", at=NOW)


def test_everything_held_on_a_person_is_there(store: Store) -> None:
    lived_through(store)
    record = store.subscribers.about(WHO.upper())
    assert record["subscriber"]["email"] == WHO
    assert record["subscriber"]["suppressed"] == "bounced"
    assert [(one["audience"], one["basis"], one["source"]) for one in record["subscriptions"]] == [
        ("practitioners", "public task", "bookings"), ("schools", "consent", "preferences")
    ]  # fmt: skip
    assert [event["what"] for event in record["consent_log"]] == [
        "subscribed", "subscribed", "unsubscribed", "suppressed: bounced"
    ]  # fmt: skip
    assert [(bar["scope"], bar["reason"]) for bar in record["suppressions"]] == [
        ("*", "bounced"), ("practitioners", "unsubscribed")
    ]  # fmt: skip
    assert [change["changed"] for change in record["imports"]] == [{}, {"name": ["Unusual Person", "UNUSUAL PERSON"]}]
    ((sent),) = record["deliveries"]
    assert (sent["title"], sent["state"], sent["reason"]) == ("Winter", "refused", f"no mailbox {WHO}")
    assert sent["changed_at"] == NOW


def test_nothing_of_anybody_else_is_there(store: Store) -> None:
    lived_through(store)
    assert OTHER not in (text := repr(store.subscribers.about(WHO)))
    assert "somebody else" not in text.casefold()


def test_of_somebody_unknown_nothing_is_held(store: Store) -> None:
    lived_through(store)
    record = store.subscribers.about("nobody@example.org")
    assert [name for name, value in record.items() if value and name != "asked_for"] == []


@pytest.mark.sqlite
def test_an_erased_person_is_in_no_page_of_the_file(store: Store, tmp_path: Path) -> None:
    lived_through(store)
    assert store.subscribers.erase(WHO, source="request", at=NOW)
    store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert OTHER.encode() in held, "the test looks in the right place"
    for trace in (b"unusual", b"rare-domain", b"Unusual", b"UNUSUAL"):
        assert trace not in held


def test_an_erased_person_is_in_no_table(store: Store) -> None:
    lived_through(store)
    assert store.subscribers.erase(WHO, source="request", at=NOW)
    with store._database.read() as connection:
        held = {table.name: repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables}
    assert OTHER in held["subscribers"], "the test looks in the right place"
    assert [name for name, rows in held.items() if "unusual" in rows.lower() or "rare-domain" in rows] == []


def test_what_stays_of_an_erased_person_is_why_they_are_never_mailed(store: Store) -> None:
    lived_through(store)
    store.subscribers.erase(WHO, source="request", at=NOW)
    record = store.subscribers.about(WHO)
    assert [name for name, value in record.items() if value] == ["asked_for", "suppressions"]
    assert len(store.subscribers.about(OTHER)["deliveries"]) == 1


def test_the_list_by_agency_and_area_and_where_nobody_is(store: Store) -> None:
    bring(store, ImportRow(2, "a@x.org", agency="Police", area="North"), ImportRow(3, "b@x.org", agency="Police"),
          ImportRow(4, "c@x.org", agency="Health", area="South", shared=True), ImportRow(5, "d@x.org"))  # fmt: skip
    bring(store, ImportRow(2, "a@x.org"), audience="schools")
    store.subscribers.suppress("b@x.org", "bounced", source="event", at=NOW)
    store.subscribers.unsubscribe_address("c@x.org", None, source="phone", at=NOW)
    found = store.subscribers.health(agencies=["police ", "Health", "Probation"], areas=["north", "East"])
    told = [(group.name, group.people, group.reachable, group.bounced, group.unsubscribed) for group in found.agencies]
    assert told == [("Health", 1, 0, 0, 1), ("Police", 2, 1, 1, 0), ("", 1, 1, 0, 0)]
    assert dict(found.agencies[1].audiences) == {"practitioners": 1, "schools": 1}
    assert (found.agency_gaps, found.area_gaps) == (("Health", "Probation"), ("East",))
    assert found.agencies[0].shared == 1


def test_an_empty_list_is_all_gaps(store: Store) -> None:
    found = store.subscribers.health(agencies=["Police"], areas=[])
    assert (found.agencies, found.areas, found.agency_gaps) == ((), (), ("Police",))


def test_whom_to_ask_after_is_whoever_was_not_confirmed_since(store: Store) -> None:
    recent = (Evidence(confirmed_at=NOW),)
    bring(store, ImportRow(2, "old@x.org", area="North"), ImportRow(3, "confirmed@x.org", evidence=recent),
          ImportRow(4, "bounced@x.org"), ImportRow(5, "left@x.org"), at=NOW - timedelta(days=400))  # fmt: skip
    bring(store, ImportRow(2, "new@x.org", area="North"), at=NOW)
    store.subscribers.suppress("bounced@x.org", "bounced", source="event", at=NOW)
    store.subscribers.unsubscribe_address("left@x.org", "practitioners", source="phone", at=NOW)
    limit = NOW - timedelta(days=365)
    (asked,) = store.subscribers.in_post(limit)
    assert (asked.email, asked.audiences, asked.last) == ("old@x.org", ("practitioners",), NOW - timedelta(days=400))
    assert [who.email for who in store.subscribers.in_post(limit, "north")] == ["old@x.org"]
    assert list(store.subscribers.in_post(limit, "South")) == []


def test_somebody_confirmed_is_not_asked_after_again(store: Store) -> None:
    bring(store, ImportRow(2, "old@x.org"), at=NOW - timedelta(days=400))
    bring(store, ImportRow(2, "old@x.org", evidence=(Evidence(confirmed_at=NOW),)), at=NOW)
    assert list(store.subscribers.in_post(NOW - timedelta(days=365))) == []


def test_everybody_to_ask_after_is_listed_however_many(store: Store) -> None:
    subscribe(store, 1100)
    assert len(list(store.subscribers.in_post(NOW + timedelta(days=1)))) == 1100
