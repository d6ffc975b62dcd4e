"""A message as the bytes that travel: headers in ASCII and folded, both texts in quoted-printable, lines ended by CRLF.

Written by hand rather than with `email.message`, which takes milliseconds for each message and rewrites long header
values (an address of 80 signs becomes an encoded word). The tests read the result back with the standard library.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from email.header import Header
from email.utils import encode_rfc2231, format_datetime

from newsletter.errors import Refused
from newsletter.models.addresses import split_address, wire_address
from newsletter.models.delivery import Attachment, Message

LINE = 76  # RFC 2045 section 6.7, RFC 2047 section 2
_WORD = 60  # characters of one encoded word, so that it fits beside any header's name
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+( [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*")
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
Part = tuple[Sequence[tuple[str, str]], bytes]  # its headers, its body


def to_mime(message: Message) -> bytes:
    """The whole message, ready for any transport.

    Raises:
        Refused: a header value holds a line break or another control sign, or an address cannot be written.
    """
    content, body = _content(message)
    headers = [*_top(message), ("MIME-Version", "1.0"), *content]
    return b"".join(_line(name, value) for name, value in headers) + b"\r\n" + body


def phrase(text: str) -> str:
    """A display name as it stands before an address: plain, quoted, or as encoded words (RFC 5322, RFC 2047)."""
    _refuse_controls(text)
    if not text.isascii() or len(text) > _WORD or "=?" in text:
        return _encoded(text)
    if _ATOMS.fullmatch(text):
        return text
    return '"' + re.sub(r'([\\"])', r"\\\1", text) + '"'


def mailbox(name: str, address: str) -> str:
    """`Jo Smith <jo@example.org>`, the domain in ASCII.

    Raises:
        Refused: the address cannot stand in a header.
    """
    try:
        wire = wire_address(address)
    except ValueError:
        raise Refused("The domain of the address is not a domain name.") from None
    local, _ = split_address(address)
    if not re.fullmatch(r"[^\x00-\x20\x7f<>()\[\],;:\\\"@]+", local):
        raise Refused("The address holds signs that cannot stand in an address.")
    return f"{phrase(name)} <{wire}>" if name else wire


def _top(message: Message) -> Iterator[tuple[str, str]]:
    yield "From", mailbox(message.sender_name, message.sender)
    yield "To", mailbox(message.recipient_name, message.recipient)
    yield "Reply-To", mailbox("", message.reply_to)
    yield "Subject", _unstructured(message.subject)
    yield "Date", format_datetime(message.date)
    yield "Message-ID", message.message_id
    yield from message.headers.items()


def _unstructured(text: str) -> str:
    _refuse_controls(text)
    plain = text.isascii() and "=?" not in text and all(len(word) <= _WORD for word in text.split(" "))
    return text if plain else _encoded(text)


def _encoded(text: str) -> str:
    """Encoded words with blanks between them, each of whole characters (RFC 2047 section 5)."""
    return " ".join(Header(text, "utf-8", maxlinelen=_WORD).encode(linesep="\n").split("\n "))


def _refuse_controls(text: str) -> None:
    if _NOT_IN_A_HEADER.search(text):
        raise Refused("A header would hold a line break or another control sign, which could add headers of its own.")


def _line(name: str, value: str) -> bytes:
    """One header, folded before blanks. UTF-8 only where an address needs it (RFC 6532)."""
    _refuse_controls(value)
    if not re.fullmatch(r"[!-9;-~]+", name):
        raise Refused("The name of a header holds a sign that cannot stand in it.")
    lines = [f"{name}:"]
    for place, word in enumerate(value.split(" ")):
        if place and word and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode("utf-8") + b"\r\n"


def _content(message: Message) -> Part:
    """The alternatives, text first; around the HTML its pictures, around all of it the attached files."""
    inline = [attachment for attachment in message.attachments if attachment.content_id]
    files = [attachment for attachment in message.attachments if not attachment.content_id]
    html = _text("html", message.html)
    if inline:
        html = _multipart('related; type="text/html"', [html, *map(_attached, inline)], f"{message.delivery_id}-2")
    whole = _multipart("alternative", [_text("plain", message.text), html], f"{message.delivery_id}-1")
    return _multipart("mixed", [whole, *map(_attached, files)], f"{message.delivery_id}-0") if files else whole


def _text(subtype: str, text: str) -> Part:
    lines = re.sub(r"\r\n|\r|\n", "\r\n", text.rstrip("\r\n") + "\n").encode("utf-8")
    headers = [("Content-Type", f"text/{subtype}; charset=utf-8"), ("Content-Transfer-Encoding", "quoted-printable")]
    return headers, binascii.b2a_qp(lines, quotetabs=False, istext=True)


def _attached(attachment: Attachment) -> Part:
    name = attachment.file_name
    _refuse_controls(name)
    safe = re.sub(r'["\\/]', "_", name)
    file_name = f'filename="{safe}"' if safe.isascii() else f"filename*={encode_rfc2231(safe, 'utf-8')}"
    headers = [
        ("Content-Type", attachment.media_type),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"{'inline' if attachment.content_id else 'attachment'}; {file_name}"),
    ]
    if attachment.content_id:
        headers.append(("Content-ID", f"<{attachment.content_id}>"))
    return headers, base64.encodebytes(attachment.data).replace(b"\n", b"\r\n")


def _multipart(subtype: str, parts: Sequence[Part], key: str) -> Part:
    """A boundary that starts with "=_" can stand in no quoted-printable or base64 line (RFC 2045 section 6.7)."""
    boundary = f"=_{key}"
    body = b"".join(
        b"--"
        + boundary.encode("ascii")
        + b"\r\n"
        + b"".join(_line(*header) for header in headers)
        + b"\r\n"
        + data
        + b"\r\n"
        for headers, data in parts
    )
    return [("Content-Type", f'multipart/{subtype}; boundary="{boundary}"')], body + f"--{boundary}--\r\n".encode(
        "ascii"
    )
