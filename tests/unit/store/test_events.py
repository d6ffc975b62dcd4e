"""What mail services tell afterwards, folded into the ledger and the list: once, whatever the order, and no further."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.delivery.sending_kit import NOW, edition, open_store, receipt, subscribe

from newsletter.models.delivery import DeliveryState
from newsletter.models.events import LONGEST_REASON, EventKind, ProviderEvent, words
from newsletter.store.store import Store

MINUTE = timedelta(minutes=1)
LATER = NOW + 5 * MINUTE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def handed_over(store: Store, people: int = 3, state: str = "accepted") -> list[str]:
    """A campaign whose deliveries are accepted, in doubt, or still marked; their ids, by number of the person."""
    subscribe(store, people, "practitioners", "schools")
    campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    until = NOW + timedelta(hours=1)
    claim = store.ledger.claim(campaign.id, owner="me", limit=people, now=NOW, until=until)
    ids = [who.delivery_id for who in sorted(claim.recipients, key=lambda who: who.email)]
    if state != "claimed":
        store.ledger.intend(campaign.id, owner="me", delivery_ids=ids, now=NOW, until=until)
    if state == "accepted":
        store.ledger.settle(campaign.id, owner="me", receipts=[receipt(key) for key in ids], now=NOW, backoff=())
    if state == "uncertain":
        store.ledger.doubt(campaign.id, owner="me", delivery_ids=ids, reason="no answer", now=NOW)
    return ids


def event(
    kind: str, key: str = "", *addresses: str, at: datetime = LATER, reason: str = "", signed: bool = True
) -> ProviderEvent:
    return ProviderEvent(
        kind=EventKind(kind), at=at, source="SendGrid", delivery_id=key, addresses=addresses, reason=reason,
        signed=signed,
    )  # fmt: skip


def states(store: Store) -> list[str]:
    with store._database.read() as connection:
        query = "SELECT d.state FROM deliveries d LEFT JOIN subscribers s ON s.id = d.subscriber_id ORDER BY s.email"
        return [row[0] for row in connection.exec_driver_sql(query)]


def everything(store: Store) -> list[Any]:
    """All that events may change, to compare."""
    with store._database.read() as connection:
        tables = ("deliveries", "subscriptions", "consent_events", "suppressions", "subscribers", "delivery_events")
        return [connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2").all() for table in tables]


@pytest.mark.parametrize(
    ("kind", "state", "suppressed"),
    [
        ("accepted", "accepted", ""),
        ("delivered", "delivered", ""),
        ("blocked", "bounced", ""),
        ("bounced", "bounced", "bounced"),
        ("complained", "complained", "complained"),
        ("unsubscribed", "accepted", "unsubscribed"),
    ],
)
def test_what_each_kind_does_to_the_delivery_and_the_address(
    store: Store, kind: str, state: str, suppressed: str
) -> None:
    first, *_ = handed_over(store)
    (effect,) = store.events.record([event(kind, first, "person1@example.org")], now=LATER)
    assert states(store) == [state, "accepted", "accepted"]
    record = store.subscribers.about("person1@example.org")
    assert record["subscriber"]["suppressed"] == suppressed
    assert effect.suppressed is bool(suppressed)
    assert effect.address == "p•••@example.org"
    person = store.subscribers.find("person1@example.org")
    assert person is not None
    assert person.audiences == (() if kind == "unsubscribed" else ("practitioners", "schools"))


def test_the_log_of_consent_says_who_told_and_when(store: Store) -> None:
    first, second, _ = handed_over(store)
    told = [event("bounced", first, "person1@example.org"), event("unsubscribed", second, "person2@example.org")]
    store.events.record(told, now=LATER + MINUTE)
    (bounced,) = store.subscribers.about("person1@example.org")["consent_log"][2:]
    assert (bounced["what"], bounced["source"], bounced["at"]) == ("suppressed: bounced", "SendGrid", LATER)
    left = store.subscribers.about("person2@example.org")["consent_log"][2:]
    assert [(one["what"], one["audience"]) for one in left] == [
        ("unsubscribed", "practitioners"), ("unsubscribed", "schools")
    ]  # fmt: skip


def test_the_same_events_again_change_nothing(store: Store) -> None:
    first, second, third = handed_over(store)
    told = [
        event("delivered", first), event("bounced", second, "person2@example.org", reason="550 no such user"),
        event("complained", third, "person3@example.org"), event("unsubscribed", "", "nobody@example.org"),
    ]  # fmt: skip
    assert all(effect.new for effect in store.events.record(told, now=LATER))
    before = everything(store)
    again = [one.model_copy(update={"event_id": "another"}) for one in told]  # SendGrid's own ids differ in a retry
    assert not any(effect.new for effect in store.events.record(again, now=LATER + MINUTE))
    assert everything(store) == before


KINDS = ("accepted", "delivered", "blocked", "bounced", "complained")


def test_the_order_in_which_they_come_does_not_matter(store: Store) -> None:
    orders = list(itertools.permutations(("accepted", "delivered", "bounced", "complained")))
    ids, outcomes = handed_over(store, len(orders)), set()
    for key, order in zip(ids, orders, strict=True):
        for kind in order:
            store.events.record([event(kind, key, at=NOW + KINDS.index(kind) * MINUTE)], now=LATER)
    for number in range(1, len(orders) + 1):
        outcomes.add(store.subscribers.about(f"person{number}@example.org")["subscriber"]["suppressed"])
    assert set(states(store)) == {"complained"}
    assert outcomes == {"bounced", "complained"}, "the first hard reason stays"


@pytest.mark.parametrize("kind", KINDS)
def test_a_doubt_is_settled_by_any_word_of_the_message(store: Store, kind: str) -> None:
    first, *_ = handed_over(store, state="uncertain")
    campaign = store.ledger.campaigns()[0]
    assert campaign.tally.uncertain == 3
    (effect,) = store.events.record([event(kind, first, "person1@example.org")], now=LATER)
    assert effect.settled
    tally = store.ledger.tally(campaign.id)
    assert (tally.uncertain, tally.accepted, tally.adds_up) == (2, 1, True)
    assert len(store.ledger.uncertain(campaign.id)) == 2
    assert store.events.counts(campaign.id) == {EventKind(kind): 1}


def test_an_event_that_overtakes_the_answer_counts_and_the_answer_then_changes_nothing(store: Store) -> None:
    first, *_ = handed_over(store, state="intent")
    store.events.record([event("bounced", first, "person1@example.org")], now=LATER)
    campaign = store.ledger.campaigns()[0]
    store.ledger.settle(campaign.id, owner="me", receipts=[receipt(first)], now=LATER, backoff=())
    assert states(store)[0] == "bounced"
    assert store.ledger.tally(campaign.id).adds_up


def test_who_was_told_to_have_it_is_not_sent_it_again(store: Store) -> None:
    first, *_ = handed_over(store, state="claimed")
    campaign = store.ledger.campaigns()[0]
    store.events.record([event("delivered", first)], now=LATER)
    marked = store.ledger.intend(
        campaign.id, owner="me", delivery_ids=[first], now=LATER, until=LATER + timedelta(hours=1)
    )
    assert marked == frozenset()
    store.ledger.release(campaign.id, owner="me", now=LATER)
    again = store.ledger.claim(campaign.id, owner="you", limit=9, now=LATER, until=LATER + timedelta(hours=1))
    assert first not in {who.delivery_id for who in again.recipients}


def test_events_do_not_count_as_messages_handed_over(store: Store) -> None:
    ids = handed_over(store)
    store.events.record([event("delivered", key) for key in ids], now=NOW + timedelta(hours=3))
    assert store.ledger.handed_over(NOW + timedelta(hours=1)) == ()


def test_a_wish_to_come_back_that_is_newer_than_the_event_counts(store: Store) -> None:
    handed_over(store, 1)
    person = store.subscribers.find("person1@example.org")
    assert person is not None
    store.subscribers.unsubscribe(person.id, "schools", source="link", at=NOW)
    store.subscribers.resubscribe(person.id, "schools", source="undo", at=LATER)
    (effect,) = store.events.record([event("unsubscribed", "", "person1@example.org", at=NOW)], now=LATER + MINUTE)
    assert not effect.suppressed
    assert store.subscribers.find("person1@example.org").audiences == ("practitioners", "schools")  # type: ignore[union-attr]


def test_coming_back_at_the_service_brings_back_what_was_ended_there_and_nothing_else(store: Store) -> None:
    handed_over(store, 1)
    person = store.subscribers.find("person1@example.org")
    assert person is not None
    store.subscribers.unsubscribe(person.id, "schools", source="link", at=NOW)
    store.events.record([event("unsubscribed", "", "person1@example.org")], now=LATER)
    store.events.record([event("resubscribed", "", "person1@example.org", at=LATER + MINUTE)], now=LATER + MINUTE)
    found = store.subscribers.about("person1@example.org")
    assert store.subscribers.find("person1@example.org").audiences == ("practitioners",)  # type: ignore[union-attr]
    assert found["subscriber"]["suppressed"] == ""


def test_coming_back_never_lifts_a_complaint(store: Store) -> None:
    first, *_ = handed_over(store, 1)
    store.events.record([event("complained", first, "person1@example.org")], now=LATER)
    store.events.record([event("resubscribed", "", "person1@example.org", at=LATER + MINUTE)], now=LATER + MINUTE)
    assert store.subscribers.about("person1@example.org")["subscriber"]["suppressed"] == "complained"


def test_what_nobody_signed_counts_only_for_the_delivery_that_it_names(store: Store) -> None:
    first, *_ = handed_over(store)
    before = everything(store)
    forged = [
        event("bounced", "", "person2@example.org", signed=False),
        event("bounced", "f" * 32, "person2@example.org", signed=False),
    ]
    assert not any(effect.known or effect.new for effect in store.events.record(forged, now=LATER))
    assert everything(store) == before
    (other,) = store.events.record([event("bounced", first, "person2@example.org", signed=False)], now=LATER)
    assert (other.kind, other.suppressed) == (EventKind.BLOCKED, False), "a copy that was forwarded came back"
    (ours,) = store.events.record([event("bounced", first, "PERSON1@Example.org", signed=False)], now=LATER)
    assert (ours.kind, ours.suppressed) == (EventKind.BOUNCED, True)
    assert [store.subscribers.about(f"person{n}@example.org")["subscriber"]["suppressed"] for n in (1, 2)] == [
        "bounced", "",
    ]  # fmt: skip


def test_a_dry_run_says_the_same_and_writes_nothing(store: Store) -> None:
    first, second, _ = handed_over(store)
    told = [event("bounced", first, "person1@example.org"), event("delivered", second)]
    before = everything(store)
    shown = store.events.record(told, now=LATER, really=False)
    assert everything(store) == before
    assert store.events.record(told, now=LATER) == shown


def test_an_excluded_recipient_stays_excluded(store: Store) -> None:
    first, *_ = handed_over(store)
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'excluded'")
    store.events.record([event("delivered", first)], now=LATER)
    assert set(states(store)) == {"excluded"}


def test_the_words_of_a_service_are_kept_without_an_address(store: Store) -> None:
    first, *_ = handed_over(store)
    told = event("bounced", first, "person1@example.org", reason="550 5.1.1 <person1@example.org>:\r\n\x00 unknown")
    store.events.record([told], now=LATER)
    (known,) = store.subscribers.about("person1@example.org")["delivery_events"]
    assert known["reason"] == "550 5.1.1 <(address)>: unknown"
    assert store.subscribers.about("person1@example.org")["deliveries"][0]["reason"] == known["reason"]


def test_what_was_told_of_an_erased_person_says_nothing_any_more(store: Store) -> None:
    first, *_ = handed_over(store)
    store.events.record([event("bounced", first, "person1@example.org", reason="Person One has left")], now=LATER)
    store.subscribers.erase("person1@example.org", source="request", at=LATER)
    with store._database.read() as connection:
        assert connection.exec_driver_sql("SELECT reason, event_id FROM delivery_events").all() == [("", "")]
    store.events.record([event("delivered", first, "person1@example.org")], now=LATER)
    assert store.subscribers.find("person1@example.org") is None


@given(text=st.text(st.characters(exclude_categories=()), max_size=400))
def test_any_words_can_be_kept(text: str) -> None:
    kept = words(text + " jo.smith@example.org")
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert len(kept) <= LONGEST_REASON
    assert "jo.smith" not in kept
    assert "\x00" not in kept


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(
        st.tuples(st.sampled_from([*KINDS, "unsubscribed", "resubscribed"]), st.integers(0, 3), st.integers(0, 4)),
        max_size=12,
    ),
    state=st.sampled_from(["accepted", "uncertain", "intent", "claimed"]),
)
def test_the_sum_holds_whatever_is_told(tmp_path: Path, told: list[tuple[str, int, int]], state: str) -> None:
    path = tmp_path / "newsletter.db"
    for left in tmp_path.iterdir():
        left.unlink()
    assert not path.exists()
    with open_store(tmp_path) as store:
        ids = [*handed_over(store, 3, state), "e" * 32]
        events = [
            event(kind, ids[who], f"person{who + 1}@example.org", at=NOW + minutes * MINUTE)
            for kind, who, minutes in told
        ]
        store.events.record(events, now=LATER)
        before = everything(store)
        campaign = store.ledger.campaigns()[0]
        assert campaign.tally.adds_up
        store.events.record(events, now=LATER)
        assert everything(store) == before
        assert set(states(store)) <= {value.value for value in DeliveryState}
