"""Commands sent together (RFC 2920): each answer still belongs to its own message, and what is lost stays exact."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from tests.unit.delivery.raw_smtp import HangingUp, Scripted
from tests.unit.delivery.sending_kit import long_letter, message

from newsletter.delivery.transport import all_ours, open_transport, parse_dsn
from newsletter.errors import OutcomeUnknown, TransportUnavailable
from newsletter.models.delivery import Message, Receipt, ReceiptState
from newsletter.testing import SmtpSink

HELLO = "250-here\n250-SIZE 9999999\n250 PIPELINING"
OK, GO_ON = "250 ok", "354 go on"
TAKEN = [OK, OK, GO_ON, OK]


def send(dsn: str, *messages: Message) -> list[Receipt]:
    with open_transport(parse_dsn(dsn, Path())) as opened:
        return list(opened.send(messages))


def states(receipts: Sequence[Receipt]) -> list[str]:
    return [receipt.state.value for receipt in receipts]


def words(heard: Sequence[bytes]) -> list[str]:
    return [line.split(b" ")[0].split(b":")[0].decode() for line in heard]


def large(number: int) -> Message:
    return message(number)._replace(letter=long_letter())


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "text"])
def test_a_server_that_hangs_up_within_the_pipeline_costs_nothing(phase: str) -> None:
    make = large if phase == "text" else message
    with HangingUp(phase, at=[2], pipelining=True) as server:
        receipts = send(server.dsn, *(make(number) for number in (1, 2, 3)))
        assert states(receipts) == ["accepted"] * 3
        assert server.accepted == [f"person{number}@example.org" for number in (1, 2, 3)]


def test_a_connection_lost_after_the_text_leaves_that_message_in_doubt_and_no_other() -> None:
    with HangingUp("dot", at=[2], pipelining=True) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            send(server.dsn, *(message(number) for number in (1, 2, 3)))
        assert (caught.value.unknown, len(caught.value.receipts)) == (1, 1)


def test_one_recipient_refused_within_a_pipeline_leaves_the_next_one_untouched() -> None:
    with Scripted(HELLO, OK, "550 5.1.1 no such user", "503 no recipient", OK, *TAKEN) as server:
        receipts = send(server.dsn, message(1), message(2))
        assert states(receipts) == ["refused", "accepted"]
        assert receipts[0].reason == "550 5.1.1 no such user"
        assert words(server.heard) == ["ehlo", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "TEXT", "QUIT"]


def test_a_server_that_waits_for_a_text_after_refusing_everybody_gets_an_empty_one() -> None:
    with Scripted(HELLO, OK, "450 4.2.0 greylisted", GO_ON, "554 no valid recipients", OK, *TAKEN) as server:
        receipts = send(server.dsn, message(1), message(2))
        assert states(receipts) == ["temporary", "accepted"]
        assert server.heard.count(b"TEXT") == 2


def test_a_refused_sender_is_the_services_doing_even_when_the_other_answers_follow() -> None:
    script = [HELLO, "550 5.7.1 not yours", "503 no sender", "503 no sender", OK]
    with Scripted(*script) as server, pytest.raises(TransportUnavailable, match="refuses the sender"):
        send(server.dsn, message())


def test_a_server_that_does_not_offer_it_is_asked_one_thing_at_a_time() -> None:
    with Scripted("250 here", OK, "550 no such user", OK, *TAKEN) as server:
        assert states(send(server.dsn, message(1), message(2))) == ["refused", "accepted"]
        assert words(server.heard)[:5] == ["ehlo", "MAIL", "RCPT", "RSET", "MAIL"]


@pytest.mark.parametrize("rubbish", ["what?", "99 low", "250-a\n251 b", "2500 long", "600 high"])
def test_an_answer_that_is_none_before_the_text_costs_nothing(rubbish: str) -> None:
    with Scripted(HELLO, rubbish, OK, OK, HELLO, *TAKEN) as server:
        assert states(send(server.dsn, message())) == ["accepted"]
        assert server.heard.count(b"TEXT") == 1


def test_an_answer_that_is_none_after_the_text_leaves_a_doubt() -> None:
    with Scripted(HELLO, OK, OK, GO_ON, "what?") as server, pytest.raises(OutcomeUnknown, match="could not be read"):
        send(server.dsn, message())


def test_421_within_a_pipeline_is_answered_with_a_new_connection() -> None:
    with Scripted(HELLO, *TAKEN, OK, "421 4.7.0 enough", "", HELLO, *TAKEN) as server:
        assert states(send(server.dsn, message(1), message(2))) == ["accepted", "accepted"]


def test_a_message_is_marked_after_its_text_and_before_its_dot() -> None:
    with SmtpSink() as sink, open_transport(parse_dsn(sink.dsn, Path())) as opened:
        seen: list[int] = []

        def mark(messages: Sequence[Message]) -> Collection[str]:
            seen.append(len(sink.messages))
            return all_ours(messages)

        opened.send([message(1), message(2)], mark)
        assert seen == [0, 1]


def test_a_message_that_is_no_longer_ours_is_never_accepted() -> None:
    with SmtpSink() as sink, open_transport(parse_dsn(sink.dsn, Path())) as opened:
        assert opened.send([message(1)], lambda messages: ()) == []
        assert opened.send([message(2)])[0].state is ReceiptState.ACCEPTED
        assert sink.recipients == ["person2@example.org"]


def test_a_ledger_that_cannot_be_written_stops_the_message_before_its_dot() -> None:
    def broken(messages: Sequence[Message]) -> Collection[str]:
        raise RuntimeError("the disk is full")

    with SmtpSink() as sink, open_transport(parse_dsn(sink.dsn, Path())) as opened:
        with pytest.raises(RuntimeError):
            opened.send([message(1)], broken)
        assert opened.send([message(2)])[0].state is ReceiptState.ACCEPTED
        assert sink.recipients == ["person2@example.org"]
