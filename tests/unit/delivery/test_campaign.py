"""The loop: whatever the mail service does, nobody is mailed twice, nobody is forgotten, and the sum holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.delivery.sending_kit import NOW, Clock, edition, open_store, personaliser, receipt, subscribe

from newsletter.delivery.campaign import Ledger, Policy, run
from newsletter.delivery.transport import Mark, Transport, all_ours
from newsletter.errors import Incomplete, OutcomeUnknown, Refused, TransportUnavailable
from newsletter.models.delivery import CampaignState, Message, Receipt, ReceiptState, Recipient, Tally
from newsletter.store.store import Store

TEMPORARY, REFUSED = ReceiptState.TEMPORARY, ReceiptState.REFUSED

pytestmark = pytest.mark.usefixtures("each_database")


@dataclass
class Scripted:
    """A transport whose every call is decided by the test."""

    answer: Callable[[Message], Receipt]
    batch_size: int = 2
    connections: int = 1
    idempotent: bool = False
    name: str = "scripted:"
    closed: bool = True
    taken: list[str] = field(default_factory=list)  # addresses the service accepted, whether we learnt of it or not
    seen: list[str] = field(default_factory=list)

    def __enter__(self) -> Scripted:
        self.closed = False
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closed = True

    def send(self, messages: Sequence[Message], mark: Mark = all_ours) -> Sequence[Receipt]:
        receipts: list[Receipt] = []
        ours = mark(messages)
        assert sorted(ours) == sorted(message.delivery_id for message in messages)
        for message in messages:
            self.seen.append(message.recipient)
            try:
                receipts.append(self.answer(message))
            except (TransportUnavailable, OutcomeUnknown) as error:
                error.receipts = tuple(receipts)
                raise
            if receipts[-1].state is ReceiptState.ACCEPTED:
                self.taken.append(message.recipient)
        return receipts


@dataclass
class Trial:
    """A store with a frozen campaign, ready to be sent."""

    store: Store
    campaign_id: str
    clock: Clock = field(default_factory=Clock)
    shown: list[Tally] = field(default_factory=list)

    def run(self, transport: Transport, **options: object) -> Tally:
        compose = personaliser().compose
        values: dict[str, object] = {
            "compose": lambda recipient: compose(recipient, date=NOW), "clock": self.clock, "sleep": self.clock.sleep,
            "on_progress": self.shown.append, **options,
        }  # fmt: skip
        ledger: Ledger = self.store.ledger
        return run(ledger, transport, campaign_id=self.campaign_id, **values)  # type: ignore[arg-type]

    @property
    def state(self) -> tuple[CampaignState, str]:
        campaign = self.store.ledger.campaign(self.campaign_id)
        return campaign.state, campaign.reason

    @property
    def tally(self) -> Tally:
        return self.store.ledger.tally(self.campaign_id)


Start = Callable[[int], Trial]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with open_store(tmp_path) as store:

        def trial(people: int) -> Trial:
            subscribe(store, people)
            return Trial(store, store.ledger.freeze(edition(), "practitioners", now=NOW).id)

        yield trial


def sum_of(tally: Tally) -> tuple[int, int, int, int, int, int]:
    assert tally.adds_up
    return tally.accepted, tally.excluded, tally.refused, tally.failed, tally.uncertain, tally.pending


def test_everybody_gets_one_message_and_the_campaign_is_finished(start: Start) -> None:
    trial, transport = start(5), Scripted(receipt)
    tally = trial.run(transport)
    assert sum_of(tally) == (5, 0, 0, 0, 0, 0)
    assert tally.complete
    assert Counter(transport.taken) == Counter(f"person{number}@example.org" for number in range(1, 6))
    assert trial.state[0] is CampaignState.FINISHED
    assert transport.closed


def test_running_a_finished_campaign_again_sends_nothing(start: Start) -> None:
    trial = start(3)
    trial.run(Scripted(receipt))
    again = Scripted(receipt)
    assert trial.run(again).accepted == 3
    assert again.seen == []


def test_progress_adds_up_at_every_moment(start: Start) -> None:
    trial = start(7)
    answers = iter([TEMPORARY, ReceiptState.ACCEPTED, REFUSED] + [ReceiptState.ACCEPTED] * 20)
    trial.run(Scripted(lambda message: receipt(message, next(answers), "later")))
    assert all(tally.adds_up for tally in trial.shown)
    assert trial.shown[0].pending == 7
    assert trial.shown[-1] == trial.tally
    assert all(value >= 0 for tally in trial.shown for value in tally.model_dump().values())


def test_an_unavailable_service_pauses_and_costs_nobody_their_place(start: Start) -> None:
    trial = start(5)

    def third_time(message: Message) -> Receipt:
        if len(transport.seen) > 2:
            raise TransportUnavailable("the server is down")
        return receipt(message)

    transport = Scripted(third_time)
    with pytest.raises(TransportUnavailable, match="the server is down"):
        trial.run(transport)
    assert sum_of(trial.tally) == (2, 0, 0, 0, 0, 3)
    assert trial.state == (CampaignState.PAUSED, "the server is down")
    rest = Scripted(receipt)
    assert trial.run(rest).complete
    assert Counter(transport.taken + rest.taken).most_common(1)[0][1] == 1


def test_what_was_accepted_before_the_service_went_away_stays_accepted(start: Start) -> None:
    trial = start(4)

    def second_of_each_call(message: Message) -> Receipt:
        if len(transport.seen) == 2:
            raise TransportUnavailable("gone")
        return receipt(message)

    transport = Scripted(second_of_each_call, batch_size=4)
    with pytest.raises(TransportUnavailable):
        trial.run(transport)
    assert sum_of(trial.tally) == (1, 0, 0, 0, 0, 3)


def test_a_lost_answer_leaves_exactly_those_in_doubt_and_the_rest_goes_on(start: Start) -> None:
    trial = start(6)

    def lose_the_third(message: Message) -> Receipt:
        if len(transport.seen) == 3:
            transport.taken.append(message.recipient)
            raise OutcomeUnknown("connection lost", unknown=1)
        return receipt(message)

    transport = Scripted(lose_the_third, batch_size=4)
    tally = trial.run(transport)
    assert sum_of(tally) == (5, 0, 0, 0, 1, 0)
    assert Counter(transport.taken).most_common(1)[0][1] == 1
    assert [doubt.reason for doubt in trial.store.ledger.uncertain(trial.campaign_id)] == ["connection lost"]


def test_those_in_doubt_are_never_sent_to_again_by_themselves(start: Start) -> None:
    trial = start(2)

    def lose(message: Message) -> Receipt:
        raise OutcomeUnknown("lost", unknown=1)

    trial.run(Scripted(lose, batch_size=1))
    again = Scripted(receipt)
    assert sum_of(trial.run(again)) == (0, 0, 0, 0, 2, 0)
    assert again.seen == []
    trial.store.ledger.resolve_uncertain(trial.campaign_id, "resend", by="Jo Smith", now=NOW)
    assert sum_of(trial.run(again)) == (2, 0, 0, 0, 0, 0)


def test_answers_lost_again_and_again_pause_the_campaign(start: Start) -> None:
    trial = start(9)

    def lose(message: Message) -> Receipt:
        raise OutcomeUnknown("lost", unknown=1)

    with pytest.raises(OutcomeUnknown):
        trial.run(Scripted(lose, batch_size=1), policy=Policy(doubts=3))
    assert sum_of(trial.tally) == (0, 0, 0, 0, 3, 6)
    assert trial.state[0] is CampaignState.PAUSED


def test_a_refused_address_is_never_tried_again(start: Start) -> None:
    trial = start(3)
    transport = Scripted(lambda m: receipt(m, REFUSED, "550 no such user") if "person2@" in m.recipient else receipt(m))
    assert sum_of(trial.run(transport)) == (2, 0, 1, 0, 0, 0)
    assert trial.state[0] is CampaignState.FINISHED
    assert Counter(transport.seen)["person2@example.org"] == 1


def test_a_temporary_failure_is_tried_again_within_the_run(start: Start) -> None:
    trial = start(3)

    def greylist(message: Message) -> Receipt:
        return (
            receipt(message, TEMPORARY, "451 later")
            if transport.seen.count(message.recipient) < 3
            else receipt(message)
        )

    transport = Scripted(greylist)
    assert sum_of(trial.run(transport)) == (3, 0, 0, 0, 0, 0)
    assert trial.clock.slept >= 6 * 60
    assert all(tally.adds_up for tally in trial.shown)


def test_failures_that_do_not_pass_are_left_for_the_next_run(start: Start) -> None:
    trial = start(3)
    transport = Scripted(lambda m: receipt(m, TEMPORARY, "451") if "person1@" in m.recipient else receipt(m))
    policy = Policy(backoff=(timedelta(minutes=1), timedelta(minutes=5)))
    assert sum_of(trial.run(transport, policy=policy)) == (2, 0, 0, 1, 0, 0)
    assert Counter(transport.seen)["person1@example.org"] == 3
    assert trial.state == (CampaignState.PAUSED, "some could not be reached for now")
    assert sum_of(trial.run(Scripted(receipt))) == (3, 0, 0, 0, 0, 0)


def test_a_long_run_of_refusals_is_the_services_doing_and_costs_nobody_their_place(start: Start) -> None:
    trial = start(30)
    transport = Scripted(lambda m: receipt(m, REFUSED, "554 relay access denied"), batch_size=1)
    with pytest.raises(Incomplete, match="554 relay access denied"):
        trial.run(transport, policy=Policy(failures=20))
    assert sum_of(trial.tally) == (0, 0, 0, 20, 0, 10)
    assert trial.run(Scripted(receipt)).complete


def test_failures_here_and_there_do_not_pause(start: Start) -> None:
    trial = start(30)
    transport = Scripted(lambda m: receipt(m) if len(transport.seen) % 5 == 0 else receipt(m, REFUSED), batch_size=1)
    assert sum_of(trial.run(transport, policy=Policy(failures=5))) == (6, 0, 24, 0, 0, 0)


def test_a_recipient_whose_message_cannot_be_made_is_refused_and_the_others_are_sent_to(start: Start) -> None:
    trial = start(3)
    make = personaliser().compose

    def compose(recipient: Recipient) -> Message:
        if "person2@" in recipient.email:
            raise Refused("a header would hold a line break")
        return make(recipient, date=NOW)

    transport = Scripted(receipt)
    assert sum_of(trial.run(transport, compose=compose)) == (2, 0, 1, 0, 0, 0)
    assert "person2@example.org" not in transport.seen


def test_a_transport_that_forgets_to_answer_leaves_a_doubt_not_a_gap(start: Start) -> None:
    trial = start(2)
    transport = Scripted(receipt)
    answer = transport.send
    transport.send = lambda messages, mark=all_ours: answer(messages, mark)[:1]  # type: ignore[method-assign]
    assert sum_of(trial.run(transport)) == (1, 0, 0, 0, 1, 0)


def test_somebody_who_leaves_during_the_send_gets_nothing_more(start: Start) -> None:
    trial = start(6)

    def leave(message: Message) -> Receipt:
        for number in range(1, 7):
            if f"person{number}@example.org" not in transport.seen:
                trial.store.subscribers.unsubscribe_address(f"person{number}@example.org", None, source="x", at=NOW)
        return receipt(message)

    transport = Scripted(leave, batch_size=1)
    tally = trial.run(transport, policy=Policy(claim=1))
    assert sum_of(tally) == (1, 5, 0, 0, 0, 0)


def test_asked_to_stop_it_settles_what_is_in_flight_and_keeps_the_rest(start: Start) -> None:
    trial = start(6)
    transport = Scripted(receipt)
    tally = trial.run(transport, should_stop=lambda: len(transport.taken) >= 2)
    assert sum_of(tally) == (2, 0, 0, 0, 0, 4)
    assert trial.state == (CampaignState.PAUSED, "stopped by the user")
    assert trial.run(Scripted(receipt)).complete


def test_asked_to_stop_while_it_waits_it_stops(start: Start) -> None:
    trial = start(1)
    transport = Scripted(lambda message: receipt(message, TEMPORARY))
    assert sum_of(trial.run(transport, should_stop=lambda: trial.clock.slept > 3)) == (0, 0, 0, 1, 0, 0)


def test_an_interrupt_in_the_middle_of_a_call_leaves_that_call_in_doubt(start: Start) -> None:
    trial = start(4)

    def interrupt(message: Message) -> Receipt:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trial.run(Scripted(interrupt))
    assert sum_of(trial.tally) == (0, 0, 0, 0, 2, 2)
    assert trial.state == (CampaignState.PAUSED, "stopped by the user")


def test_a_transport_that_cannot_be_opened_pauses(start: Start) -> None:
    class Closed(Scripted):
        def __enter__(self) -> Scripted:
            raise TransportUnavailable("no route")

    trial = start(2)
    with pytest.raises(TransportUnavailable):
        trial.run(Closed(receipt))
    assert sum_of(trial.tally) == (0, 0, 0, 0, 0, 2)
    assert trial.state == (CampaignState.PAUSED, "no route")


def test_a_campaign_paused_elsewhere_stays_paused(start: Start) -> None:
    trial = start(4)

    def pause(message: Message) -> Receipt:
        ledger = trial.store.ledger
        ledger.change_state(trial.campaign_id, CampaignState.PAUSED, reason="by Jo Smith", now=NOW)
        return receipt(message)

    tally = trial.run(Scripted(pause, batch_size=1), policy=Policy(claim=1))
    assert sum_of(tally) == (1, 0, 0, 0, 0, 3)
    assert trial.state == (CampaignState.PAUSED, "by Jo Smith")


def crashed(trial: Trial, transport: Scripted) -> None:
    """Claims and marks everybody, and is gone."""
    ledger = trial.store.ledger
    ledger.start(trial.campaign_id, transport=transport.name, now=NOW)
    claim = ledger.claim(trial.campaign_id, owner="gone", limit=3, now=NOW, until=NOW + timedelta(hours=1))
    keys = [recipient.delivery_id for recipient in claim.recipients]
    ledger.intend(trial.campaign_id, owner="gone", delivery_ids=keys[:2], now=NOW, until=NOW)


def test_after_a_crash_the_marked_are_uncertain_and_the_others_are_sent_to(start: Start) -> None:
    trial = start(5)
    crashed(trial, Scripted(receipt))
    assert sum_of(trial.run(Scripted(receipt))) == (3, 0, 0, 0, 2, 0)


def test_after_a_crash_of_a_harmless_transport_everybody_is_sent_to(start: Start) -> None:
    trial = start(5)
    crashed(trial, Scripted(receipt, idempotent=True))
    assert trial.run(Scripted(receipt, idempotent=True)).complete


def test_harmless_means_the_same_transport_as_before(start: Start) -> None:
    trial = start(5)
    crashed(trial, Scripted(receipt, name="smtp://relay"))
    assert trial.run(Scripted(receipt, idempotent=True)).uncertain == 2


def test_two_processes_cannot_send_at_once(start: Start) -> None:
    trial = start(2)

    def nested(message: Message) -> Receipt:
        with pytest.raises(Refused, match="Another newsletter command"):
            trial.run(Scripted(receipt))
        return receipt(message)

    assert trial.run(Scripted(nested)).complete


FATES = st.lists(st.sampled_from(["accept", "temporary", "refuse", "lose", "take and lose", "down"]), max_size=40)


@pytest.mark.sqlite  # for the time it takes: the ledger's own order of events is tried on both
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=FATES, batch=st.integers(1, 4), people=st.integers(1, 7))
def test_whatever_the_service_does_nobody_is_mailed_twice_and_the_sum_holds(
    tmp_path_factory: pytest.TempPathFactory, fates: list[str], batch: int, people: int
) -> None:
    script = iter(fates)

    def fate(message: Message) -> Receipt:
        match next(script, "accept"):
            case "temporary":
                return receipt(message, TEMPORARY, "later")
            case "refuse":
                return receipt(message, REFUSED, "never")
            case "lose":
                raise OutcomeUnknown("lost", unknown=1)
            case "take and lose":
                transport.taken.append(message.recipient)
                raise OutcomeUnknown("lost", unknown=1)
            case "down":
                raise TransportUnavailable("down")
        return receipt(message)

    transport = Scripted(fate, batch_size=batch)
    with open_store(tmp_path_factory.mktemp("campaign")) as store:
        subscribe(store, people)
        trial = Trial(store, store.ledger.freeze(edition(), "practitioners", now=NOW).id)
        for _ in range(len(fates) + 2):
            try:
                trial.run(transport)
            except (TransportUnavailable, OutcomeUnknown, Incomplete):
                continue
            if trial.state[0] is CampaignState.FINISHED:
                break
        tally = trial.tally
        assert trial.state[0] is CampaignState.FINISHED
        assert tally.adds_up
        assert tally.pending == tally.failed == 0
        times = Counter(transport.taken)
        assert max(times.values(), default=0) <= 1
        assert tally.accepted <= len(times) <= tally.accepted + tally.uncertain
        assert all(shown.adds_up for shown in trial.shown)


@pytest.mark.parametrize(("word", "left"), [("pause", (4, 0, 0, 0, 0, 16)), ("cancel", (4, 16, 0, 0, 0, 0))])
def test_a_word_from_another_terminal_stops_it_between_two_batches(
    start: Start, monkeypatch: pytest.MonkeyPatch, word: str, left: tuple[int, ...]
) -> None:
    monkeypatch.setattr("newsletter.delivery.standing._LOOK", 0.0)  # looks each time
    trial = start(20)

    def answer(message: Message) -> Receipt:
        if len(service.taken) == 3:
            if word == "pause":
                trial.store.schedules.pause(trial.campaign_id, reason="by Jo Smith", now=NOW)
            else:
                trial.store.schedules.cancel(trial.campaign_id, by="Jo Smith", now=NOW)
        return receipt(message)

    service = Scripted(answer)
    assert sum_of(trial.run(service)) == left
    assert trial.state[0] == ("paused" if word == "pause" else "cancelled")
    if word == "pause":
        assert trial.state[1] == "by Jo Smith"
        assert trial.run(Scripted(receipt)).complete
