"""Compiled letters: joined with anybody's values they are read back as what the person should get."""

from __future__ import annotations

import email
import email.policy
import quopri
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.delivery.reference_mime import reference
from tests.unit.delivery.sending_kit import NOW, changed, message, personaliser, recipient

from newsletter.delivery.compiled import compiled, encoded_value, quoted_printable, wire
from newsletter.errors import Refused
from newsletter.models.delivery import Message

TAGS = ("%%unsubscribe_url%%", "%%preferences_url%%")
READABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
ROUGH = st.one_of(st.text(READABLE, max_size=120), st.text(" .=\t%&<aé\n", max_size=120))
BODY = st.lists(st.one_of(ROUGH, st.sampled_from(TAGS)), max_size=6).map("".join).map(lambda text: f"{text}|\n")
VALUE = ROUGH.filter(lambda text: "%%" not in text)


def read(of: Message) -> EmailMessage:
    return email.message_from_bytes(wire(of), policy=email.policy.SMTP)


def texts(of: EmailMessage) -> list[str]:
    return [part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in of.iter_parts()]  # type: ignore[union-attr]


@settings(deadline=None, max_examples=60)
@given(text=BODY, html=BODY, values=st.tuples(VALUE, VALUE))
def test_whatever_is_written_and_whatever_the_values_both_texts_are_read_back(
    text: str, html: str, values: tuple[str, str]
) -> None:
    of = changed(message(), text=text, html=html, substitutions=dict(zip(TAGS, values, strict=True)))
    assert texts(read(of)) == [of.text, of.html]
    for line in wire(of).split(b"\r\n"):
        assert not line.startswith(b"."), "a line that starts with a dot would have to be stuffed"
    body = wire(of).split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"\n" not in wire(of).replace(b"\r\n", b""), "a bare line feed"


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b"\r\n")))
def test_any_bytes_come_back_from_quoted_printable(data: bytes) -> None:
    assert quopri.decodestring(quoted_printable(data)).replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "=3D", "=\r\n", " ", "a ", "x" * 75, "x" * 76, "." * 200, "Zoë" * 90, "&<>\"'", "ابجد" * 80],
)
def test_a_hard_value_survives_in_both_texts(value: str) -> None:
    of = changed(message(), substitutions=dict.fromkeys(TAGS, value))
    assert texts(read(of)) == [of.text.replace("\r\n", "\n"), of.html.replace("\r\n", "\n") + "\n"]
    assert quopri.decodestring(encoded_value(value)).decode().replace("\r\n", "\n") == value.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "recipient", ["jo@example.org", "Jo.O'Neill+news@EXÄMPLE.org", "x@例え.テスト", "a@" + "b" * 60 + ".example.org"]
)
def test_it_is_read_as_the_standard_library_would_have_written_it(recipient: str) -> None:
    of = message(email=recipient, name="")
    ours, theirs = read(of), email.message_from_bytes(bytes(reference(of)), policy=email.policy.SMTP)
    assert texts(ours)[0] == theirs.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert texts(ours)[1] == theirs.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for name in ("To", "Message-ID", "Subject", "Precedence", "Feedback-ID"):
        assert ours[name] == theirs[name], name


def test_a_letter_is_compiled_once_for_all_its_messages() -> None:
    first = message()
    assert compiled(first.letter) is compiled(first._replace(recipient="b@example.org").letter)
    assert compiled(message(2).letter) is not compiled(first.letter)


def test_each_person_gets_their_own_link_and_nobody_elses() -> None:
    maker = personaliser()
    people = [maker.compose(recipient(number), date=NOW) for number in (1, 2, 3)]
    for of in people:
        data = wire(of)
        for other in people:
            for value in (*other.substitutions.values(), other.delivery_id, other.recipient):
                assert (value.encode() in data) is (other is of)


@pytest.mark.parametrize("name", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x00b", "a\u2028b"])
def test_a_line_break_in_a_name_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        wire(changed(message(), recipient_name=name))


def test_a_tag_without_a_value_stays_as_it_is() -> None:
    of = changed(message(), substitutions={})
    assert texts(read(of))[0] == of.text
    assert "%%unsubscribe_url%%" in of.text
