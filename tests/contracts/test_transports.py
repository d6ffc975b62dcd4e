"""One suite over every transport: the same messages in, and what arrived read back from a service of its kind."""

from __future__ import annotations

import email
import email.policy
import mailbox
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.unit.delivery.sending_kit import message

from newsletter.delivery.transport import Transport, known_transports, open_transport, parse_dsn
from newsletter.delivery.transports.memory import MemoryTransport
from newsletter.errors import UsageError
from newsletter.models.delivery import Message, ReceiptState
from newsletter.testing import FakeSendGrid, SmtpSink


@dataclass(frozen=True)
class Arrived:
    """What one person got."""

    address: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]


@dataclass
class Service:
    """A transport and what is on its other side."""

    transport: Transport
    arrived: Callable[[], Sequence[Arrived]]


def parse(raw: bytes) -> Arrived:
    parsed = email.message_from_bytes(raw, policy=email.policy.SMTP)
    plain, rich = parsed.iter_parts()
    return Arrived(
        address=parsed["To"].addresses[0].addr_spec,
        subject=str(parsed["Subject"]),
        text=plain.get_content().replace("\r\n", "\n"),
        html=rich.get_content().replace("\r\n", "\n"),
        headers={name: str(value) for name, value in parsed.items()},
    )


def memory(stack: ExitStack, folder: Path) -> Service:
    transport = MemoryTransport()
    return Service(
        transport,
        lambda: [
            Arrived(m.recipient, m.letter.subject, m.text, m.html, {"Message-ID": m.message_id, **m.headers})
            for m in transport.sent
        ],
    )


def outbox(stack: ExitStack, folder: Path) -> Service:
    def arrived() -> list[Arrived]:
        box = mailbox.Maildir(folder / "outbox", create=False)
        return [parse(box.get_bytes(key)) for key in sorted(box.keys())]

    return Service(open_transport(parse_dsn("outbox:outbox", folder)), arrived)


def smtp(stack: ExitStack, folder: Path) -> Service:
    sink = stack.enter_context(SmtpSink())
    return Service(open_transport(parse_dsn(sink.dsn, folder)), lambda: [parse(raw) for raw in sink.messages])


def sendgrid(stack: ExitStack, folder: Path) -> Service:
    fake = stack.enter_context(FakeSendGrid())
    return Service(
        open_transport(parse_dsn(fake.dsn, folder)),
        lambda: [Arrived(r.email, r.subject, r.text, r.html, r.headers) for r in fake.received],
    )


SERVICES = {"memory": memory, "outbox": outbox, "smtp": smtp, "sendgrid": sendgrid}


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    with ExitStack() as stack:
        yield SERVICES[request.param](stack, tmp_path)


def test_every_transport_is_held_to_this_contract() -> None:
    assert sorted(SERVICES) == known_transports()


def test_each_message_arrives_once_and_each_gets_a_receipt_in_order(service: Service) -> None:
    messages = [message(number) for number in range(1, 6)]
    with service.transport as transport:
        receipts = transport.send(messages)
    assert [receipt.delivery_id for receipt in receipts] == [m.delivery_id for m in messages]
    assert {receipt.state for receipt in receipts} == {ReceiptState.ACCEPTED}
    assert sorted(arrived.address for arrived in service.arrived()) == sorted(m.recipient for m in messages)


def test_both_texts_arrive_as_they_were_written(service: Service) -> None:
    sent = message(name='Zoë O\'Brien, "Jo"')
    with service.transport as transport:
        transport.send([sent])
    (arrived,) = service.arrived()
    assert arrived.subject == sent.letter.subject
    assert arrived.text.strip() == sent.text.strip()
    assert arrived.html.strip() == sent.html.strip()


def test_the_headers_that_lists_need_arrive(service: Service) -> None:
    sent = message()
    with service.transport as transport:
        transport.send([sent])
    (arrived,) = service.arrived()
    assert {name: arrived.headers[name] for name in sent.headers} == sent.headers
    assert arrived.headers["Message-ID"] == sent.message_id


