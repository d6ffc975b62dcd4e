"""The next message's envelope travels with the dot of the one before: nothing is lost or mailed by it that was not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.delivery.raw_smtp import HangingUp, Scripted
from tests.unit.delivery.sending_kit import NOW, Clock, edition, message, open_store, personaliser, subscribe

from newsletter.delivery.campaign import run
from newsletter.delivery.transport import ReadsAhead, all_ours, open_transport, parse_dsn
from newsletter.delivery.transports.smtp import Smtp
from newsletter.errors import OutcomeUnknown
from newsletter.models.delivery import CampaignState, Message, Receipt

HELLO = "250-here\n250-SIZE 9999999\n250 PIPELINING"
OK, GO_ON = "250 ok", "354 go on"
TAKEN = [OK, OK, GO_ON, OK]
ENVELOPE = ["MAIL", "RCPT", "DATA"]


def opened(dsn: str) -> Smtp:
    transport = open_transport(parse_dsn(dsn, Path()))
    assert isinstance(transport, Smtp)
    assert isinstance(transport, ReadsAhead)
    return transport


def send(transport: Smtp, number: int, following: int | None = None) -> list[Receipt]:
    """Person `number` now, person `following` announced."""
    known = message(following) if following is not None else None
    return list(transport.send([message(number)], all_ours, lambda: known))


def states(receipts: Sequence[Receipt]) -> list[str]:
    return [receipt.state.value for receipt in receipts]


def heard(server: Scripted, count: int) -> list[str]:
    """The words that came, once there are so many."""
    until = time.monotonic() + 10
    while len(server.heard) < count and time.monotonic() < until:
        time.sleep(0.01)
    return [line.split(b" ")[0].split(b":")[0].decode() for line in server.heard]


def test_the_next_envelope_is_there_before_it_is_its_turn() -> None:
    with Scripted(HELLO, *TAKEN, *TAKEN) as server, opened(server.dsn) as transport:
        assert states(send(transport, 1, following=2)) == ["accepted"]
        assert heard(server, 8) == ["ehlo", *ENVELOPE, "TEXT", *ENVELOPE]
        assert states(send(transport, 2)) == ["accepted"]
        assert heard(server, 9)[8:] == ["TEXT"]
    assert b"RCPT TO:<person2@example.org>" in server.heard


def test_one_that_is_not_sent_after_all_is_not_mailed() -> None:
    with HangingUp("never", pipelining=True) as server:
        with opened(server.dsn) as transport:
            send(transport, 1, following=2)
        with opened(server.dsn) as transport:  # a goodbye in place of the text would have been its text
            send(transport, 3)
        assert server.accepted == ["person1@example.org", "person3@example.org"]


def test_another_one_that_comes_instead_goes_its_own_way() -> None:
    with HangingUp("never", pipelining=True) as server, opened(f"{server.dsn}?connections=1") as transport:
        send(transport, 1, following=2)
        assert states(send(transport, 3)) == ["accepted"]
        assert states(send(transport, 2)) == ["accepted"]
        assert server.accepted == [f"person{number}@example.org" for number in (1, 3, 2)]


def test_a_recipient_refused_ahead_of_its_turn_is_the_one_that_is_told_of() -> None:
    script = [HELLO, *TAKEN, OK, "550 5.1.1 no such user", "503 no recipient", OK, *TAKEN]
    with Scripted(*script) as server, opened(server.dsn) as transport:
        assert states(send(transport, 1, following=2)) == ["accepted"]
        receipts = send(transport, 2, following=3)
        assert (states(receipts), receipts[0].reason) == (["refused"], "550 5.1.1 no such user")
        assert states(send(transport, 3)) == ["accepted"]


def test_a_sender_told_to_wait_for_a_text_nobody_wants_gives_an_empty_one() -> None:
    script = [HELLO, *TAKEN, OK, "450 4.2.0 greylisted", GO_ON, "554 no valid recipients", OK, *TAKEN]
    with Scripted(*script) as server, opened(server.dsn) as transport:
        send(transport, 1, following=2)
        assert states(send(transport, 2)) == ["temporary"]
        assert states(send(transport, 3)) == ["accepted"]


def test_a_connection_that_ends_between_two_costs_nothing() -> None:
    with Scripted(HELLO, *TAKEN, "", HELLO, *TAKEN) as server, opened(server.dsn) as transport:
        assert states(send(transport, 1, following=2)) == ["accepted"]
        assert states(send(transport, 2)) == ["accepted"]


def test_an_answer_that_is_lost_leaves_one_in_doubt_not_two() -> None:
    with HangingUp("dot", at=[1], pipelining=True) as server, opened(server.dsn) as transport:
        with pytest.raises(OutcomeUnknown) as caught:
            send(transport, 1, following=2)
        assert caught.value.unknown == 1
        assert states(send(transport, 2)) == ["accepted"]
        assert server.accepted == ["person1@example.org", "person2@example.org"]


def test_a_server_that_takes_one_thing_at_a_time_is_told_nothing_ahead() -> None:
    def never() -> Message | None:
        raise AssertionError("asked")

    with HangingUp("never") as server, opened(server.dsn) as transport:
        assert states(transport.send([message(1)], all_ours, never)) == ["accepted"]


def test_a_campaign_reads_ahead_and_keeps_its_word_when_it_is_stopped(tmp_path: Path) -> None:
    with HangingUp("never", pipelining=True) as server, open_store(tmp_path) as store:
        subscribe(store, 30)
        campaign_id, clock = store.ledger.freeze(edition(), "practitioners", now=NOW).id, Clock()

        def go(most: int) -> int:
            compose = personaliser().compose
            tally = run(
                store.ledger, opened(f"{server.dsn}?connections=1"), lambda person: compose(person, date=NOW),
                campaign_id, clock=clock, sleep=clock.sleep, should_stop=lambda: len(server.accepted) >= most,
            )  # fmt: skip
            assert tally.adds_up
            assert tally.uncertain == 0
            return tally.accepted

        assert go(7) == len(server.accepted)
        assert 7 <= len(server.accepted) < 30
        assert go(99) == 30
        assert store.ledger.state(campaign_id) is CampaignState.FINISHED
        assert len(set(server.accepted)) == len(server.accepted) == 30
