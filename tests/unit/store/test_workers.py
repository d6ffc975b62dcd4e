"""What workers share: campaigns handed to them, what is left of each, and places in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.delivery.sending_kit import NOW, edition, open_store, receipt, subscribe

from newsletter.delivery.pace import Pace, Rate
from newsletter.errors import Refused
from newsletter.models.delivery import Campaign, CampaignState, ReceiptState
from newsletter.store.schema import places
from newsletter.store.store import Store

SOON = NOW + timedelta(minutes=5)
BACKOFF = (timedelta(minutes=1),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def handed_over(store: Store, people: int = 5) -> Campaign:
    subscribe(store, people)
    campaign = store.ledger.freeze(edition(), "practitioners", now=NOW)
    store.workers.hand_over(campaign.id, now=NOW, by="Jo")
    return store.ledger.campaign(campaign.id)


def hand_to_the_service(store: Store, campaign: Campaign, limit: int) -> list[str]:
    claim = store.ledger.claim(campaign.id, owner="me", limit=limit, now=NOW, until=SOON)
    ids = [each.delivery_id for each in claim.recipients]
    store.ledger.intend(campaign.id, owner="me", delivery_ids=ids, now=NOW, until=SOON)
    return ids


def test_a_campaign_that_was_handed_over_runs_until_a_command_or_a_person_takes_it_back(store: Store) -> None:
    campaign = handed_over(store)
    assert (campaign.state, campaign.queued, campaign.reason) == (CampaignState.RUNNING, True, "by the workers")
    assert store.workers.campaigns() == (campaign.id,)
    store.ledger.start(campaign.id, transport="memory:", now=NOW)
    assert store.workers.campaigns() == ()
    store.workers.hand_over(campaign.id, now=NOW)
    store.schedules.pause(campaign.id, reason="x", now=NOW)
    assert store.workers.campaigns() == ()
    store.workers.hand_over(campaign.id, now=NOW)
    store.schedules.cancel(campaign.id, now=NOW)
    with pytest.raises(Refused, match="was cancelled"):
        store.workers.hand_over(campaign.id, now=NOW)


def test_what_is_left_is_counted_as_far_as_it_matters(store: Store) -> None:
    campaign = handed_over(store)
    left = store.workers.outlook(campaign.id, now=NOW, most=3)
    assert (left.waiting, left.underway, left.given_up, left.over) == (3, False, False, False)
    ids = hand_to_the_service(store, campaign, 5)
    left = store.workers.outlook(campaign.id, now=NOW, most=3)
    assert (left.waiting, left.underway, left.over) == (0, True, False)
    answers = [receipt(ids[0], ReceiptState.TEMPORARY), *(receipt(key) for key in ids[1:])]
    store.ledger.settle(campaign.id, owner="me", receipts=answers, now=NOW, backoff=BACKOFF)
    left = store.workers.outlook(campaign.id, now=NOW, most=3)
    assert (left.waiting, left.underway, left.over) == (0, True, False), "one will be tried again"
    assert store.workers.outlook(campaign.id, now=SOON, most=3).waiting == 1


def test_whoever_failed_too_often_is_given_up_for_this_run(store: Store) -> None:
    campaign = handed_over(store, 1)
    (key,) = hand_to_the_service(store, campaign, 1)
    answer = receipt(key, ReceiptState.TEMPORARY)
    store.ledger.settle(campaign.id, owner="me", receipts=[answer], now=NOW, backoff=())
    left = store.workers.outlook(campaign.id, now=SOON, most=3)
    assert (left.waiting, left.underway, left.given_up, left.over) == (0, False, True, True)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(st.tuples(st.integers(1, 5), st.floats(0, 4)), min_size=1, max_size=6),
    rates=st.lists(st.tuples(st.integers(1, 4), st.sampled_from([0.5, 1.0, 10.0])), min_size=1, max_size=2),
)
def test_places_are_those_that_one_machine_alone_would_take(
    store: Store, steps: list[tuple[int, float]], rates: list[tuple[int, float]]
) -> None:
    with store._database.write() as connection:
        connection.exec_driver_sql("DELETE FROM places")
        connection.exec_driver_sql("DELETE FROM paces")
    pace = Pace([Rate(*rate) for rate in rates])
    now = 1000.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsletter.store.places.clock", lambda connection: now)
        for count, later in steps:
            now += later
            expected = [pace.reserve(1, now) - now for _ in range(count)]
            assert store.ledger.reserve("smtp", rates, count=count) == pytest.approx(expected)


def test_places_are_counted_for_each_transport_apart_and_old_ones_are_not_kept(store: Store) -> None:
    for _ in range(4):
        assert store.ledger.reserve("smtp", [(100, 1.0)], count=50)
    assert max(store.ledger.reserve("sendgrid", [(100, 1.0)], count=50)) == 0.0
    with store._database.read() as connection:
        assert len(connection.execute(places.select().where(places.c.transport == "smtp")).all()) == 100


def test_only_places_near_enough_are_taken(store: Store) -> None:
    assert len(store.ledger.reserve("smtp", [(3, 3600.0)], count=10, within=20.0)) == 3
    assert store.ledger.reserve("smtp", [(3, 3600.0)], count=10, within=20.0) == ()
    assert store.ledger.reserve("smtp", [(3, 3600.0)], count=1)[0] == pytest.approx(3600.0, abs=60)
