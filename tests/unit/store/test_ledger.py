"""The ledger: frozen once, claimed once, and a sum that holds whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from tests.unit.delivery.sending_kit import NOW, edition, open_store, receipt, subscribe

from newsletter.errors import Refused, StoreError
from newsletter.models.delivery import Campaign, CampaignState, Claim, Receipt, ReceiptState
from newsletter.models.edition import EditionAsset
from newsletter.store.schema import blobs, campaign_events, subscriptions
from newsletter.store.store import Store

SOON = NOW + timedelta(minutes=5)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5))
ACCEPTED, TEMPORARY, REFUSED = ReceiptState.ACCEPTED, ReceiptState.TEMPORARY, ReceiptState.REFUSED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def running(store: Store, people: int = 5) -> Campaign:
    subscribe(store, people)
    campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    return campaign


def claim(store: Store, campaign: Campaign, owner: str = "me", limit: int = 100) -> Claim:
    return store.ledger.claim(campaign.id, owner=owner, limit=limit, now=NOW, until=SOON)


def ids(of: Claim) -> list[str]:
    return [recipient.delivery_id for recipient in of.recipients]


def intend(store: Store, campaign: Campaign, delivery_ids: Sequence[str], owner: str = "me") -> frozenset[str]:
    return store.ledger.intend(campaign.id, owner=owner, delivery_ids=delivery_ids, now=NOW, until=SOON)


def settle(store: Store, campaign: Campaign, receipts: Sequence[Receipt], owner: str = "me") -> int:
    return store.ledger.settle(campaign.id, owner=owner, receipts=receipts, now=NOW, backoff=BACKOFF)


def test_freezing_twice_gives_the_same_campaign(store: Store) -> None:
    subscribe(store, 3)
    first = store.ledger.freeze(edition(), "practitioners", now=NOW)
    subscribe(store, 9)
    second = store.ledger.freeze(edition(), "practitioners", now=SOON)
    assert (first.id, first.tally.frozen, first.created_at) == (second.id, 3, second.created_at)
    assert second.tally.frozen == 3
    assert store.ledger.existing(edition().hash, "practitioners") == second
    assert len(store.ledger.campaigns()) == 1


def test_another_edition_audience_or_repeat_is_another_campaign(store: Store) -> None:
    subscribe(store, 2, "practitioners", "schools")
    ledger = store.ledger
    keys = {
        ledger.freeze(edition(), "practitioners", now=NOW).id,
        ledger.freeze(edition(), "schools", now=NOW).id,
        ledger.freeze(edition(subject="Another"), "practitioners", now=NOW).id,
        ledger.freeze(edition(), "practitioners", now=NOW, test=True, repeat="2").id,
    }
    assert len(keys) == 4


def test_an_audience_without_people_opens_no_campaign(store: Store) -> None:
    with pytest.raises(Refused, match="Nobody is subscribed"):
        store.ledger.freeze(edition(), "practitioners", now=NOW)
    assert store.ledger.campaigns() == ()


def test_an_address_that_is_never_mailed_is_excluded_when_frozen(store: Store) -> None:
    subscribe(store, 3)
    store.subscribers.suppress("person2@example.org", "bounced", source="event", at=NOW)
    tally = store.ledger.freeze(edition(), "practitioners", now=NOW).tally
    assert (tally.frozen, tally.excluded, tally.pending) == (3, 1, 2)


def test_a_frozen_edition_comes_back_byte_for_byte(store: Store) -> None:
    subscribe(store, 1)
    whole = edition(assets=(EditionAsset(path="images/a.png", media_type="image/png", data=bytes(range(256)) * 9),))
    campaign = store.ledger.freeze(whole, "practitioners", now=NOW)
    assert store.ledger.edition(campaign.id) == whole


def test_a_frozen_edition_that_was_tampered_with_is_never_sent(store: Store) -> None:
    subscribe(store, 1)
    campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
    with store._database.write() as connection:
        connection.execute(blobs.update().values(data=b"something else"))
    with pytest.raises(StoreError, match="damaged"):
        store.ledger.edition(campaign.id)


def test_nobody_is_claimed_by_two(store: Store) -> None:
    campaign = running(store, 7)
    first, second, third = (claim(store, campaign, owner, 3) for owner in ("a", "b", "c"))
    assert [len(ids(part)) for part in (first, second, third)] == [3, 3, 1]
    assert len({*ids(first), *ids(second), *ids(third)}) == 7
    assert claim(store, campaign, "d").recipients == ()


def test_somebody_who_left_after_the_freeze_is_excluded_when_claimed(store: Store) -> None:
    campaign = running(store, 5)
    people = [store.subscribers.find(f"person{number}@example.org") for number in range(1, 5)]
    assert all(people)
    store.subscribers.unsubscribe(people[0].id, "practitioners", source="link", at=NOW)  # type: ignore[union-attr]
    store.subscribers.erase("person2@example.org", source="request", at=NOW)
    store.subscribers.suppress("person3@example.org", "complained", source="event", at=NOW)
    store.subscribers.unsubscribe_address("person4@example.org", None, source="phone", at=NOW)
    found = claim(store, campaign)
    assert [recipient.email for recipient in found.recipients] == ["person5@example.org"]
    assert found.excluded == 4
    assert store.ledger.tally(campaign.id).excluded == 4


def test_a_subscription_that_ended_is_enough_to_be_excluded(store: Store) -> None:
    campaign = running(store, 2)
    with store._database.write() as connection:
        connection.execute(subscriptions.update().values(ended_at=NOW))
    assert claim(store, campaign) == Claim(excluded=2)


def test_a_claim_goes_on_until_it_finds_somebody_who_stayed(store: Store) -> None:
    campaign = running(store, 30)
    for number in range(1, 30):
        store.subscribers.unsubscribe_address(f"person{number}@example.org", None, source="phone", at=NOW)
    found = claim(store, campaign, limit=5)
    assert len(found.recipients) <= 1
    total = found.excluded + claim(store, campaign, limit=50).excluded
    assert total == 29


def test_a_campaign_that_was_paused_or_cancelled_gives_nobody_out(store: Store) -> None:
    campaign = running(store)
    store.ledger.change_state(campaign.id, CampaignState.PAUSED, reason="by hand", now=NOW, by="Jo Smith")
    assert claim(store, campaign) == Claim(running=False)
    store.ledger.change_state(campaign.id, CampaignState.CANCELLED, reason="wrong list", now=NOW)
    with pytest.raises(Refused, match="cancelled"):
        store.ledger.start(campaign.id, transport="memory:", now=NOW)


def test_every_change_of_state_is_written_down(store: Store) -> None:
    campaign = running(store)
    store.ledger.change_state(campaign.id, CampaignState.PAUSED, reason="by hand", now=NOW, by="Jo Smith")
    with store._database.read() as connection:
        query = select(campaign_events.c.state, campaign_events.c.reason, campaign_events.c.by).order_by(
            campaign_events.c.id
        )
        assert [tuple(row) for row in connection.execute(query)] == [
            ("draft", "frozen with 5 recipients", ""),
            ("running", "by memory:", ""),
            ("paused", "by hand", "Jo Smith"),
        ]


def test_a_sender_that_lost_its_lease_changes_nothing(store: Store) -> None:
    campaign = running(store, 2)
    mine = ids(claim(store, campaign, "slow"))
    store.ledger.recover(campaign.id, now=SOON + timedelta(seconds=1), alone=False, harmless=False)
    theirs = ids(claim(store, campaign, "quick"))
    assert set(theirs) == set(mine)
    assert intend(store, campaign, mine, "slow") == frozenset()
    assert settle(store, campaign, [receipt(key) for key in mine], "slow") == 0
    assert intend(store, campaign, theirs, "quick") == frozenset(theirs)
    store.ledger.doubt(campaign.id, owner="slow", delivery_ids=mine, reason="late", now=NOW)
    store.ledger.give_back(campaign.id, owner="slow", delivery_ids=mine, now=NOW)
    store.ledger.release(campaign.id, owner="slow", now=NOW)
    assert settle(store, campaign, [receipt(key) for key in theirs], "quick") == 2


def test_a_lease_that_has_not_run_out_is_left_alone(store: Store) -> None:
    campaign = running(store, 2)
    mine = ids(claim(store, campaign))
    store.ledger.recover(campaign.id, now=NOW, alone=False, harmless=False)
    assert intend(store, campaign, mine) == frozenset(mine)


def test_what_a_crash_left_marked_is_uncertain_and_the_rest_pending(store: Store) -> None:
    campaign = running(store, 4)
    claimed = ids(claim(store, campaign))
    intend(store, campaign, claimed[:1])
    assert store.ledger.recover(campaign.id, now=NOW, alone=True, harmless=False) == 1
    tally = store.ledger.tally(campaign.id)
    assert (tally.uncertain, tally.pending) == (1, 3)
    assert claimed[0] not in ids(claim(store, campaign, "next"))


def test_after_a_loss_of_power_all_that_was_claimed_is_uncertain_since_marks_may_be_lost(store: Store) -> None:
    campaign = running(store, 5)
    before = f"{'0' * 32}:a-sender-of-before"
    assert len(ids(claim(store, campaign, before, 2))) == 2
    mine = store.ledger.new_owner()
    marked = ids(claim(store, campaign, mine, 2))
    intend(store, campaign, marked[:1], mine)
    assert store.ledger.recover(campaign.id, now=NOW, alone=True, harmless=False) == 3
    tally = store.ledger.tally(campaign.id)
    assert (tally.uncertain, tally.pending) == (3, 2)


def test_marks_and_answers_are_one_transaction(store: Store) -> None:
    campaign = running(store, 3)
    first, second, third = ids(claim(store, campaign))

    def exchange(receipts: Sequence[Receipt], delivery_ids: Sequence[str]) -> frozenset[str]:
        return store.ledger.exchange(
            campaign.id, owner="me", receipts=receipts, delivery_ids=delivery_ids, now=NOW, until=SOON, backoff=BACKOFF
        )

    assert exchange([], [first]) == {first}
    assert exchange([receipt(first)], [second, third, "unknown"]) == {second, third}
    assert store.ledger.tally(campaign.id).accepted == 1


def test_when_messages_left_is_known_for_the_pace(store: Store) -> None:
    campaign = running(store, 3)
    first, second, _ = ids(claim(store, campaign))
    intend(store, campaign, [first, second])
    settle(store, campaign, [receipt(first), receipt(second, TEMPORARY)])
    assert store.ledger.handed_over(NOW - timedelta(hours=1)) == (NOW, NOW)
    assert store.ledger.handed_over(NOW + timedelta(seconds=1)) == ()


def test_where_handing_over_twice_is_harmless_nothing_is_uncertain(store: Store) -> None:
    campaign = running(store, 2)
    intend(store, campaign, ids(claim(store, campaign)))
    assert store.ledger.recover(campaign.id, now=NOW, alone=True, harmless=True) == 0
    assert store.ledger.tally(campaign.id).pending == 2


def test_a_late_answer_settles_what_was_uncertain(store: Store) -> None:
    campaign = running(store, 1)
    (key,) = ids(claim(store, campaign))
    intend(store, campaign, [key])
    store.ledger.recover(campaign.id, now=NOW, alone=True, harmless=False)
    assert settle(store, campaign, [receipt(key)]) == 1
    assert store.ledger.tally(campaign.id).accepted == 1


def test_an_answer_once_written_is_not_changed_by_a_second_one(store: Store) -> None:
    campaign = running(store, 1)
    (key,) = ids(claim(store, campaign))
    intend(store, campaign, [key])
    settle(store, campaign, [receipt(key)])
    assert settle(store, campaign, [receipt(key, REFUSED)]) == 0
    assert store.ledger.tally(campaign.id).accepted == 1


def test_a_temporary_failure_waits_longer_each_time_and_then_for_the_next_run(store: Store) -> None:
    campaign = running(store, 1)
    waits = []
    for moment in (NOW, NOW + timedelta(minutes=2), NOW + timedelta(minutes=9)):
        found = store.ledger.claim(campaign.id, owner="me", limit=1, now=moment, until=moment)
        intend(store, campaign, ids(found))
        answer = [receipt(ids(found)[0], TEMPORARY, "452 later")]
        store.ledger.settle(campaign.id, owner="me", receipts=answer, now=moment, backoff=BACKOFF)
        again = store.ledger.next_retry(campaign.id)
        waits.append(again and again - moment)
    assert waits == [timedelta(minutes=1), timedelta(minutes=5), None]
    assert claim(store, campaign).recipients == ()
    assert store.ledger.tally(campaign.id).failed == 1
    assert store.ledger.reopen(campaign.id, now=NOW) == 1
    assert len(claim(store, campaign).recipients) == 1


def test_a_retry_is_counted_as_one(store: Store) -> None:
    campaign = running(store, 1)
    (key,) = ids(claim(store, campaign))
    intend(store, campaign, [key])
    settle(store, campaign, [receipt(key, TEMPORARY)])
    again = store.ledger.claim(campaign.id, owner="me", limit=9, now=NOW + timedelta(hours=1), until=SOON)
    assert (len(again.recipients), again.retried) == (1, 1)


def test_what_was_not_handed_over_loses_neither_place_nor_attempt(store: Store) -> None:
    campaign = running(store, 1)
    for _ in range(5):
        (key,) = ids(claim(store, campaign))
        intend(store, campaign, [key])
        store.ledger.give_back(campaign.id, owner="me", delivery_ids=[key], now=NOW)
    (key,) = ids(claim(store, campaign))
    intend(store, campaign, [key])
    settle(store, campaign, [receipt(key, TEMPORARY)])
    assert store.ledger.next_retry(campaign.id) == NOW + BACKOFF[0]


def test_a_campaign_finishes_only_when_nobody_is_left(store: Store) -> None:
    campaign = running(store, 2)
    first, second = ids(claim(store, campaign))
    intend(store, campaign, [first, second])
    settle(store, campaign, [receipt(first), receipt(second, TEMPORARY)])
    store.ledger.finish(campaign.id, now=NOW)
    assert store.ledger.campaign(campaign.id).state is CampaignState.RUNNING
    settle_again = store.ledger.claim(campaign.id, owner="me", limit=9, now=NOW + timedelta(hours=1), until=SOON)
    intend(store, campaign, ids(settle_again))
    settle(store, campaign, [receipt(second, REFUSED, "550 no such user")])
    assert str(store.ledger.finish(campaign.id, now=NOW)) == (
        "2 recipients = 1 accepted + 0 excluded + 1 refused + 0 uncertain + 0 pending"
    )
    assert store.ledger.campaign(campaign.id).state is CampaignState.FINISHED


def uncertain_campaign(store: Store) -> Campaign:
    campaign = running(store, 2)
    intend(store, campaign, ids(claim(store, campaign)))
    store.ledger.recover(campaign.id, now=NOW, alone=True, harmless=False)
    store.ledger.finish(campaign.id, now=NOW)
    return campaign


def test_the_uncertain_are_listed_with_masked_addresses(store: Store) -> None:
    campaign = uncertain_campaign(store)
    store.subscribers.erase("person2@example.org", source="request", at=NOW)
    assert {doubt.address for doubt in store.ledger.uncertain(campaign.id)} == {"p•••@example.org", ""}


def test_a_person_may_decide_to_leave_the_uncertain_alone(store: Store) -> None:
    campaign = uncertain_campaign(store)
    assert store.ledger.resolve_uncertain(campaign.id, "skip", by="Jo Smith", now=NOW) == 2
    assert store.ledger.uncertain(campaign.id) == ()
    assert {doubt.decision for doubt in store.ledger.uncertain(campaign.id, decided=True)} == {"skip, by Jo Smith"}
    after = store.ledger.campaign(campaign.id)
    assert (after.state, after.tally.uncertain, after.tally.pending) == (CampaignState.FINISHED, 2, 0)
    assert store.ledger.resolve_uncertain(campaign.id, "resend", by="Jo Smith", now=NOW) == 0


def test_a_person_may_decide_to_send_to_the_uncertain_again(store: Store) -> None:
    campaign = uncertain_campaign(store)
    assert store.ledger.resolve_uncertain(campaign.id, "resend", by="Jo Smith", now=NOW) == 2
    after = store.ledger.campaign(campaign.id)
    assert (after.state, after.tally.uncertain, after.tally.pending) == (CampaignState.PAUSED, 0, 2)
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    assert len(claim(store, campaign).recipients) == 2


def test_what_an_issue_did_before_is_known(store: Store) -> None:
    campaign = running(store, 2)
    other = edition(subject="Corrected")
    assert [c.id for c in store.ledger.sent_before(other.path, "practitioners")] == [campaign.id]
    assert store.ledger.sent_before(other.path, "schools") == ()
    assert store.ledger.sent_before("issues/other", "practitioners") == ()
    store.ledger.change_state(campaign.id, CampaignState.PAUSED, reason="", now=NOW)
    assert store.ledger.sent_before(other.path, "practitioners") == ()
    assert store.ledger.sent() == {}, "paused before its first message"
    store.ledger.change_state(campaign.id, CampaignState.RUNNING, reason="", now=NOW)
    assert store.ledger.sent() == {other.path: frozenset({edition().hash})}
    assert store.ledger.campaigns("issues/other") == ()


def test_the_size_of_the_last_campaign_is_known_and_tests_do_not_count(store: Store) -> None:
    subscribe(store, 4)
    assert store.ledger.previous_size("newsletter", "practitioners") is None
    campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
    assert store.ledger.previous_size("newsletter", "practitioners") is None
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    test = store.ledger.freeze(edition(slug="x"), "practitioners", now=SOON, test=True)
    store.ledger.start(test.id, transport="memory:", now=SOON)
    assert store.ledger.previous_size("newsletter", "practitioners") == 4
    assert store.ledger.previous_size("newsletter", "practitioners", besides=campaign.id) is None
    assert store.ledger.sent() == {campaign.issue_path: frozenset({campaign.edition_hash})}


def test_a_campaign_that_is_not_there_is_said_not_to_be(store: Store) -> None:
    with pytest.raises(StoreError, match="no such campaign"):
        store.ledger.tally("f" * 32)


class AnyOrder(RuleBasedStateMachine):
    """Two senders, crashes, answers early and late, people who leave: in any order."""

    folder: Path
    counter = 0

    @initialize(people=st.integers(1, 6))
    def open(self, people: int) -> None:
        AnyOrder.counter += 1
        folder = self.folder / str(AnyOrder.counter)
        folder.mkdir()
        self.store = open_store(folder)
        self.campaign = running(self.store, people)
        self.people = people
        self.now = NOW
        self.held: dict[str, list[str]] = {"a": [], "b": []}
        self.marked: dict[str, list[str]] = {"a": [], "b": []}
        self.handed_over: dict[str, int] = {}
        self.forgiven: dict[str, int] = {}

    @rule(owner=st.sampled_from("ab"), limit=st.integers(1, 3))
    def claim(self, owner: str, limit: int) -> None:
        until = self.now + timedelta(minutes=5)
        self.held[owner] += ids(
            self.store.ledger.claim(self.campaign.id, owner=owner, limit=limit, now=self.now, until=until)
        )

    @rule(owner=st.sampled_from("ab"), count=st.integers(1, 3))
    def intend(self, owner: str, count: int) -> None:
        chosen, self.held[owner] = self.held[owner][:count], self.held[owner][count:]
        until = self.now + timedelta(minutes=5)
        ours = self.store.ledger.intend(self.campaign.id, owner=owner, delivery_ids=chosen, now=self.now, until=until)
        for key in ours:
            self.handed_over[key] = self.handed_over.get(key, 0) + 1
            self.marked[owner].append(key)

    @rule(owner=st.sampled_from("ab"), state=st.sampled_from(list(ReceiptState)))
    def settle(self, owner: str, state: ReceiptState) -> None:
        if self.marked[owner]:
            key = self.marked[owner].pop()
            settled = self.store.ledger.settle(
                self.campaign.id, owner=owner, receipts=[receipt(key, state)], now=self.now, backoff=BACKOFF
            )
            if settled and state is TEMPORARY:
                self.forgiven[key] = self.forgiven.get(key, 0) + 1

    @rule(owner=st.sampled_from("ab"))
    def doubt(self, owner: str) -> None:
        self.store.ledger.doubt(
            self.campaign.id, owner=owner, delivery_ids=self.marked[owner], reason="lost", now=self.now
        )

    @rule(owner=st.sampled_from("ab"))
    def crash(self, owner: str) -> None:
        self.held[owner].clear()
        self.marked[owner].clear()

    @rule(minutes=st.sampled_from([1, 6]))
    def recover(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.store.ledger.recover(self.campaign.id, now=self.now, alone=False, harmless=False)

    @rule()
    def reopen(self) -> None:
        self.store.ledger.reopen(self.campaign.id, now=self.now)

    @rule(number=st.integers(1, 6))
    def leave(self, number: int) -> None:
        self.store.subscribers.unsubscribe_address(f"person{number}@example.org", None, source="phone", at=self.now)

    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def the_sum_holds_and_nobody_is_handed_over_twice(self) -> None:
        tally = self.store.ledger.tally(self.campaign.id)
        assert tally.frozen == self.people
        assert tally.adds_up
        for key, times in self.handed_over.items():
            assert times <= 1 + self.forgiven.get(key, 0), "handed over again without having failed for certain"

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()


def test_in_any_order_of_events_the_sum_holds_and_nobody_is_handed_over_twice(tmp_path: Path) -> None:
    AnyOrder.folder = tmp_path
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
