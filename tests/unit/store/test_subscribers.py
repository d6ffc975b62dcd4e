"""People who come, leave, come back and are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from tests.unit.delivery.sending_kit import NOW, SECRETS, edition, open_store, subscribe

from newsletter.models.delivery import Subscriber
from newsletter.models.lists import AudienceCount
from newsletter.store.schema import consent_events, import_changes, subscribers, subscriptions, suppressions
from newsletter.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def person(store: Store, email: str = "person1@example.org") -> Subscriber:
    found = store.subscribers.find(email)
    assert found is not None
    return found


def events(store: Store) -> list[tuple[str, str, str]]:
    query = select(consent_events.c.audience, consent_events.c.what, consent_events.c.source).order_by(
        consent_events.c.id
    )
    with store._database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_ids_are_random_so_that_nobody_can_count_through_them(store: Store) -> None:
    subscribe(store, 50)
    ids = [person(store, f"person{number}@example.org").id for number in range(1, 51)]
    assert len({number >> 40 for number in ids}) > 45
    assert all(0 <= number < 2**63 for number in ids)


@pytest.mark.parametrize(
    "spelling", ["PERSON1@example.org", "Person1@EXAMPLE.ORG", " person1@example.org ", "person1@Example.Org"]
)
def test_a_person_is_found_however_the_address_is_spelt(store: Store, spelling: str) -> None:
    subscribe(store, 1)
    assert person(store, spelling).email == "person1@example.org"


def test_an_international_domain_is_one_address_in_both_its_forms(store: Store) -> None:
    subscribe(store, ["jö@exämple.org"])
    assert person(store, "JÖ@xn--exmple-cua.org").email == "jö@exämple.org"
    assert person(store, "jo\u0308@EXA\u0308MPLE.org").id == person(store, "jö@exämple.org").id


def test_unsubscribing_stops_one_audience_and_can_be_repeated(store: Store) -> None:
    subscribe(store, 1, "practitioners", "schools")
    who = person(store).id
    assert store.subscribers.unsubscribe(who, "schools", source="link", at=NOW)
    assert not store.subscribers.unsubscribe(who, "schools", source="link", at=NOW)
    assert person(store).audiences == ("practitioners",)
    assert events(store)[2:] == [("schools", "unsubscribed", "link")]


def test_unsubscribing_somebody_unknown_is_no_error(store: Store) -> None:
    assert not store.subscribers.unsubscribe(12345, "schools", source="link", at=NOW)
    assert store.subscribers.get(12345) is None
    assert events(store) == []


def test_an_unsubscription_can_be_taken_back_but_none_is_made_up(store: Store) -> None:
    subscribe(store, 1, "schools")
    who = person(store).id
    assert not store.subscribers.resubscribe(who, "schools", source="undo", at=NOW)
    assert not store.subscribers.resubscribe(who, "practitioners", source="undo", at=NOW)
    store.subscribers.unsubscribe(who, "schools", source="link", at=NOW)
    assert store.subscribers.resubscribe(who, "schools", source="undo", at=NOW)
    assert person(store).audiences == ("schools",)
    assert [what for _, what, _ in events(store)] == ["subscribed", "unsubscribed", "resubscribed"]


def test_somebody_who_came_back_is_mailed_again_and_may_be_imported_again(store: Store) -> None:
    subscribe(store, 1)
    store.subscribers.unsubscribe(person(store).id, "practitioners", source="link", at=NOW)
    store.subscribers.resubscribe(person(store).id, "practitioners", source="undo", at=NOW)
    campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    claim = store.ledger.claim(campaign.id, owner="me", limit=9, now=NOW, until=NOW)
    assert [recipient.email for recipient in claim.recipients] == ["person1@example.org"]


def test_preferences_change_what_was_shown_and_nothing_else(store: Store) -> None:
    subscribe(store, 1, "practitioners", "hidden")
    who = person(store).id
    wanted = {"practitioners": False, "schools": True}
    assert store.subscribers.set_audiences(who, wanted, source="preferences", at=NOW) == wanted
    assert person(store).audiences == ("hidden", "schools")
    assert store.subscribers.set_audiences(who, wanted, source="preferences", at=NOW) == {}
    assert store.subscribers.set_audiences(999, wanted, source="preferences", at=NOW) == {}


def test_choosing_an_audience_keeps_the_evidence(store: Store) -> None:
    subscribe(store, 1)
    store.subscribers.set_audiences(person(store).id, {"schools": True}, source="preferences", at=NOW)
    query = select(subscriptions).where(subscriptions.c.audience == "schools")
    with store._database.read() as connection:
        row = connection.execute(query).one()
    assert (row.basis, row.source, row.confirmed_at, row.ended_at) == ("consent", "preferences", NOW, None)


def test_stopping_everything_holds_for_audiences_to_come(store: Store) -> None:
    subscribe(store, 1, "practitioners", "schools")
    ended = store.subscribers.unsubscribe_address("Person1@example.org", None, source="phone", at=NOW)
    assert ended == ("practitioners", "schools")
    subscribe(store, 1, "new-audience")
    assert person(store).audiences == ()


def test_somebody_who_was_never_on_the_list_can_ask_not_to_be(store: Store) -> None:
    assert store.subscribers.unsubscribe_address("person1@example.org", "schools", source="phone", at=NOW) == ()
    subscribe(store, 1, "schools", "practitioners")
    assert person(store).audiences == ("practitioners",)


def test_a_persons_own_later_wish_lifts_their_earlier_one(store: Store) -> None:
    subscribe(store, 1)
    store.subscribers.unsubscribe_address("person1@example.org", None, source="phone", at=NOW)
    store.subscribers.set_audiences(person(store).id, {"practitioners": True}, source="preferences", at=NOW)
    assert store.subscribers.show().audiences == (AudienceCount("practitioners", 1, 0, 0),)


@pytest.mark.parametrize("reason", ["bounced", "complained"])
def test_a_hard_reason_outlives_every_wish(store: Store, reason: str) -> None:
    subscribe(store, 1)
    store.subscribers.suppress("person1@example.org", reason, source="event", at=NOW)
    who = person(store).id
    store.subscribers.unsubscribe_address("person1@example.org", None, source="phone", at=NOW)
    store.subscribers.set_audiences(who, {"practitioners": True}, source="preferences", at=NOW)
    assert store.subscribers.show().audiences == (AudienceCount("practitioners", 1, 1, 0),)
    with store._database.read() as connection:
        assert connection.scalars(select(subscribers.c.suppressed)).all() == [reason]


def test_the_list_in_numbers(store: Store) -> None:
    subscribe(store, 5)
    subscribe(store, 2, "schools")
    store.subscribers.unsubscribe(person(store).id, "schools", source="link", at=NOW)
    store.subscribers.suppress("person2@example.org", "bounced", source="event", at=NOW)
    counts = store.subscribers.show(["empty"])
    assert (counts.subscribers, counts.suppressions) == (5, 1)
    assert counts.audiences == (
        AudienceCount("empty", 0, 0, 0),
        AudienceCount("practitioners", 5, 1, 0),
        AudienceCount("schools", 1, 1, 1),
    )
    assert store.subscribers.known_audiences() == ("practitioners", "schools")


def test_the_number_of_an_audience_is_what_a_campaign_freezes(store: Store) -> None:
    subscribe(store, 5)
    store.subscribers.suppress("person2@example.org", "bounced", source="event", at=NOW)
    store.subscribers.unsubscribe(person(store).id, "practitioners", source="link", at=NOW)
    number = store.subscribers.count("practitioners")
    assert number == store.ledger.freeze(edition(), "practitioners", now=NOW).tally.frozen == 4


def test_everybody_can_be_read_one_by_one(store: Store) -> None:
    subscribe(store, ["b@example.org", "a@example.org"])
    assert [person.email for person in store.subscribers.each()] == ["a@example.org", "b@example.org"]
    assert store.subscribers.sample("practitioners", 1)[0].endswith("•••@example.org")


def test_an_erased_person_leaves_a_hash_and_nothing_else(store: Store, tmp_path: Path) -> None:
    subscribe(store, ["very.unusual.name@example.org"])
    assert store.subscribers.erase("Very.Unusual.Name@example.org", source="request", at=NOW)
    tables = (subscribers, subscriptions, consent_events, import_changes)
    with store._database.read() as connection:
        assert [connection.execute(select(table)).all() for table in tables] == [[], [], [], []]
        (kept,) = connection.execute(select(suppressions)).all()
    assert (kept.reason, kept.scope, kept.at, len(kept.email_hash)) == ("erased", "*", NOW, 32)
    store.close()
    assert b"unusual" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_an_erased_person_does_not_come_back_with_an_import(store: Store) -> None:
    subscribe(store, 1)
    store.subscribers.erase("person1@example.org", source="request", at=NOW)
    subscribe(store, 2)
    assert store.subscribers.find("person1@example.org") is None
    assert not store.subscribers.erase("person1@example.org", source="request", at=NOW)


def test_a_suppression_outlives_a_change_of_secrets(tmp_path: Path) -> None:
    with open_store(tmp_path, {1: SECRETS[1]}) as store:
        subscribe(store, 1)
        store.subscribers.unsubscribe(person(store).id, "practitioners", source="link", at=NOW)
        store.subscribers.erase("person2@example.org", source="request", at=NOW)
    with open_store(tmp_path, {3: SecretStr("a third secret, long enough to be one"), **SECRETS}) as store:
        subscribe(store, 3)
        assert store.subscribers.count("practitioners") == 1
        assert store.subscribers.find("person2@example.org") is None
        assert store.subscribers.resubscribe(person(store).id, "practitioners", source="undo", at=NOW)
        assert store.subscribers.count("practitioners") == 2


def test_moments_come_back_as_they_were(store: Store) -> None:
    later = (NOW + timedelta(microseconds=1)).astimezone()
    subscribe(store, 1)
    store.subscribers.unsubscribe(person(store).id, "practitioners", source="link", at=later)
    with store._database.read() as connection:
        assert connection.scalars(select(subscriptions.c.ended_at)).one() == later
    with pytest.raises(Exception, match="time zone"):
        store.subscribers.resubscribe(person(store).id, "practitioners", source="undo", at=NOW.replace(tzinfo=None))
