"""Bytes that travel: whatever people are called and whatever is written, a mail program reads back the same."""

from __future__ import annotations

import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.delivery.sending_kit import NOW, message
from tests.unit.delivery.sending_kit import changed as with_changes

from newsletter.delivery.compiled import wire
from newsletter.delivery.mime import mailbox, phrase
from newsletter.errors import Refused
from newsletter.models.delivery import Attachment, Message

READABLE = st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff"
)  # what a header may hold
LINE = st.text(READABLE, max_size=90).map(lambda text: " ".join(text.split()))
BODY = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
    max_size=200,
)


def read(of: Message) -> EmailMessage:
    """As a mail program would."""
    raw = wire(of)
    lines = raw.split(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b""), "a bare line feed"
    assert all(len(line) <= 998 for line in lines)
    return email.message_from_bytes(raw, policy=email.policy.SMTP.clone(utf8=True))


def changed(**values: object) -> Message:
    return with_changes(message(), **values)


def to_of(of: Message) -> tuple[str, str]:
    """Name and address of the recipient, read by the rules of RFC 2047 (blanks between encoded words are none)."""
    headers = re.sub(rb"\r\n(?=[ \t])", b"", wire(of).split(b"\r\n\r\n")[0]).decode().split("\r\n")
    name, address = parseaddr(next(line for line in headers if line.startswith("To: ")).removeprefix("To: "))
    return str(make_header(decode_header(name))), address


@settings(deadline=None, max_examples=60)
@given(name=LINE, subject=LINE)
def test_names_and_subjects_are_read_back_as_they_were_written(name: str, subject: str) -> None:
    of = changed(recipient_name=name, subject=subject)
    parsed = read(of)
    assert to_of(of) == (name, "person1@example.org")
    assert parsed["Subject"] == subject
    assert not parsed.defects


@pytest.mark.parametrize(
    "name",
    [
        'O\'Brien, "Jo" (she)', "Smith; Jones", "back\\slash", "=?utf-8?q?evil?=", "a@b <c@d>", "محمد علي", "Zoë",
        "x" * 300, "一" * 300, "Jo  Smith", "<script>", ":;,.", "👩🏽‍💻 Team", "Đặng Thị Huyền " * 10,
    ],
)  # fmt: skip
def test_awkward_names_survive(name: str) -> None:
    assert to_of(changed(recipient_name=name.strip())) == (name.strip(), "person1@example.org")


@settings(deadline=None, max_examples=60)
@given(html=BODY, text=BODY)
def test_both_texts_are_read_back_as_they_were_written(html: str, text: str) -> None:
    parsed = read(changed(html=html, text=text))
    assert parsed.get_content_type() == "multipart/alternative"
    plain, rich = parsed.iter_parts()
    assert [part.get_content_type() for part in (plain, rich)] == ["text/plain", "text/html"]
    assert plain.get_payload(decode=True).decode("utf-8") == text.rstrip("\n").replace("\n", "\r\n") + "\r\n"  # type: ignore[union-attr]
    assert rich.get_payload(decode=True).decode("utf-8") == html.rstrip("\n").replace("\n", "\r\n") + "\r\n"  # type: ignore[union-attr]


@settings(deadline=None, max_examples=60)
@given(text=BODY)
def test_no_line_of_a_text_is_longer_than_76_signs(text: str) -> None:
    body = wire(changed(html="<p>x</p>", text=text)).split(b"\r\n\r\n", 2)[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76


def test_a_message_is_the_same_bytes_each_time() -> None:
    assert wire(message()) == wire(message())


def test_every_header_stands_once() -> None:
    parsed = read(message())
    assert sorted(parsed.keys()) == sorted(set(parsed.keys()))
    assert set(parsed.keys()) == {
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Archive", "Feedback-ID",
        "Precedence", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert parsed["From"] == '"Northshire, SP" <news@example.org>'
    assert parsed["Reply-To"] == "team@example.org"
    assert parsed["Date"].datetime == NOW


def test_long_header_values_are_never_turned_into_encoded_words() -> None:
    of = message()
    parsed = read(of)
    assert b"=?" not in wire(of)
    assert parsed["List-Unsubscribe"] == of.headers["List-Unsubscribe"]


def test_the_domain_of_an_address_travels_in_ascii_and_its_local_part_as_it_is() -> None:
    assert mailbox("", "Jo@EXÄMPLE.org") == "Jo@xn--exmple-cua.org"
    assert "jö@example.org" in wire(changed(recipient="jö@example.org")).decode()


PLACES = ["subject", "sender_name", "recipient_name", "own_headers", "recipient", "message_id"]


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x00b", "a\x85b", "a\u2028b"])
@pytest.mark.parametrize("where", PLACES)
def test_a_line_break_in_a_header_is_refused_wherever_it_stands(where: str, value: str) -> None:
    update: object = {"X-Any": value} if where.endswith("headers") else value
    if where == "recipient":
        update = f"{value}@example.org"
    with pytest.raises(Refused):
        wire(changed(**{where: update}))


def test_a_header_name_cannot_smuggle_another_header() -> None:
    with pytest.raises(Refused):
        wire(changed(own_headers={"X: y\r\nBcc": "z"}))


def test_pictures_stand_beside_the_html_and_files_beside_the_whole() -> None:
    picture = Attachment(file_name="hall.png", media_type="image/png", data=b"\x89PNG" * 50, content_id="abc@x.invalid")
    guide = Attachment(file_name='Führer "1".pdf', media_type="application/pdf", data=b"%PDF-1.7" * 99)
    parsed = read(changed(attachments=(picture, guide)))
    assert parsed.get_content_type() == "multipart/mixed"
    alternative, attached = parsed.iter_parts()
    plain, related = alternative.iter_parts()
    html, shown = related.iter_parts()
    assert [part.get_content_type() for part in (plain, related, html, shown)] == [
        "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    assert shown["Content-ID"] == "<abc@x.invalid>"
    assert shown.get_content() == picture.data
    assert attached.get_content() == guide.data
    assert attached.get_filename() == "Führer _1_.pdf"


@settings(deadline=None, max_examples=60)
@given(LINE)
def test_a_phrase_is_always_ascii(text: str) -> None:
    assert phrase(text).isascii()
