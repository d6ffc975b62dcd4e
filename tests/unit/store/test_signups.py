"""Signing up in two steps, leaving in one, and the queue of mails about both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.delivery.sending_kit import NOW, open_store, subscribe

from newsletter.models.delivery import DeliveryState, Subscriber
from newsletter.models.lists import ImportRow
from newsletter.models.signups import MailKind, Wording
from newsletter.store.leaving import UNDO_FOR, Leaver
from newsletter.store.service_mails import Settled
from newsletter.store.store import Store

WORDING = Wording(language="en-GB", text="We will email you the newsletter.")
JO = "Jo.Smith@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def person(store: Store, email: str = JO) -> Subscriber:
    found = store.subscribers.find(email)
    assert found is not None
    return found


def kinds(store: Store) -> list[MailKind]:
    return [mail.kind for mail in store.service_mails.waiting(NOW + timedelta(days=1), 100)]


def test_asking_subscribes_nobody_and_confirming_keeps_what_the_person_was_told(store: Store) -> None:
    key = store.signups.ask(JO, ["practitioners", "schools"], WORDING, at=NOW)
    assert store.subscribers.find(JO) is None
    assert kinds(store) == [MailKind.SIGN_UP]
    confirmed = store.signups.confirm(key, at=NOW + timedelta(hours=1))
    assert confirmed is not None
    assert person(store).audiences == ("practitioners", "schools")
    assert person(store).language == "en-GB"
    assert kinds(store) == [MailKind.SIGN_UP, MailKind.WELCOME]
    record = store.subscribers.about(JO)
    assert {line["wording_version"] for line in record["subscriptions"] + record["consent_log"]} == {WORDING.version}
    assert {line["basis"] for line in record["subscriptions"]} == {"consent"}
    assert len(record["sign_ups"]) == 1
    assert store.signups.wording(WORDING.version) == WORDING


def test_a_confirmation_works_once(store: Store) -> None:
    key = store.signups.ask(JO, ["schools"], WORDING, at=NOW)
    first = store.signups.confirm(key, at=NOW)
    store.leaving.leave([Leaver(person(store).id, "schools", NOW)], source="link")
    assert store.signups.confirm(key, at=NOW + timedelta(hours=2)) == first
    assert person(store).audiences == ()
    assert kinds(store).count(MailKind.WELCOME) == 1


def test_a_confirmation_that_comes_too_late_subscribes_nobody(store: Store) -> None:
    key = store.signups.ask(JO, ["schools"], WORDING, at=NOW)
    assert store.signups.confirm(key, at=NOW + timedelta(hours=74)) is None
    assert store.signups.confirm(key + 1, at=NOW) is None
    assert store.subscribers.find(JO) is None


def test_what_nobody_confirmed_is_forgotten(store: Store) -> None:
    key = store.signups.ask(JO, ["schools"], WORDING, at=NOW)
    store.signups.tidy(NOW + timedelta(days=8))
    assert store.signups.get(key) is None
    assert store.subscribers.about(JO)["sign_ups"] == []


def test_only_the_person_themselves_comes_back_and_a_list_still_cannot_bring_them(store: Store) -> None:
    subscribe(store, 1)
    address = "person1@example.org"
    store.subscribers.unsubscribe_address(address, None, source="phone", at=NOW)
    store.subscribers.erase(address, source="request", at=NOW)
    row = ImportRow(line=1, email=address, audiences=("schools",))
    plan = store.subscribers.plan_import([row], default_audiences=(), source="list")
    store.subscribers.apply_import(plan, NOW)
    assert store.subscribers.find(address) is None
    store.signups.confirm(store.signups.ask(address, ["schools"], WORDING, at=NOW), at=NOW)
    assert person(store, address).audiences == ("schools",)
    left = store.subscribers.about(address)["suppressions"]
    assert [bar["scope"] for bar in left] == ["practitioners"]  # which they did not ask for again


def test_whoever_complained_is_not_even_asked(store: Store) -> None:
    assert store.signups.barred(JO) == ""
    store.subscribers.suppress(JO, "bounced", source="event", at=NOW)
    assert store.signups.barred(JO) == ""
    store.subscribers.suppress("sam@example.org", "complained", source="event", at=NOW)
    assert store.signups.barred("Sam@Example.org") == "complained"


def test_leaving_together_is_the_same_as_leaving_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with open_store(tmp_path / "a") as one, open_store(tmp_path / "b") as many:
        states = []
        for store in (one, many):
            subscribe(store, 5)
            people = [person(store, f"person{number}@example.org") for number in range(1, 6)]
            store.subscribers.suppress(people[0].email, "bounced", source="event", at=NOW)
            wishes = [Leaver(who.id, audience, NOW) for who in people for audience in ("practitioners", "other")]
            wishes += [wishes[0], Leaver(77, "practitioners", NOW)]
            if store is many:
                assert store.leaving.leave(wishes, source="link") == 5
            else:
                for wish in wishes:
                    store.subscribers.unsubscribe(wish.subscriber_id, wish.audience, source="link", at=wish.at)
            records = [store.subscribers.about(who.email) for who in people]
            for record in records:
                record["imports"] = []
            states.append(records)
        assert states[0] == states[1]
        assert kinds(many) == [MailKind.GOODBYE] * 5


def test_leaving_is_undone_for_a_week_and_by_nobody_afterwards(store: Store) -> None:
    subscribe(store, 1)
    who = person(store, "person1@example.org")
    assert not store.leaving.undo(who.id, "practitioners", source="undo", at=NOW)
    store.leaving.leave([Leaver(who.id, "practitioners", NOW)], source="link")
    late = NOW + UNDO_FOR + timedelta(minutes=1)
    assert not store.leaving.may_undo(who.id, "practitioners", at=late)
    assert not store.leaving.undo(who.id, "practitioners", source="undo", at=late)
    assert store.leaving.may_undo(who.id, "practitioners", at=NOW + UNDO_FOR)
    assert store.leaving.undo(who.id, "practitioners", source="undo", at=NOW + UNDO_FOR)
    assert person(store, "person1@example.org").audiences == ("practitioners",)
    assert store.subscribers.about(who.email)["suppressions"] == []


def test_a_mail_is_handed_over_by_one_and_doubted_after_a_crash(store: Store) -> None:
    key = store.signups.ask(JO, ["schools"], WORDING, at=NOW)
    (mail,) = store.service_mails.waiting(NOW, 10)
    assert (mail.person_id, mail.audiences, mail.language) == (key, ("schools",), "en-GB")
    assert store.service_mails.mark([mail.id], until=NOW) == {mail.id}
    assert store.service_mails.mark([mail.id], until=NOW) == set()
    assert store.service_mails.recover(NOW - timedelta(minutes=1), again=False) == 0  # somebody may be at it
    assert store.service_mails.recover(NOW, again=False) == 1
    assert store.service_mails.waiting(NOW, 10) == ()
    assert store.service_mails.counts() == {"uncertain": 1}


def test_a_mail_that_was_certainly_not_accepted_waits_and_goes_again(store: Store) -> None:
    store.signups.ask(JO, ["schools"], WORDING, at=NOW)
    (mail,) = store.service_mails.waiting(NOW, 10)
    store.service_mails.mark([mail.id], until=NOW)
    store.service_mails.settle([Settled(mail.id, DeliveryState.PENDING, "busy", NOW + timedelta(minutes=5))])
    assert store.service_mails.waiting(NOW, 10) == ()
    (again,) = store.service_mails.waiting(NOW + timedelta(minutes=5), 10)
    assert again.attempts == 1
    store.service_mails.mark([mail.id], until=NOW)
    assert store.service_mails.recover(NOW, again=True) == 1
    assert len(store.service_mails.waiting(NOW + timedelta(minutes=5), 10)) == 1


def test_erasing_forgets_what_was_asked_for(store: Store) -> None:
    key = store.signups.ask(JO, ["schools"], WORDING, at=NOW)
    store.subscribers.erase(JO, source="request", at=NOW)
    assert store.signups.get(key) is None
