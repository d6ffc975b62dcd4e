"""Campaigns that wait for their time, and those that a person stops: moved, paused, cancelled for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.delivery.sending_kit import NOW, edition, open_store, receipt, subscribe

from newsletter.errors import Refused
from newsletter.models.delivery import Campaign, CampaignState
from newsletter.store.store import Store

LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def campaign(store: Store) -> Campaign:
    subscribe(store, 5)
    return store.ledger.freeze(edition(), "practitioners", now=NOW)


def start(store: Store, campaign: Campaign, accepted: int) -> str:
    """Running; so many are accepted, one more is being handed over, and one is claimed. The sender's name."""
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    owner = store.ledger.new_owner()
    claim = store.ledger.claim(campaign.id, owner=owner, limit=accepted + 2, now=NOW, until=LATER)
    ids = [one.delivery_id for one in claim.recipients]
    store.ledger.intend(campaign.id, owner=owner, delivery_ids=ids[: accepted + 1], now=NOW, until=LATER)
    answers = [receipt(key) for key in ids[:accepted]]
    store.ledger.settle(campaign.id, owner=owner, receipts=answers, now=NOW, backoff=())
    return owner


def test_a_scheduled_campaign_is_due_when_its_moment_has_come(store: Store, campaign: Campaign) -> None:
    waiting = store.schedules.set(campaign.id, LATER, reason="by Jo", now=NOW)
    assert (waiting.state, waiting.scheduled_for) == (CampaignState.SCHEDULED, LATER)
    assert store.schedules.due(LATER - timedelta(seconds=1)) == ()
    assert [one.id for one in store.schedules.due(LATER)] == [campaign.id]
    store.schedules.set(campaign.id, LATEST, reason="moved", now=NOW)
    assert store.schedules.due(LATER) == ()
    store.ledger.start(campaign.id, transport="memory:", now=LATEST)
    assert store.schedules.due(LATEST) == (), "it is running already"


def test_those_that_waited_longest_are_due_first(store: Store, campaign: Campaign) -> None:
    other = store.ledger.freeze(edition(subject="Another"), "practitioners", now=NOW)
    store.schedules.set(campaign.id, LATEST, reason="", now=NOW)
    store.schedules.set(other.id, LATER, reason="", now=NOW)
    assert [one.id for one in store.schedules.due(LATEST)] == [other.id, campaign.id]


def test_a_campaign_that_waits_or_was_paused_before_its_first_message_did_not_go_out(
    store: Store, campaign: Campaign
) -> None:
    store.schedules.set(campaign.id, LATER, reason="", now=NOW)
    assert store.ledger.sent() == {}
    assert store.schedules.pause(campaign.id, reason="late", now=NOW).state is CampaignState.PAUSED
    assert store.ledger.sent() == {}
    assert store.schedules.due(LATEST) == ()


def test_a_run_that_ends_leaves_what_a_person_said_meanwhile(store: Store, campaign: Campaign) -> None:
    owner = start(store, campaign, 2)
    store.schedules.pause(campaign.id, reason="by Jo", now=NOW)
    store.ledger.release(campaign.id, owner=owner, now=NOW)
    store.ledger.stop(campaign.id, reason="the line broke", now=NOW)
    assert store.ledger.campaign(campaign.id).reason == "by Jo"


def test_a_cancelled_campaign_excludes_whoever_was_waiting_and_the_sum_holds(store: Store, campaign: Campaign) -> None:
    owner = start(store, campaign, 2)
    cancelled = store.schedules.cancel(campaign.id, by="Jo", now=NOW)
    assert cancelled.state is CampaignState.CANCELLED
    assert (cancelled.tally.accepted, cancelled.tally.excluded, cancelled.tally.pending) == (2, 2, 1)
    assert cancelled.tally.adds_up, "one is just being handed over"
    in_flight = store.ledger.claim(campaign.id, owner=owner, limit=9, now=NOW, until=LATER)
    assert not in_flight.running
    assert in_flight.recipients == ()


def test_what_comes_back_after_a_cancellation_is_not_tried_again(store: Store, campaign: Campaign) -> None:
    owner = start(store, campaign, 2)
    store.schedules.cancel(campaign.id, now=NOW)
    store.ledger.stop(campaign.id, reason="the line broke", now=NOW)
    store.ledger.recover(campaign.id, now=NOW, alone=True, harmless=True)  # the one in flight is given back
    tally = store.ledger.finish(campaign.id, now=NOW)
    assert (tally.accepted, tally.excluded, tally.pending, tally.complete) == (2, 3, 0, True)
    assert store.ledger.campaign(campaign.id).state is CampaignState.CANCELLED
    assert owner


def test_cancelling_is_for_good(store: Store, campaign: Campaign) -> None:
    store.schedules.cancel(campaign.id, now=NOW)
    words: tuple[Callable[[], object], ...] = (
        lambda: store.schedules.set(campaign.id, LATER, reason="", now=NOW),
        lambda: store.schedules.pause(campaign.id, reason="", now=NOW),
        lambda: store.schedules.cancel(campaign.id, now=NOW),
        lambda: store.ledger.start(campaign.id, transport="memory:", now=NOW),
    )
    for word in words:
        with pytest.raises(Refused, match="cancelled"):
            word()


def test_whoever_a_cancelled_campaign_reached_does_not_get_the_issue_through_another_audience(
    store: Store, campaign: Campaign
) -> None:
    start(store, campaign, 2)
    store.schedules.cancel(campaign.id, now=NOW)
    subscribe(store, 5, "schools")
    other = store.ledger.freeze(edition(), "schools", now=NOW)
    assert other.tally.excluded == 3, "two got it, and one is being handed over"
    assert other.tally.pending == 2
