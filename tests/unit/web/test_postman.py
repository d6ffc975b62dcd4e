"""The service's own mails on their way: nobody is written to twice, nobody is forgotten, whatever breaks in between."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.web.service_kit import Client, FakeApp
from tests.unit.web.test_signup import NEW, send

from newsletter.delivery.transports.memory import MemoryTransport, accept
from newsletter.errors import OutcomeUnknown, TransportUnavailable
from newsletter.models.delivery import Message, Receipt, ReceiptState
from newsletter.web.logs import log_to
from newsletter.web.postman import GIVE_UP, LEASE


class Broken(MemoryTransport):
    """Marks a message, and then something happens."""

    def __init__(self, error: Callable[[Sequence[Message]], BaseException]) -> None:
        super().__init__()
        self._error = error

    def send(self, messages: Sequence[Message], mark: Any = None) -> Sequence[Receipt]:
        mark(messages)
        raise self._error(messages)


def answering(state: ReceiptState) -> MemoryTransport:
    """Answers every message so."""
    return MemoryTransport(lambda message: Receipt(delivery_id=message.delivery_id, state=state, reason=NEW))


def states(app: FakeApp) -> dict[str, int]:
    """How many mails are in each state."""
    found: dict[str, int] = app.store.service_mails.counts()
    return found


def restarted(app: FakeApp) -> None:
    """The program starts again, with a mail service that works."""
    app.transport = MemoryTransport(accept)
    app.client()
    app.moment += LEASE
    app.services[-1].state.postman.recover()


@pytest.fixture
def asked(app: FakeApp, client: Client) -> None:
    """Somebody signed up, and nothing was mailed yet."""
    send(app, client)


@pytest.mark.usefixtures("asked")
def test_what_waits_survives_a_restart_and_is_sent_once(app: FakeApp) -> None:
    restarted(app)
    assert [message.recipient for message in app.post()] == [NEW]
    restarted(app)
    assert app.post() == []
    assert states(app) == {"accepted": 1}


@pytest.mark.usefixtures("asked")
def test_what_a_crash_left_half_handed_over_is_not_sent_a_second_time(app: FakeApp) -> None:
    app.transport = Broken(lambda messages: KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        app.post()
    assert states(app) == {"intent": 1}
    restarted(app)
    assert app.post() == []
    assert states(app) == {"uncertain": 1}


@pytest.mark.usefixtures("asked")
def test_a_transport_that_cannot_send_twice_is_given_it_again_after_a_crash(app: FakeApp) -> None:
    app.transport = Broken(lambda messages: KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        app.post()
    app.transport = MemoryTransport(accept)
    app.transport.idempotent = True
    app.client()
    app.moment += LEASE
    app.services[-1].state.postman.recover()
    assert len(app.post()) == 1


@pytest.mark.usefixtures("asked")
def test_while_the_mail_service_is_down_mails_wait_longer_each_time_and_then_go(app: FakeApp) -> None:
    pauses = []
    for _ in range(4):
        app.transport = Broken(lambda messages: TransportUnavailable("down"))
        with pytest.raises(TransportUnavailable):
            app.post()
        before = app.moment
        while not app.store.service_mails.waiting(app.moment, 1):
            app.moment += timedelta(minutes=1)
        pauses.append(app.moment - before)
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]
    app.transport = MemoryTransport()
    assert len(app.post()) == 1


@pytest.mark.usefixtures("asked")
def test_after_a_day_it_is_given_up(app: FakeApp) -> None:
    app.transport = answering(ReceiptState.TEMPORARY)
    app.post()
    app.moment += GIVE_UP + timedelta(hours=1)
    app.post()
    assert states(app) == {"failed": 1}


@pytest.mark.usefixtures("asked")
def test_a_lost_answer_is_a_doubt_and_no_second_mail(app: FakeApp) -> None:
    app.transport = Broken(lambda messages: OutcomeUnknown("lost", unknown=len(messages)))
    with pytest.raises(OutcomeUnknown):
        app.post()
    app.transport = MemoryTransport()
    app.moment += timedelta(hours=2)
    assert app.post() == []
    assert states(app) == {"uncertain": 1}


@pytest.mark.usefixtures("asked")
def test_a_refusal_is_final_and_its_words_are_not_kept(app: FakeApp) -> None:
    app.transport = answering(ReceiptState.REFUSED)
    app.post()
    assert states(app) == {"refused": 1}
    with app.store._database.read() as connection:
        kept = connection.exec_driver_sql("select * from service_mails").all()
    assert NEW not in repr(kept)


@pytest.mark.usefixtures("asked")
def test_somebody_erased_meanwhile_is_not_written_to(app: FakeApp) -> None:
    app.store.subscribers.erase(NEW, source="request", at=app.moment)
    assert app.post() == []
    assert states(app) == {"excluded": 1}


def test_the_thread_writes_by_itself_once_it_is_woken(app: FakeApp, client: Client) -> None:
    postman = app.services[-1].state.postman
    postman.start()
    send(app, client)
    for _ in range(200):
        if app.transport.sent:
            break
        postman._stopping.wait(0.05)
    postman.close()
    assert [message.recipient for message in app.transport.sent] == [NEW]


SWITCHES = ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing")


def test_away_from_a_terminal_each_line_of_the_log_is_a_json_object(
    app: FakeApp, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, stream = logging.getLogger("newsletter"), io.StringIO()
    for one in (logger, logging.getLogger()):  # as it is before a program says where its log goes
        monkeypatch.setattr(one, "handlers", [])
        monkeypatch.setattr(one, "level", one.level)
    for switch in SWITCHES:
        monkeypatch.setattr(logging, switch, getattr(logging, switch))
    log_to(stream)
    client.get("/healthz")
    logger.warning('with "quotes" and\na line break')
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (lines[0]["path"], lines[0]["status"]) == ("/healthz", 200)
    assert lines[0]["time"].endswith("Z")
    assert lines[1]["message"] == 'with "quotes" and\na line break'
    assert lines[1]["level"] == "warning"
