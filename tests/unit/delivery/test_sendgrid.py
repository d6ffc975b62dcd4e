"""SendGrid: the shape of a call, and for each way it can fail, what becomes of everybody in it."""

from __future__ import annotations

import json
import logging
import re
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.delivery.sending_kit import NOW, Clock, changed, message, personaliser, publication, recipient

from newsletter.delivery.transport import parse_dsn
from newsletter.delivery.transports.sendgrid import REJECTIONS, SendGrid
from newsletter.delivery.transports.sendgrid.body import body
from newsletter.errors import OutcomeUnknown, TransportUnavailable
from newsletter.models.delivery import Attachment, Message, Receipt, ReceiptState
from newsletter.testing import LIMIT, FakeSendGrid, Fault

PEOPLE = 12


@pytest.fixture
def fake() -> Iterator[FakeSendGrid]:
    with FakeSendGrid() as server:
        yield server


def opened(fake: FakeSendGrid, clock: Clock | None = None, options: str = "") -> SendGrid:
    clock = clock or Clock()
    return SendGrid(parse_dsn(fake.dsn + options, Path()), sleep=clock.sleep, clock=lambda: clock().timestamp())


def many(count: int = PEOPLE) -> list[Message]:
    make = personaliser().compose
    return [make(recipient(number), date=NOW) for number in range(1, count + 1)]


def got(fake: FakeSendGrid) -> Counter[str]:
    return Counter(received.email for received in fake.received)


def states(receipts: object) -> Counter[ReceiptState]:
    return Counter(receipt.state for receipt in receipts if isinstance(receipt, Receipt))  # type: ignore[attr-defined]


def payload(messages: list[Message]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body(messages))
    return found


