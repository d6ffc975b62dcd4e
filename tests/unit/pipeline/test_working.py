"""A worker: jobs that are lost, doubled or late change nothing, and every campaign is brought to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.postgresql_kit import Server
from tests.unit.delivery.sending_kit import (
    NOW,
    Clock,
    databases_from,
    edition,
    open_store,
    personaliser,
    receipt,
    subscribe,
)

from newsletter.delivery.pace import Rate
from newsletter.delivery.policy import Policy
from newsletter.delivery.share import Share
from newsletter.delivery.transport import Transport, all_ours
from newsletter.errors import Refused, TransportUnavailable
from newsletter.models.delivery import CampaignState, Message, Receipt, ReceiptState, Tally
from newsletter.pipeline.working import GIVEN_UP, JOBS, Worker
from newsletter.store.store import Store


@dataclass
class Queue:
    """Jobs in a list, for a test to lose, double and delay."""

    jobs: list[str] = field(default_factory=list)

    def waiting(self) -> Mapping[str, int]:
        return Counter(self.jobs)

    def add(self, campaign_id: str, count: int) -> None:
        self.jobs += [campaign_id] * count


class Service(Transport):
    """A transport that remembers, and answers as a test says."""

    name = "test"
    batch_size = connections = 1
    idempotent = False

    def __init__(self, answer: Callable[[Message], Receipt] = receipt) -> None:
        self.sent: list[str] = []
        self.opened = 0
        self.answer = answer

    def __enter__(self) -> Service:
        self.opened += 1
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def send(
        self, messages: Sequence[Message], mark: Callable[[Sequence[Message]], Collection[str]] = all_ours
    ) -> Sequence[Receipt]:
        ours = [message for message in messages if message.delivery_id in mark(messages)]
        self.sent += [message.delivery_id for message in ours]
        return [self.answer(message) for message in ours]


@dataclass
class Desk:
    """A worker, and everything around it."""

    store: Store
    service: Service
    queue: Queue
    clock: Clock
    worker: Worker
    campaign: str
    told: list[tuple[Tally | None, str]]

    def state(self) -> CampaignState:
        return self.store.ledger.state(self.campaign)


@pytest.fixture
def store(postgresql: Server, tmp_path: Path) -> Iterator[Store]:
    name = postgresql.new()
    with databases_from(lambda folder: postgresql.url(name)), open_store(tmp_path) as opened:
        yield opened
    postgresql.give_back(name)


def desk(store: Store, people: int = 25, service: Service | None = None, **policy: Any) -> Desk:
    subscribe(store, people)
    campaign_id = store.ledger.freeze(edition(), "practitioners", now=NOW).id
    store.workers.hand_over(campaign_id, now=NOW)
    service, queue, clock, compose = service or Service(), Queue(), Clock(), personaliser().compose
    told: list[tuple[Tally | None, str]] = []
    worker = Worker(
        store.ledger, store.workers, queue,
        lambda key: Share(
            store.ledger, service, lambda recipient: compose(recipient, date=NOW), key,
            clock=clock, sleep=clock.sleep, policy=Policy(**{"claim": 10} | policy),
        ),
        clock=clock, tell=lambda key, tally, trouble: told.append((tally, trouble)),
    )  # fmt: skip
    return Desk(store, service, queue, clock, worker, campaign_id, told)


def test_a_campaign_is_sent_chunk_by_chunk_over_one_connection_and_closed(store: Store) -> None:
    at = desk(store)
    at.worker.look()
    assert at.queue.jobs == [at.campaign], "25 people are one job of at most 200"
    for _ in range(3):
        at.worker.send(at.campaign)
    assert (len(at.service.sent), at.service.opened) == (25, 1)
    at.worker.look()
    assert at.state() is CampaignState.FINISHED
    assert store.ledger.campaign(at.campaign).transport == "test"
    assert at.told[-1] == (store.ledger.tally(at.campaign), "")
    at.worker.look()
    assert at.worker.idle


def test_a_job_that_is_doubled_or_late_changes_nothing(store: Store) -> None:
    at = desk(store)
    for _ in range(9):
        at.worker.send(at.campaign)
    at.worker.look()
    at.worker.send(at.campaign)
    assert len(at.service.sent) == len(set(at.service.sent)) == 25
    assert store.ledger.tally(at.campaign).accepted == 25


def test_jobs_that_are_lost_are_made_again_and_only_when_none_is_left(store: Store) -> None:
    at = desk(store)
    at.worker.look()
    at.worker.look()
    assert len(at.queue.jobs) == 1
    at.queue.jobs.clear()
    at.worker.look()
    assert len(at.queue.jobs) == 1


def test_a_large_campaign_has_so_many_jobs_at_a_time_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.pipeline.working.CHUNK", 2)
    at = desk(store, people=2 * JOBS + 10)
    at.worker.look()
    assert len(at.queue.jobs) == JOBS


def test_what_a_worker_that_died_had_claimed_is_sent_and_what_it_had_marked_is_in_doubt(store: Store) -> None:
    at = desk(store)
    ledger, until = store.ledger, at.clock() + Policy().lease
    dead = ledger.claim(at.campaign, owner="dead", limit=5, now=at.clock(), until=until).recipients
    marked = [dead[0].delivery_id]
    ledger.intend(at.campaign, owner="dead", delivery_ids=marked, now=at.clock(), until=until)
    for _ in range(3):
        at.worker.send(at.campaign)
    at.worker.look()
    assert at.state() is CampaignState.RUNNING, "the lease has not run out"
    at.clock.sleep(Policy().lease.total_seconds() + 1)
    at.worker.look()
    at.worker.send(at.campaign)
    at.worker.look()
    tally = ledger.tally(at.campaign)
    assert (tally.accepted, tally.uncertain, at.state()) == (24, 1, CampaignState.FINISHED)
    assert marked[0] not in at.service.sent


def test_nothing_is_sent_while_a_command_has_the_ledger_to_itself_or_the_campaign_is_paused(store: Store) -> None:
    at = desk(store)
    with store.ledger.sending() as alone:
        assert alone
        at.worker.send(at.campaign)
    store.schedules.pause(at.campaign, reason="x", now=NOW)
    at.worker.send(at.campaign)
    at.worker.look()
    assert (at.service.sent, at.queue.jobs, at.worker.idle) == ([], [], True)


def test_cancelled_while_a_chunk_is_on_its_way_nobody_is_left_waiting(store: Store) -> None:
    def cancel(message: Message) -> Receipt:
        if len(at.service.sent) == 3:
            store.schedules.cancel(at.campaign, by="Jo Smith", now=NOW)
        return receipt(message, ReceiptState.TEMPORARY, "450 try later")

    at = desk(store, service=Service(cancel))
    at.worker.send(at.campaign)
    at.worker.look()
    tally = store.ledger.tally(at.campaign)
    assert (tally.excluded, tally.failed, tally.pending, tally.adds_up) == (25, 0, 0, True)
    assert at.state() is CampaignState.CANCELLED
    assert len(at.service.sent) == 3


def test_a_service_that_is_down_pauses_the_campaign_and_nobody_loses_their_place(store: Store) -> None:
    def down(message: Message) -> Receipt:
        raise TransportUnavailable("The mail server does not answer.", hint="Try again later.")

    at = desk(store, service=Service(down))
    at.worker.send(at.campaign)
    assert at.state() is CampaignState.PAUSED
    assert at.told == [(None, "The mail server does not answer. Try again later.")]
    assert store.ledger.tally(at.campaign).pending == 25


def test_a_message_that_cannot_be_made_for_anybody_pauses_the_campaign(store: Store) -> None:
    at = desk(store)

    @contextmanager
    def refuse(campaign_id: str) -> Iterator[Share]:
        raise Refused("The audience is no longer in newsletter.toml.")
        yield

    at.worker._open = refuse  # type: ignore[assignment]
    at.worker.send(at.campaign)
    assert at.state() is CampaignState.PAUSED
    assert "no longer" in store.ledger.campaign(at.campaign).reason


def test_temporary_failures_are_tried_again_and_given_up_in_the_end(store: Store) -> None:
    at = desk(store, people=3, service=Service(lambda message: receipt(message, ReceiptState.TEMPORARY, "greylisted")))
    tries = 0
    while at.state() is CampaignState.RUNNING and tries < 10:
        at.worker.send(at.campaign)
        at.worker.look()
        at.clock.sleep(1000)
        tries += 1
    assert (at.state(), store.ledger.campaign(at.campaign).reason) == (CampaignState.PAUSED, GIVEN_UP)
    assert len(at.service.sent) == 3 * (1 + len(Policy().backoff))


def test_no_more_is_claimed_than_there_are_places_in_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(store, rates=(Rate(4, 3600.0),))
    monkeypatch.setattr("newsletter.pipeline.working.EVERY", 0.0)
    for _ in range(3):
        at.worker.send(at.campaign)
    tally = store.ledger.tally(at.campaign)
    assert (len(at.service.sent), tally.accepted, tally.pending) == (4, 4, 21)
    at.worker.look()
    assert at.state() is CampaignState.RUNNING
