"""Messages that come back: each is read for what it is, whose it was, and whether the address is no good."""

from __future__ import annotations

import mailbox
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.delivery.bounce_codes import meaning
from newsletter.delivery.bounce_mailbox import messages
from newsletter.delivery.bounces import Sort, read
from newsletter.errors import UsageError
from newsletter.models.events import EventKind

FOLDER = Path(__file__).parent / "bounces"
NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
DELIVERY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
WHO = "jo.smith@agency.example"
BOUNCED, BLOCKED = EventKind.BOUNCED, EventKind.BLOCKED


def sample(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("postfix", BOUNCED, "User unknown in local recipient table"),
        ("exchange", BOUNCED, "RecipientNotFound"),
        ("exchange-edge", BOUNCED, "Access denied"),
        ("gmail", BOUNCED, "does not exist"),
        ("exim", BOUNCED, "550 No such user here"),
        ("qmail", BOUNCED, "no mailbox here by that name"),
        ("international", BOUNCED, "Zoë"),
        ("full-mailbox", BLOCKED, "over quota"),
        ("policy", BLOCKED, "Content Filtering"),
        ("expired", BLOCKED, "Connection timed out"),
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_report_of_each_server_is_understood(name: str, kind: EventKind, words: str, ends: bytes) -> None:
    reading = read(sample(name).replace(b"\n", ends), NOW)
    assert reading.sort is Sort.RETURNED
    (event,) = reading.events
    assert (event.kind, event.delivery_id, event.signed) == (kind, DELIVERY, False)
    assert words in event.reason
    assert event.addresses in ((WHO,), ()), "qmail names nobody in a field"
    assert event.at.date().isoformat() in ("2026-11-26", "2026-12-01")


def test_a_forwarded_copy_that_comes_back_names_the_other_address() -> None:
    (event,) = read(sample("forwarded"), NOW).events
    assert event.addresses == ("jo@elsewhere.example",)


def test_a_complaint_names_its_delivery() -> None:
    reading = read(sample("complaint"), NOW)
    (event,) = reading.events
    assert (reading.sort, event.kind, event.delivery_id) == (Sort.COMPLAINT, EventKind.COMPLAINED, DELIVERY)
    assert event.addresses == (WHO,)


def test_a_report_that_is_no_complaint_is_for_a_person() -> None:
    assert read(sample("complaint").replace(b": abuse", b": not-spam"), NOW).sort is Sort.OTHER


@pytest.mark.parametrize(
    ("name", "sort"), [("delayed", Sort.DELAYED), ("out-of-office", Sort.AUTOMATIC), ("reply", Sort.OTHER)]
)
def test_what_is_no_failure_changes_nothing(name: str, sort: Sort) -> None:
    reading = read(sample(name), NOW)
    assert (reading.sort, reading.events) == (sort, ())


def test_a_report_of_a_delivery_says_delivered() -> None:
    raw = sample("postfix").replace(b"Action: failed", b"Action: delivered").replace(b"Status: 5.1.1", b"Status: 2.0.0")
    (event,) = read(raw, NOW).events
    assert event.kind is EventKind.DELIVERED


@pytest.mark.parametrize(
    "header",
    [
        b"Auto-Submitted: auto-replied",
        b"X-Autoreply: yes",
        b"Precedence: auto_reply",
        b"Subject: Out of Office: Jo",
        b"Subject: =?utf-8?q?Automatic_reply=3A_News?=",
    ],
)
def test_automatic_replies_are_passed_over(header: bytes) -> None:
    assert read(b"From: jo@x.org\n" + header + b"\n\n550 5.1.1 user unknown\n", NOW).sort is Sort.AUTOMATIC


def test_a_request_to_leave_holds_its_token() -> None:
    token = "EgH8zXwAAAAAAAAD6TfTq1Q2b-5_T9d0wV3hZrk"
    assert len(token) == 39
    reading = read(f"From: jo@x.org\nSubject: Re: unsubscribe {token}\n\n\n".encode(), NOW)
    assert (reading.sort, reading.token) == (Sort.UNSUBSCRIBE, token)
    assert read(f"From: jo@x.org\nSubject: unsubscribe {token}x\n\n\n".encode(), NOW).sort is Sort.OTHER


def test_a_report_that_returns_no_message_of_ours_names_no_delivery() -> None:
    raw = sample("postfix").replace(DELIVERY.encode(), b"0123456789.abcdef")
    assert read(raw, NOW).events[0].delivery_id == ""


@pytest.mark.parametrize("name", ["exchange", "gmail"])
def test_a_report_without_the_message_is_known_by_what_it_answers(name: str) -> None:
    raw = sample(name)
    cut = raw[: raw.rindex(b"Content-Type: message/rfc822")] + b"Content-Type: text/plain\n\ncut\n"
    assert read(cut, NOW).events[0].delivery_id == DELIVERY


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind"),
    [
        ("5.1.1", "", BOUNCED),
        ("5.1.2", "smtp; 550 Host unknown", BOUNCED),
        ("5.4.4", "X-Postfix; Host or domain name not found", BOUNCED),
        ("5.1.8", "550 5.1.8 sender's domain does not exist", BLOCKED),
        ("5.7.1", "550 5.7.1 user unknown to the filter", BLOCKED),
        ("5.0.0", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", BLOCKED),
        ("5.0.0", "550 5.1.1 no mailbox", BOUNCED),
        ("5.5.0", "550 Requested action not taken: mailbox unavailable", BLOCKED),
        ("5.1.0", "550 5.1.0 Address rejected", BLOCKED),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied.", BOUNCED),
        ("4.2.2", "452 4.2.2 mailbox full", BLOCKED),
        ("4.1.1", "450 4.1.1 user unknown", BLOCKED),
        ("", "smtp; 554 no thanks", BLOCKED),
        ("", "Unknown user", BOUNCED),
        ("", "host 5.1.1.2 does not answer", None),
        ("2.1.5", "250 2.1.5 OK", EventKind.DELIVERED),
        ("", "", None),
    ],
)
def test_only_what_says_that_the_address_is_no_good_means_so(
    status: str, diagnostic: str, kind: EventKind | None
) -> None:
    assert meaning(status, diagnostic) is kind


SAMPLES = sorted(path.stem for path in FOLDER.glob("*.eml"))


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(SAMPLES), seed=st.integers(0, 2**32), edits=st.integers(1, 12))
def test_however_a_message_is_damaged_it_gives_a_reading(name: str, seed: int, edits: int) -> None:
    chance, raw = random.Random(seed), bytearray(sample(name))
    for _ in range(edits):
        start = chance.randrange(len(raw) or 1)
        piece = chance.choice(
            [b"", b"\x00", b"\xff\xfe", b"\n\n", b"--=_report\n", b"=?utf-8?b?////?=", b": ", b";" * 50]
        )
        raw[start : start + chance.randrange(60)] = piece
    for event in read(bytes(raw), NOW).events:
        assert event.delivery_id in ("", DELIVERY)
        assert event.at.tzinfo


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_give_a_reading(raw: bytes) -> None:
    assert read(raw, NOW).sort in Sort