def test_a_call_has_one_content_and_the_values_of_each_person() -> None:
    call = payload(many(2))
    people = call["personalizations"]
    first, second = people
    assert first["to"] == [{"email": "person1@example.org", "name": "Person 1"}]
    assert set(first["substitutions"]) == {"%%unsubscribe_url%%", "%%preferences_url%%"}
    assert first["substitutions"] != second["substitutions"]
    assert first["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["headers"]["Message-ID"] == f"<{1:032x}@example.org>"
    assert first["custom_args"] == {"delivery": f"{1:032x}", "campaign": "c" * 32}
    content = json.dumps(call["content"])
    assert "person" not in content
    assert "/u/" not in content


def test_nothing_is_tracked() -> None:
    settings = payload(many(1))["tracking_settings"]
    assert {name: value["enable"] for name, value in settings.items()} == {
        "click_tracking": False, "open_tracking": False, "subscription_tracking": False, "ganalytics": False,
    }  # fmt: skip


def test_no_address_stands_where_it_would_be_kept_for_long() -> None:
    for person in payload(many(3))["personalizations"]:
        assert "@" not in json.dumps(person["custom_args"])
    assert "categories" not in payload(many(1))


def test_a_call_is_the_same_for_the_same_messages() -> None:
    assert body(many(3)) == body(many(3))


@given(st.text(max_size=40), st.text(min_size=1, max_size=20))
def test_names_and_addresses_of_any_signs_are_read_back_as_they_are(name: str, local: str) -> None:
    made = many(1)[0]._replace(recipient_name=name, recipient=f"{local}@example.org")
    (person,) = payload([made])["personalizations"]
    assert person["to"][0].get("name", "") == re.sub("[;,]", " ", name).strip()
    assert person["to"][0]["email"] == f"{local}@example.org"
    assert person["headers"]["Message-ID"] == made.message_id
    assert set(person["headers"]) == {"Message-ID", *made.headers}


def test_pictures_travel_once_for_everybody() -> None:
    picture = Attachment(file_name="hall.png", media_type="image/png", data=b"PNG", content_id="abc@x")
    call = payload([changed(m, attachments=(picture,)) for m in many(3)])
    assert call["attachments"] == [
        {"content": "UE5H", "type": "image/png", "filename": "hall.png", "disposition": "inline", "content_id": "abc@x"}
    ]


def test_the_unsubscribe_group_is_named_in_mode_provider() -> None:
    settings = publication(mode="provider", group=42)
    made = personaliser(settings=settings, transport="sendgrid").compose(recipient(), date=NOW)
    assert payload([made])["asm"] == {"group_id": 42}


def test_a_thousand_people_are_one_call(fake: FakeSendGrid) -> None:
    with opened(fake) as transport:
        receipts = transport.send(many(LIMIT))
    assert states(receipts) == {ReceiptState.ACCEPTED: LIMIT}
    assert len(fake.calls) == 1
    assert transport.batch_size == LIMIT


@pytest.mark.parametrize("name", ["Smith, Jo; Dr", ";", 'Zoë 一 "x"', ""])
def test_awkward_names_are_taken(fake: FakeSendGrid, name: str) -> None:
    with opened(fake) as transport:
        assert states(transport.send([message(name=name)])) == {ReceiptState.ACCEPTED: 1}
    assert ";" not in fake.received[0].name


def test_one_bad_address_that_is_named_costs_nobody_else(fake: FakeSendGrid) -> None:
    fake.bad_addresses = {"person5@example.org", "person9@example.org"}
    with opened(fake) as transport:
        receipts = transport.send(many())
    refused = [receipt for receipt in receipts if receipt.state is ReceiptState.REFUSED]
    assert [receipt.delivery_id for receipt in refused] == [f"{5:032x}", f"{9:032x}"]
    assert refused[0].reason == "Does not contain a valid address."
    assert got(fake) == Counter(m.recipient for m in many() if m.recipient not in fake.bad_addresses)
    assert len(fake.calls) == 2


def test_one_bad_address_in_a_thousand_that_is_not_named_is_found(fake: FakeSendGrid) -> None:
    fake.mystery_addresses = {"person777@example.org"}
    with opened(fake) as transport:
        receipts = transport.send(many(1000))
    assert states(receipts) == {ReceiptState.ACCEPTED: 999, ReceiptState.REFUSED: 1}
    assert max(got(fake).values()) == 1
    assert [receipt.delivery_id for receipt in receipts] == [f"{number:032x}" for number in range(1, 1001)]
    assert len(fake.calls) <= 22


def test_a_call_that_is_wrong_as_a_whole_refuses_nobody(fake: FakeSendGrid) -> None:
    error = {"message": "The from address does not match a verified Sender Identity.", "field": "from"}
    fake.faults.append(Fault(400, json.dumps({"errors": [error]}).encode()))
    with opened(fake) as transport, pytest.raises(TransportUnavailable, match="verified Sender Identity") as caught:
        transport.send(many())
    assert caught.value.receipts == ()
    assert len(fake.calls) == 1


def test_rejections_without_a_reason_do_not_go_on_for_ever(fake: FakeSendGrid) -> None:
    fake.faults.extend([Fault(400, b"not json")] * 500)
    with opened(fake) as transport, pytest.raises(TransportUnavailable) as caught:
        transport.send(many(1000))
    assert len(fake.calls) == REJECTIONS + 1
    assert caught.value.receipts == ()


def test_rejections_that_name_nobody_and_spare_nobody_refuse_nobody(fake: FakeSendGrid) -> None:
    fake.faults.extend([Fault(400)] * 50)
    with opened(fake) as transport, pytest.raises(TransportUnavailable, match="failed on purpose") as caught:
        transport.send(many(3))
    assert caught.value.receipts == ()


def test_one_person_alone_who_is_rejected_is_refused(fake: FakeSendGrid) -> None:
    fake.faults.append(Fault(400))
    with opened(fake) as transport:
        assert states(transport.send(many(1))) == {ReceiptState.REFUSED: 1}


@pytest.mark.parametrize(("status", "hint"), [(401, "not valid"), (403, "may not send"), (413, "30 MB"), (404, "Mend")])
def test_a_call_that_is_not_allowed_pauses_and_nobody_is_mailed(fake: FakeSendGrid, status: int, hint: str) -> None:
    fake.faults.append(Fault(status))
    with opened(fake) as transport, pytest.raises(TransportUnavailable, match=str(status)) as caught:
        transport.send(many())
    assert hint in caught.value.hint
    assert fake.key not in caught.value.message + caught.value.hint
    assert caught.value.receipts == ()
    assert got(fake) == {}


def test_a_wrong_key_is_noticed_before_anything_is_sent(fake: FakeSendGrid) -> None:
    dsn = parse_dsn(fake.dsn.replace(fake.key, "SG.WRONG"), Path())
    with pytest.raises(TransportUnavailable, match="401") as caught, SendGrid(dsn):
        pass
    assert "WRONG" not in caught.value.message + caught.value.hint
    assert fake.calls == []


def test_a_rate_limit_is_waited_out(fake: FakeSendGrid) -> None:
    clock = Clock()
    reset = str(int(clock().timestamp()) + 30)
    fake.faults.append(Fault(429, headers={"X-RateLimit-Reset": reset}))
    fake.faults.append(Fault(429))
    with opened(fake, clock) as transport:
        assert states(transport.send(many())) == {ReceiptState.ACCEPTED: PEOPLE}
    assert clock.slept == 40
    assert set(got(fake).values()) == {1}


def test_a_rate_limit_that_lasts_too_long_pauses(fake: FakeSendGrid) -> None:
    clock = Clock()
    fake.faults.append(Fault(429, headers={"X-RateLimit-Reset": str(int(clock().timestamp()) + 3600)}))
    with opened(fake, clock) as transport, pytest.raises(TransportUnavailable, match="429") as caught:
        transport.send(many())
    assert caught.value.receipts == ()
    assert clock.slept == 0


@pytest.mark.parametrize(
    ("fault", "mailed"),
    [
        (Fault(500), 0),
        (Fault(500, accept=True), PEOPLE),
        (Fault(503), 0),
        (Fault(502, b"<html>bad gateway</html>", accept=True), PEOPLE),
        (Fault(drop=True), 0),
        (Fault(drop=True, accept=True), PEOPLE),
        (Fault(hang=0.5), 0),
        (Fault(202, hang=0.5, accept=True), PEOPLE),
        (Fault(200, b"not what was promised", accept=True), PEOPLE),
    ],
)
def test_an_answer_that_may_follow_an_acceptance_leaves_everybody_of_the_call_in_doubt(
    fake: FakeSendGrid, fault: Fault, mailed: int
) -> None:
    fake.faults.append(fault)
    with opened(fake, options="&timeout=0.2") as transport, pytest.raises(OutcomeUnknown) as caught:
        transport.send(many())
    assert caught.value.unknown == PEOPLE
    assert caught.value.receipts == ()
    assert len(fake.calls) == 1
    assert sum(got(fake).values()) == mailed


def test_a_doubt_in_the_middle_of_a_search_leaves_the_settled_settled_and_the_rest_in_place(fake: FakeSendGrid) -> None:
    fake.mystery_addresses = {"person2@example.org"}
    accepted, rejected = Fault(202, b"", accept=True), Fault(400)
    fake.faults.extend([rejected, rejected, rejected, accepted, rejected, rejected, Fault(500, accept=True)])
    with opened(fake) as transport, pytest.raises(OutcomeUnknown) as caught:
        transport.send(many(12))
    assert states(caught.value.receipts) == {ReceiptState.ACCEPTED: 1, ReceiptState.REFUSED: 1}
    assert caught.value.unknown == 1
    assert got(fake) == {"person1@example.org": 1, "person3@example.org": 1}


def test_those_in_doubt_are_the_first_without_a_receipt_whatever_was_refused_before(fake: FakeSendGrid) -> None:
    rejected = Fault(400)
    fake.faults.extend([rejected, rejected, rejected, Fault(500, accept=True)])  # 4, 2, 1: refused, then person 2
    with opened(fake) as transport, pytest.raises(OutcomeUnknown) as caught:
        transport.send(many(4))
    assert [receipt.delivery_id for receipt in caught.value.receipts] == [f"{1:032x}"]  # type: ignore[attr-defined]
    assert caught.value.unknown == 1
    assert got(fake) == {"person2@example.org": 1}


def test_a_slow_answer_is_an_answer(fake: FakeSendGrid) -> None:
    fake.faults.append(Fault(202, b"", hang=0.1, accept=True))
    with opened(fake, options="&timeout=5") as transport:
        assert states(transport.send(many())) == {ReceiptState.ACCEPTED: PEOPLE}


def test_nobody_listening_is_unavailable_and_nobody_is_in_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    dsn = parse_dsn(f"sendgrid://:SG.KEY@default?host=http://127.0.0.1:{port}", Path())
    with pytest.raises(TransportUnavailable, match="cannot be reached"), SendGrid(dsn):
        pass


def test_a_service_that_goes_away_between_two_calls_is_unavailable(fake: FakeSendGrid) -> None:
    with FakeSendGrid() as other:
        transport = opened(other).__enter__()
    with pytest.raises(TransportUnavailable, match="cannot be reached") as caught:
        transport.send(many())
    assert caught.value.receipts == ()


def test_the_key_and_the_addresses_are_in_no_log(fake: FakeSendGrid, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), opened(fake) as transport:
        transport.send(many(2))
    assert fake.key not in caplog.text
    assert "person1" not in caplog.text


def test_the_european_region_is_spoken_to_when_it_is_named() -> None:
    from newsletter.delivery.transports.sendgrid import _client

    client = _client(parse_dsn("sendgrid://:SG.KEY@default?region=eu", Path()))
    assert (client.host, client.timeout) == ("https://api.eu.sendgrid.com", 30)
    assert _client(parse_dsn("sendgrid://:SG.KEY@default", Path())).host == "https://api.sendgrid.com"


def test_the_fake_enforces_what_sendgrid_documents(fake: FakeSendGrid) -> None:
    def complaints(**changes: object) -> list[str | None]:
        return [error["field"] for error in fake.errors({**payload(many(2)), **changes})]

    people = payload(many(2))["personalizations"]
    assert complaints() == []
    assert complaints(personalizations=people * 501) != []
    assert complaints(personalizations=[]) == ["personalizations"]
    assert complaints(personalizations=[people[0], people[0]]) == ["personalizations.1.to.0.email"]
    assert complaints(subject="") == ["subject"]
    assert complaints(content=[]) == ["content"]
    assert complaints(tracking_settings={"open_tracking": {"enable": True}}) == ["tracking_settings"]
    for part, value in (
        ("headers", {"Subject": "x"}), ("substitutions", {"a": "x" * 10_001}), ("custom_args", {"a": 1}),
    ):  # fmt: skip
        assert complaints(personalizations=[{**people[0], part: value}]) == [f"personalizations.0.{part}"]
