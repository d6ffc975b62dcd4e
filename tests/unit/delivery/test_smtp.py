"""SMTP: what each answer, and each silence, means for the message it was about."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.certificate_kit import self_signed
from tests.unit.delivery.raw_smtp import HangingUp
from tests.unit.delivery.sending_kit import (
    NOW,
    Clock,
    changed,
    edition,
    long_letter,
    message,
    open_store,
    personaliser,
    subscribe,
)

from newsletter.delivery.campaign import run
from newsletter.delivery.transport import Cooperative, Transport, open_transport, parse_dsn
from newsletter.errors import OutcomeUnknown, TransportUnavailable
from newsletter.models.delivery import Message, Receipt, ReceiptState
from newsletter.testing import SmtpSink


def transport(dsn: str, folder: Path = Path()) -> Transport:
    return open_transport(parse_dsn(dsn, folder))


def send(dsn: str, *messages: Message) -> list[Receipt]:
    with transport(dsn) as opened:
        return list(opened.send(messages))


def test_one_connection_serves_many_messages_and_the_envelope_names_one_person_each() -> None:
    with HangingUp("never") as server:
        send(server.dsn, *(message(number) for number in range(1, 6)))
        assert server.accepted == [f"person{number}@example.org" for number in range(1, 6)]
        assert server.connections == 1


def test_a_line_that_starts_with_a_dot_arrives_with_its_dot() -> None:
    with SmtpSink() as sink:
        send(sink.dsn, message())
        assert b"\r\n=2Ea line that starts with a dot\r\n" in sink.messages[0]


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("550 5.1.1 no such user", ReceiptState.REFUSED),
        ("553 5.1.3 bad address", ReceiptState.REFUSED),
        ("451 4.7.1 greylisted", ReceiptState.TEMPORARY),
        ("452 4.2.2 mailbox full", ReceiptState.TEMPORARY),
    ],
)
@pytest.mark.parametrize("phase", ["rcpt", "data"])
def test_an_answer_concerns_its_own_recipient_alone(phase: str, reply: str, state: ReceiptState) -> None:
    def answer(address: str) -> str | None:
        return reply if address == "person2@example.org" else None

    with SmtpSink(**{phase: answer}) as sink:  # type: ignore[arg-type]
        receipts = send(sink.dsn, *(message(number) for number in (1, 2, 3)))
        assert [receipt.state for receipt in receipts] == [ReceiptState.ACCEPTED, state, ReceiptState.ACCEPTED]
        assert receipts[1].reason == reply
        assert sink.recipients == ["person1@example.org", "person3@example.org"]


def large(number: int) -> Message:
    """Larger than what the system buffers, so that a connection lost within the text is noticed within the text."""
    return message(number)._replace(letter=long_letter())


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "text"])
def test_a_connection_lost_before_the_end_of_the_text_costs_nothing(phase: str) -> None:
    make = large if phase == "text" else message
    with HangingUp(phase, at=[2]) as server:
        receipts = send(server.dsn, *(make(number) for number in (1, 2, 3)))
        assert {receipt.state for receipt in receipts} == {ReceiptState.ACCEPTED}
        assert server.accepted == [f"person{number}@example.org" for number in (1, 2, 3)]
        assert server.connections == 2


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "text"])
def test_a_server_that_hangs_up_on_a_new_connection_too_is_unavailable(phase: str) -> None:
    make = large if phase == "text" else message
    with HangingUp(phase, at=[2, 3]) as server, transport(server.dsn) as opened:
        with pytest.raises(TransportUnavailable) as caught:
            opened.send([make(number) for number in (1, 2, 3)])
        assert len(caught.value.receipts) == 1
        assert server.accepted == ["person1@example.org"]
        assert opened.send([message(2)])[0].state is ReceiptState.ACCEPTED


def test_a_connection_lost_after_the_text_leaves_that_message_in_doubt_and_no_other() -> None:
    with HangingUp("dot", at=[2]) as server, transport(server.dsn) as opened:
        with pytest.raises(OutcomeUnknown) as caught:
            opened.send([message(number) for number in (1, 2, 3)])
        assert caught.value.unknown == 1
        assert [r.state for r in caught.value.receipts] == [ReceiptState.ACCEPTED]  # type: ignore[attr-defined]
        assert server.accepted == ["person1@example.org", "person2@example.org"]
        assert opened.send([message(3)])[0].state is ReceiptState.ACCEPTED
        assert server.accepted[-1] == "person3@example.org"


@pytest.mark.parametrize("phase", ["greeting", "ehlo"])
def test_a_server_that_does_not_talk_is_unavailable(phase: str) -> None:
    with HangingUp(phase) as server, pytest.raises(TransportUnavailable, match=r"127\.0\.0\.1"), transport(server.dsn):
        pass


def test_421_before_the_text_is_answered_with_a_new_connection() -> None:
    replies = iter([None, "421 4.7.0 too many messages on this connection"])
    with SmtpSink(rcpt=lambda address: next(replies, None)) as sink:
        receipts = send(sink.dsn, *(message(number) for number in (1, 2, 3)))
        assert {receipt.state for receipt in receipts} == {ReceiptState.ACCEPTED}
        assert len(sink.recipients) == len(set(sink.recipients)) == 3


def test_421_again_and_again_is_unavailable_and_keeps_what_was_accepted() -> None:
    def answer(address: str) -> str | None:
        return None if address == "person1@example.org" else "421 4.3.2 closing down"

    with SmtpSink(rcpt=answer) as sink, transport(sink.dsn) as opened:
        with pytest.raises(TransportUnavailable, match="421") as caught:
            opened.send([message(number) for number in (1, 2, 3)])
        assert len(caught.value.receipts) == 1


def test_a_server_that_wants_a_sign_in_is_unavailable_not_the_recipients_fault() -> None:
    sink = SmtpSink(rcpt=lambda address: "530 5.7.0 authentication required")
    with sink, pytest.raises(TransportUnavailable, match="wants a user"):
        send(sink.dsn, message())


def test_a_silent_server_is_waited_for_only_so_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        dsn = f"smtp://127.0.0.1:{deaf.getsockname()[1]}?timeout=0.2"
        with pytest.raises(TransportUnavailable, match="did not answer in time"), transport(dsn):
            pass


def test_nobody_listening_is_unavailable() -> None:
    with pytest.raises(TransportUnavailable, match="cannot be reached"), transport("smtp://127.0.0.1:1"):
        pass


def test_an_international_address_needs_a_server_that_takes_them() -> None:
    to = message(email="jö@exämple.org")
    with SmtpSink(enable_SMTPUTF8=True) as sink:
        assert send(sink.dsn, to)[0].state is ReceiptState.ACCEPTED
        assert sink.recipients == ["jö@xn--exmple-cua.org"]
    with SmtpSink(enable_SMTPUTF8=False) as sink:
        first, second = send(sink.dsn, to, message(2))
        assert (first.state, second.state) == (ReceiptState.REFUSED, ReceiptState.ACCEPTED)
        assert "beyond ASCII" in first.reason


def test_a_message_that_cannot_be_written_is_refused_and_never_handed_over() -> None:
    bad = changed(message(), subject="a\r\nBcc: b@example.org")
    with SmtpSink() as sink:
        assert send(sink.dsn, bad)[0].state is ReceiptState.REFUSED
        assert sink.messages == []


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a self-signed certificate of 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")
    self_signed(folder)
    return folder


@pytest.fixture
def secure(certificates: Path) -> Iterator[SmtpSink]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "both.pem")
    with SmtpSink(tls=context, login=("user@example.org", "s3cret/:@")) as sink:
        yield sink


def signed_in(sink: SmtpSink, options: str, secret: str = "s3cret%2F%3A%40") -> str:
    return f"smtp://user%40example.org:{secret}@127.0.0.1:{sink.port}?{options}"


def test_starttls_and_sign_in(secure: SmtpSink, certificates: Path) -> None:
    with transport(signed_in(secure, "ca=cert.pem"), certificates) as opened:
        assert opened.send([message()])[0].state is ReceiptState.ACCEPTED
    assert secure.recipients == ["person1@example.org"]


@pytest.mark.parametrize("cooperative", [False, True])
def test_encrypted_from_the_start(certificates: Path, cooperative: bool) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "both.pem")
    with HangingUp("never", pipelining=True, tls=context) as server:
        opened = transport(server.dsn.replace("smtp:", "smtps:") + "?ca=cert.pem", certificates)
        if cooperative:
            assert isinstance(opened, Cooperative)
            opened.cooperate()
        with opened:
            assert opened.send([message()])[0].state is ReceiptState.ACCEPTED


def test_a_campaign_over_several_encrypted_connections(secure: SmtpSink, certificates: Path, tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        subscribe(store, 40)
        campaign_id, clock = store.ledger.freeze(edition(), "practitioners", now=NOW).id, Clock()
        compose = personaliser().compose
        opened = transport(signed_in(secure, "ca=cert.pem&connections=4"), certificates)
        tally = run(
            store.ledger, opened, lambda person: compose(person, date=NOW), campaign_id, clock=clock, sleep=clock.sleep
        )
    assert (tally.accepted, tally.complete) == (40, True)
    assert sorted(secure.recipients) == sorted(f"person{number}@example.org" for number in range(1, 41))


def test_a_certificate_that_cannot_be_trusted_stops_a_campaign_as_well(secure: SmtpSink) -> None:
    opened = transport(signed_in(secure, "tls=on&connections=4"))
    assert isinstance(opened, Cooperative)
    opened.cooperate()
    with pytest.raises(TransportUnavailable, match="certificate that cannot be trusted"), opened:
        pass
    assert secure.messages == []


def test_a_certificate_that_cannot_be_trusted_stops_everything(secure: SmtpSink) -> None:
    dsn = signed_in(secure, "tls=on")
    with pytest.raises(TransportUnavailable, match="certificate that cannot be trusted"), transport(dsn):
        pass
    assert secure.messages == []


def test_a_wrong_secret_is_told_without_repeating_it(secure: SmtpSink, certificates: Path) -> None:
    dsn = signed_in(secure, "ca=cert.pem", secret="WRONGSECRET")
    with (
        pytest.raises(TransportUnavailable, match="refuses the user or the secret") as caught,
        transport(dsn, certificates),
    ):
        pass
    assert "WRONGSECRET" not in caught.value.message + caught.value.hint + repr(caught.value.__context__)


def test_a_server_without_encryption_is_not_spoken_to_when_it_is_wanted() -> None:
    with SmtpSink() as sink:
        with pytest.raises(TransportUnavailable, match="no encryption"), transport(f"{sink.dsn}?tls=on"):
            pass
        assert sink.messages == []
