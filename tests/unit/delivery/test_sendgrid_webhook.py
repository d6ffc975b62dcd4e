"""What SendGrid tells: only what it signed is believed, and each kind of event means what the documentation says."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.delivery.transports.sendgrid.webhook import SIGNATURE, TIMESTAMP, Reader, Told, Unreadable, Unsigned
from newsletter.errors import UsageError
from newsletter.models.events import EventKind, ProviderEvent
from newsletter.testing import EventSigner

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
AT = int((NOW - timedelta(minutes=2)).timestamp())
DELIVERY = "0123456789abcdef" * 2
SIGNER = EventSigner()


def entry(event: str, **values: Any) -> dict[str, Any]:
    """As SendGrid writes it, with our custom arguments among its own fields."""
    return {
        "email": "jo.smith@example.org", "timestamp": AT, "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "event": event, "sg_event_id": "ZGVsaXZlcmVkLTAtMTIzNDU2", "sg_message_id": "14c5d75ce93.filter0001",
        "delivery": DELIVERY, "campaign": "c" * 32, **values,
    }  # fmt: skip


def read(body: bytes, at: datetime = NOW, group: int | None = 42) -> Told:
    headers = SIGNER.headers(body, at)
    return Reader(SIGNER.public_key, group).read(body, headers[SIGNATURE], headers[TIMESTAMP], NOW)


def told(*entries: dict[str, Any], group: int | None = 42) -> tuple[ProviderEvent, ...]:
    return read(SIGNER.body(entries), group=group).events


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (entry("processed"), "accepted"),
        (entry("deferred", response="400 try again later", attempt="5"), "accepted"),
        (entry("delivered", response="250 OK"), "delivered"),
        (entry("bounce", type="bounce", status="5.1.1", reason="550 5.1.1 unknown"), "bounced"),
        (entry("bounce", type="blocked", status="5.7.1", reason="550 5.7.1 rejected by policy"), "blocked"),
        (entry("dropped", reason="Bounced Address"), "bounced"),
        (entry("dropped", reason="Invalid"), "bounced"),
        (entry("dropped", reason="Invalid SMTPAPI header"), "blocked"),
        (entry("dropped", reason="Unsubscribed Address"), "blocked"),
        (entry("dropped", reason="Spam Content (if Spam Checker app is enabled)"), "blocked"),
        (entry("spamreport"), "complained"),
        (entry("unsubscribe"), "unsubscribed"),
        (entry("group_unsubscribe", asm_group_id=42), "unsubscribed"),
        (entry("group_resubscribe", asm_group_id=42), "resubscribed"),
    ],
)
def test_each_event_is_understood(event: dict[str, Any], kind: str) -> None:
    (found,) = told(event)
    assert found.kind == EventKind(kind)
    assert (found.delivery_id, found.addresses) == (DELIVERY, ("jo.smith@example.org",))
    assert (found.at, found.source, found.signed) == (datetime.fromtimestamp(AT, UTC), "SendGrid", True)
    assert found.event_id == "ZGVsaXZlcmVkLTAtMTIzNDU2"


def test_a_message_dropped_for_an_earlier_complaint_says_nothing_of_this_delivery() -> None:
    here, address = told(entry("dropped", reason="Spam Reporting Address"))
    assert (here.kind, here.delivery_id) == (EventKind.BLOCKED, DELIVERY)
    assert (address.kind, address.delivery_id) == (EventKind.COMPLAINED, "")


@pytest.mark.parametrize("group", [None, 7])
def test_what_readers_do_to_other_groups_of_the_account_is_not_our_business(group: int | None) -> None:
    assert told(entry("group_unsubscribe", asm_group_id=42), entry("group_resubscribe"), group=group) == ()


def test_what_does_not_matter_is_passed_over() -> None:
    body = SIGNER.body([entry("open"), entry("click", url="https://example.org"), entry("account_status_change")])
    assert read(body) == Told((), skipped=3)


def test_the_delivery_is_known_by_our_message_id_too() -> None:
    bare = {name: value for name, value in entry("bounce").items() if name != "delivery"}
    assert told({**bare, "smtp-id": f"<{DELIVERY}@example.org>"})[0].delivery_id == DELIVERY
    assert told(bare)[0].delivery_id == ""


def test_entries_that_cannot_be_read_cost_the_others_nothing() -> None:
    strange: list[dict[str, Any]] = [
        {}, {"event": 7}, entry("bounce", timestamp="soon"), entry("bounce", timestamp=True),
        entry("bounce", timestamp=10**30), entry("bounce", timestamp=-1), {"timestamp": AT},
    ]  # fmt: skip
    found = read(SIGNER.body([*strange, entry("delivered")]))
    assert ([event.kind for event in found.events], found.skipped) == ([EventKind.DELIVERED], len(strange))


@pytest.mark.parametrize(
    "email", [None, 7, "", "nobody", "a b@example.org", "x" * 400 + "@example.org", "\ud800@x.org"]
)
def test_an_address_that_is_none_is_left_out_and_the_delivery_still_counts(email: Any) -> None:
    (found,) = told(entry("bounce", email=email, reason="\ud800\x00"))
    assert (found.addresses, found.delivery_id) == ((), DELIVERY)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b"7", b"[7]", b'["x"]', b"[[]]", b"[{}]", b"\xff\xfe", b"[" * 100_000, b"not json",
             b"[" + b"9" * 10_000 + b"]", b'[{"event":"bounce"}]']
)  # fmt: skip
def test_a_signed_body_that_says_nothing_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_nothing_is_nothing() -> None:
    assert read(b"[]") == Told((), skipped=0)


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        (timedelta(), True),
        (timedelta(hours=23), True),  # SendGrid tries again for 24 hours
        (timedelta(hours=25), False),
        (timedelta(minutes=-9), True),
        (timedelta(minutes=-11), False),
    ],
)
def test_an_old_call_is_refused(age: timedelta, believed: bool) -> None:
    body = SIGNER.body([entry("delivered")])
    if believed:
        assert read(body, NOW - age).events
    else:
        with pytest.raises(Unsigned):
            read(body, NOW - age)


BODY = SIGNER.body([entry("delivered")])
HEADERS = SIGNER.headers(BODY, NOW)
STAMP = HEADERS[TIMESTAMP]


@pytest.mark.parametrize(
    ("signature", "timestamp", "body"),
    [
        ("", STAMP, BODY),
        (HEADERS[SIGNATURE], "", BODY),
        (HEADERS[SIGNATURE], str(int(STAMP) + 1), BODY),
        (HEADERS[SIGNATURE], STAMP, BODY + b" "),
        (HEADERS[SIGNATURE], STAMP, json.dumps(json.loads(BODY)).encode()),
        (HEADERS[SIGNATURE][:-4], STAMP, BODY),
        (HEADERS[SIGNATURE] + "!", STAMP, BODY),
        ("é", STAMP, BODY),
        (HEADERS[SIGNATURE], "٣" * 10, BODY),
        (HEADERS[SIGNATURE], "9" * 400, BODY),
        (EventSigner().headers(BODY, NOW)[SIGNATURE], STAMP, BODY),
    ],
)
def test_what_sendgrid_did_not_sign_is_not_believed(signature: str, timestamp: str, body: bytes) -> None:
    with pytest.raises(Unsigned):
        Reader(SIGNER.public_key).read(body, signature, timestamp, NOW)


@given(raw=st.binary(min_size=1, max_size=100))
def test_no_other_signature_is_believed(raw: bytes) -> None:
    with pytest.raises(Unsigned):
        Reader(SIGNER.public_key).read(BODY, base64.b64encode(raw).decode(), STAMP, NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("email", "timestamp", "event", "reason", "type", "delivery", "smtp-id", "sg_event_id", "asm_group_id")


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(["bounce", "dropped", "delivered", "spamreport", "group_unsubscribe"]),
    changed=st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=4),
)
def test_whatever_stands_in_an_event_is_read_or_passed_over(name: str, changed: dict[str, Any]) -> None:
    body = json.dumps([entry(name, **{key: value for key, value in changed.items() if key != "event"})]).encode()
    try:
        found = read(body)
    except Unreadable:
        return
    assert all(event.at.tzinfo for event in found.events)


def test_the_official_library_agrees() -> None:
    from sendgrid.helpers.eventwebhook import EventWebhook

    official = EventWebhook(SIGNER.public_key)
    assert official.verify_signature(BODY.decode(), HEADERS[SIGNATURE], STAMP)
    assert not official.verify_signature(BODY.decode() + " ", HEADERS[SIGNATURE], STAMP)


@pytest.mark.parametrize("key", ["", "nonsense", "AAAA", base64.b64encode(b"x" * 91).decode()])
def test_a_key_that_is_none_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(UsageError, match="NEWSLETTER_SENDGRID_WEBHOOK_KEY"):
        Reader(key)


def test_a_key_may_be_given_as_pem() -> None:
    pem = f"-----BEGIN PUBLIC KEY-----\n{SIGNER.public_key}\n-----END PUBLIC KEY-----\n"
    assert Reader(pem).read(BODY, HEADERS[SIGNATURE], STAMP, NOW).events