def test_each_person_gets_their_own_link(service: Service) -> None:
    messages = [message(number) for number in range(1, 4)]
    with service.transport as transport:
        transport.send(messages)
    by_address = {arrived.address: arrived for arrived in service.arrived()}
    for sent in messages:
        own = sent.substitutions["%%unsubscribe_url%%"]
        others = [m.substitutions["%%unsubscribe_url%%"] for m in messages if m is not sent]
        got = by_address[sent.recipient]
        assert own in got.html
        assert own in got.text
        assert not any(other in got.html + got.text for other in others)


def test_it_can_be_opened_again(service: Service) -> None:
    for number in (1, 2):
        with service.transport as transport:
            transport.send([message(number)])
    assert len(service.arrived()) == 2


def test_nothing_arrives_before_it_is_marked_and_what_is_not_ours_never_does(service: Service) -> None:
    messages = [message(number) for number in range(1, 4)]
    asked: list[str] = []

    def mark(some: Sequence[Message]) -> Collection[str]:
        there = {arrived.address for arrived in service.arrived()}
        assert not there & {m.recipient for m in some}
        asked.extend(m.delivery_id for m in some)
        return {m.delivery_id for m in some} - {messages[1].delivery_id}

    with service.transport as transport:
        receipts = transport.send(messages, mark)
    assert asked == [m.delivery_id for m in messages]
    assert [receipt.delivery_id for receipt in receipts] == [messages[0].delivery_id, messages[2].delivery_id]
    assert {arrived.address for arrived in service.arrived()} == {messages[0].recipient, messages[2].recipient}


def test_sending_nothing_is_nothing(service: Service) -> None:
    with service.transport as transport:
        assert list(transport.send([])) == []
    assert service.arrived() == []


def test_it_says_how_much_it_takes_and_what_it_is_called(service: Service) -> None:
    assert service.transport.batch_size >= 1
    assert service.transport.connections >= 1
    assert service.transport.idempotent in (True, False)
    assert service.transport.name.partition(":")[0] in SERVICES
    assert "SG.test-key" not in service.transport.name


@pytest.mark.parametrize(
    ("dsn", "told"),
    [
        ("pigeon:", "not known"),
        ("", "not known"),
        ("smtp://", "needs a host"),
        ("smtp://mail.example.org?tsl=off", "no option 'tsl'"),
        ("smtp://mail.example.org?tls=maybe", "neither on nor off"),
        ("smtp://mail.example.org?timeout=soon", "not a number of seconds"),
        ("smtp://mail.example.org?connections=0", "not a whole number from 1"),
        ("smtp://mail.example.org?per_second=0", "not a number above 0"),
        ("sendgrid://:SECRET@default?per_hour=many", "not a whole number from 1"),
        ("smtp://user:SECRET@mail.example.org?tls=off", "in the clear"),
        ("smtp://mail.example.org?ca=missing.pem", "cannot be read"),
        ("smtp://user:SECRET@mail.example.org:x", "cannot be read"),
        ("sendgrid://default", "needs an API key"),
        ("sendgrid://:SECRET@default?region=moon", "neither eu nor global"),
        ("sendgrid://:SECRET@default?regoin=eu", "no option 'regoin'"),
        ("outbox:file.txt", "is a file"),
    ],
)
def test_a_dsn_that_cannot_work_is_refused_before_anything_is_sent(dsn: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "file.txt").touch()
    with pytest.raises(UsageError, match=told) as caught:
        open_transport(parse_dsn(dsn, tmp_path))
    assert "SECRET" not in caught.value.message + caught.value.hint


def test_a_dsn_shows_no_secret(tmp_path: Path) -> None:
    dsn = parse_dsn("smtp://user:SECRET@mail.example.org:2525", tmp_path)
    assert "SECRET" not in repr(dsn) + str(dsn)
    assert "SECRET" not in repr(vars(open_transport(dsn)))
