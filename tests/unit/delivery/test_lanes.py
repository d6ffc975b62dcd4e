"""Several connections at once: the same promise, and each person's message once."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import pytest
from tests.unit.delivery.sending_kit import NOW, Clock, edition, open_store, personaliser, receipt, subscribe

from newsletter.delivery.campaign import Policy, run
from newsletter.delivery.pace import rates
from newsletter.delivery.transport import Transport, all_ours, open_transport, parse_dsn
from newsletter.delivery.transports.memory import MemoryTransport
from newsletter.errors import Incomplete, OutcomeUnknown, TransportUnavailable
from newsletter.models.delivery import CampaignState, Message, Receipt, ReceiptState, Recipient, Tally
from newsletter.store.store import Store
from newsletter.testing import SmtpSink

pytestmark = pytest.mark.usefixtures("each_database")


class Many(MemoryTransport):
    """Takes one message a call, from several threads, as its `answer` says."""

    connections = 4

    def __init__(self, answer: Callable[[Message], Receipt] = receipt) -> None:
        super().__init__(answer, batch_size=1)
        self.at_once = 0

    def send(
        self, messages: Sequence[Message], mark: Callable[[Sequence[Message]], Collection[str]] = all_ours
    ) -> Sequence[Receipt]:
        return super().send(messages, mark)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def frozen(store: Store, people: int) -> str:
    subscribe(store, people)
    return store.ledger.freeze(edition(), "practitioners", now=NOW).id


def sent(store: Store, campaign_id: str, transport: Transport, policy: Policy | None = None) -> Tally:
    compose, clock = personaliser().compose, Clock()
    return run(
        store.ledger, transport, lambda recipient: compose(recipient, date=NOW), campaign_id,
        clock=clock, sleep=clock.sleep, policy=policy,
    )  # fmt: skip


def test_everybody_gets_one_message_over_several_connections(store: Store, tmp_path: Path) -> None:
    campaign_id = frozen(store, 90)
    with SmtpSink() as sink:
        tally = sent(store, campaign_id, open_transport(parse_dsn(f"{sink.dsn}?connections=5", tmp_path)))
        assert Counter(sink.recipients) == Counter(f"person{number}@example.org" for number in range(1, 91))
    assert (tally.accepted, tally.complete) == (90, True)


def test_connections_are_used_at_the_same_time(store: Store) -> None:
    together = threading.Barrier(4, timeout=20)

    def meet(message: Message) -> Receipt:
        together.wait()
        return receipt(message)

    assert sent(store, frozen(store, 8), Many(meet)).complete


def test_a_service_that_goes_away_pauses_once_and_costs_nobody_their_place(store: Store) -> None:
    def down(message: Message) -> Receipt:
        if len(transport.sent) >= 10:
            raise TransportUnavailable("the server is down")
        return receipt(message)

    campaign_id, transport = frozen(store, 40), Many(down)
    with pytest.raises(TransportUnavailable):
        sent(store, campaign_id, transport)
    tally = store.ledger.tally(campaign_id)
    assert tally.adds_up
    assert (tally.accepted, tally.uncertain, tally.pending) == (len(transport.sent), 0, 40 - len(transport.sent))
    rest = Many()
    assert sent(store, campaign_id, rest).complete
    assert max(Counter(message.recipient for message in transport.sent + rest.sent).values()) == 1


def test_refusals_on_every_connection_at_once_cost_nobody_their_place(store: Store) -> None:
    campaign_id = frozen(store, 60)
    with pytest.raises(Incomplete):
        sent(store, campaign_id, Many(lambda message: receipt(message, ReceiptState.REFUSED, "554 no")))
    tally = store.ledger.tally(campaign_id)
    assert (tally.refused, tally.accepted, tally.adds_up) == (0, 0, True)
    assert sent(store, campaign_id, Many()).complete


def test_answers_lost_on_every_connection_leave_at_most_one_doubt_each(store: Store) -> None:
    def lose(message: Message) -> Receipt:
        raise OutcomeUnknown("lost", unknown=1)

    campaign_id = frozen(store, 40)
    with pytest.raises(OutcomeUnknown):
        sent(store, campaign_id, Many(lose))
    tally = store.ledger.tally(campaign_id)
    assert tally.adds_up
    assert 3 <= tally.uncertain <= 3 + Many.connections
    assert store.ledger.campaign(campaign_id).state is CampaignState.PAUSED


def test_a_server_that_takes_fewer_connections_is_used_with_those_it_takes(store: Store, tmp_path: Path) -> None:
    from tests.unit.delivery.raw_smtp import HangingUp

    campaign_id = frozen(store, 30)
    with HangingUp("greeting", at=[2, 3, 4]) as server:
        tally = sent(store, campaign_id, open_transport(parse_dsn(f"{server.dsn}?connections=3&timeout=1", tmp_path)))
        assert sorted(server.accepted) == sorted(f"person{number}@example.org" for number in range(1, 31))
    assert tally.complete


def test_whoever_insists_on_stopping_is_heard_while_a_server_says_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("newsletter.delivery.sender._PATIENCE", 0.2)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored in the background
    taken, heard = threading.Event(), threading.Event()

    def say_nothing(address: str) -> str | None:
        taken.set()
        if not heard.wait(15):  # nobody stopped it: the test fails, but not for all twenty
            heard.set()
        return None

    def insist() -> None:
        taken.wait(30)
        os.kill(os.getpid(), signal.SIGINT)

    campaign_id = frozen(store, 20)
    with SmtpSink(data=say_nothing) as sink:
        threading.Thread(target=insist, daemon=True).start()
        try:
            with pytest.raises(KeyboardInterrupt):
                sent(store, campaign_id, open_transport(parse_dsn(f"{sink.dsn}?connections=3", tmp_path)))
            assert not heard.is_set()
            assert "KeyboardInterrupt" not in capfd.readouterr().err
        finally:
            heard.set()
            signal.signal(signal.SIGINT, before)
        campaign = store.ledger.campaign(campaign_id)
        assert campaign.tally.adds_up
        assert (campaign.tally.uncertain, campaign.tally.pending) == (1, 19)
        assert campaign.state is CampaignState.PAUSED
        rest = sent(store, campaign_id, open_transport(parse_dsn(f"{sink.dsn}?connections=3", tmp_path)))
        assert (rest.accepted, rest.uncertain) == (19, 1)
    assert max(Counter(sink.recipients).values()) == 1


def test_an_interruption_that_meets_one_lane_stops_all_of_them(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.delivery.sender._PATIENCE", 0.2)
    heard, clock, calls = threading.Event(), Clock(), itertools.count(1)

    def say_nothing(address: str) -> str | None:
        if not heard.wait(15):  # nobody stopped it: the test fails, but not for all twenty
            heard.set()
        return None

    def compose(recipient: Recipient) -> Message:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return personaliser().compose(recipient, date=NOW)

    campaign_id = frozen(store, 20)
    with SmtpSink(data=say_nothing) as sink:
        opened = open_transport(parse_dsn(f"{sink.dsn}?connections=3", tmp_path))
        try:
            with pytest.raises(KeyboardInterrupt):
                run(store.ledger, opened, compose, campaign_id, clock=clock, sleep=clock.sleep)
            assert next(calls) < 10
        finally:
            heard.set()
        assert store.ledger.tally(campaign_id).adds_up
        rest = sent(store, campaign_id, open_transport(parse_dsn(f"{sink.dsn}?connections=3", tmp_path)))
        assert rest.accepted + rest.uncertain == 20
    assert max(Counter(sink.recipients).values()) == 1


@pytest.mark.sqlite  # PostgreSQL keeps it by its own clock: test_workers.py
def test_a_pace_is_kept_within_a_run_and_across_runs(store: Store) -> None:
    campaign_id, clock = frozen(store, 10), Clock()
    compose = personaliser().compose
    policy = Policy(rates=rates(per_second=2, per_hour=8))
    transport = MemoryTransport()

    def go(stop: Callable[[], bool]) -> Tally:
        return run(
            store.ledger, transport, lambda recipient: compose(recipient, date=NOW), campaign_id,
            clock=clock, sleep=clock.sleep, policy=policy, should_stop=stop,
        )  # fmt: skip

    go(lambda: len(transport.sent) >= 8)
    assert clock.slept >= 3
    assert clock.slept < 60
    assert go(lambda: False).complete
    assert clock.slept >= 3599