def test_a_message_nested_without_end_gives_a_reading() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000))
    assert read(deep, NOW).sort is Sort.OTHER


@pytest.mark.parametrize("filler", [b"\n", b" ", b"> ", b"\t\n", b"=?", b"<0", b"5.1.", b"a@", b"unsubscribe "])
def test_a_message_of_nothing_but_the_same_sign_is_read_in_one_go(filler: bytes) -> None:
    head, _, rest = sample("qmail").partition(b"\n\n")
    filled = filler * (400_000 // len(filler))
    assert read(head + b"\n\n" + filled + rest, NOW).sort in Sort
    assert read(sample("postfix").replace(b"Diagnostic-Code: ", b"Diagnostic-Code: " + filled), NOW).sort in Sort
    assert read(b"Subject: " + filled + b"\n\n", NOW).sort in Sort


def test_every_kind_of_file_is_read(tmp_path: Path) -> None:
    raw = [sample("postfix"), sample("reply")]
    (tmp_path / "one.eml").write_bytes(raw[0])
    assert list(messages(tmp_path / "one.eml")) == raw[:1]
    box = mailbox.mbox(tmp_path / "all.mbox")
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    for each in raw:
        box.add(each)
        maildir.add(each)
    box.close()
    assert [read(each, NOW).sort for each in messages(tmp_path / "all.mbox")] == [Sort.RETURNED, Sort.OTHER]
    assert len(list(messages(tmp_path / "Maildir"))) == 2
    assert next(messages(FOLDER)) == sample(SAMPLES[0])
    assert len(list(messages(FOLDER))) == len(SAMPLES)


def test_a_file_that_holds_no_messages_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bounce.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Outlook")
    (tmp_path / "empty").mkdir()
    for name, said in (("bounce.msg", "Outlook"), ("empty", "neither a Maildir"), ("missing", "cannot be read")):
        with pytest.raises(UsageError, match=said):
            list(messages(tmp_path / name))
