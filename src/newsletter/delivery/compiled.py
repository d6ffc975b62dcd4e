"""A letter compiled once into pieces of bytes; each person's message is those pieces joined with their own values.

Headers are folded, both texts are quoted-printable, lines end with CRLF, none of a text is longer than 76 signs, and
none starts with a dot: so the same bytes go into a file and over SMTP, where nothing is left to be stuffed (RFC 5321
section 4.5.2). A value stands between soft line breaks, so it changes no line but its own. Pure.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from newsletter.delivery.mime import Part, content, header, mailbox, unstructured
from newsletter.models.delivery import Letter, Message

_TAG = re.compile(r"(%%[a-z][a-z0-9_]*%%)")
_SLOT = re.compile(rb"\0([^\0]+)\0")  # a NUL stands in no header, no quoted-printable and no base64
_SOFT = b"=\r\n"  # a line break that is none (RFC 2045 section 6.7, rule 5)
_FULL = 75  # signs, so that there is room for the sign of a soft break
_PLAIN = re.compile(r"(?!\.)[!-<>-~]{1,75}")  # signs that stand for themselves, and fill no more than a line

_NO_SIGN = re.compile(rb"[^\t !-<>-~]")  # bytes that do not stand for themselves
_PLAIN_LINE = re.compile(rb"(?!\.)[\t !-<>-~]{0,74}[!-<>-~]|")


def wire(message: Message) -> bytes:
    """The whole message, ready to be written or sent as it is.

    Raises:
        Refused: a header value holds a line break or another control sign, or an address cannot be written.
    """
    return compiled(message.letter).join(message)


@functools.lru_cache(maxsize=4)
def compiled(letter: Letter) -> Compiled:
    """The letter's pieces, made at first use."""
    return Compiled(letter)


class Compiled:
    """A letter in pieces: bytes that everybody gets, and between them the slots for what one person gets."""

    def __init__(self, letter: Letter) -> None:
        parts = _SLOT.split(_laid_out(letter))
        self._pieces = parts
        self._slots = [(place, parts[place].decode("ascii")) for place in range(1, len(parts), 2)]

    def join(self, message: Message) -> bytes:
        """One person's message."""
        values = {
            "to": header("To", mailbox(message.recipient_name, message.recipient)),
            "date": _date(message.date.replace(microsecond=0)),
            "own": header("Message-ID", message.message_id)
            + b"".join(header(name, value) for name, value in message.own_headers.items()),
            **_encoded(message.substitutions),
        }
        pieces = self._pieces.copy()
        for place, name in self._slots:
            pieces[place] = values[name] if name in values else encoded_value(name.split()[1])
        return b"".join(pieces)


def quoted_printable(data: bytes) -> bytes:
    """Bytes as quoted-printable. Its last line leaves room for a soft break; no line starts with a dot."""
    return b"\r\n".join(map(_quoted_line, data.split(b"\r\n")))


def _quoted_line(data: bytes) -> bytes:
    if _PLAIN_LINE.fullmatch(data):
        return data
    rest = _NO_SIGN.sub(lambda found: b"=%02X" % found[0][0], data)
    if rest[-1:] in (b" ", b"\t"):  # blanks stand for themselves unless the line ends with them (RFC 2045, rule 3)
        rest = rest[:-1] + b"=%02X" % rest[-1]
    lines: list[bytes] = []
    while True:
        if rest.startswith(b"."):
            rest = b"=2E" + rest[1:]
        if len(rest) <= _FULL:
            return _SOFT.join([*lines, rest])
        last = rest.rfind(b"=", _FULL - 2, _FULL)  # three signs that stand for one byte are not parted
        cut = _FULL if last < 0 else last
        lines.append(rest[:cut])
        rest = rest[cut:]


def encoded_value(value: str) -> bytes:
    """A value of a text, with the soft break that ends it. It starts on a line of its own."""
    if _PLAIN.fullmatch(value):
        return value.encode("ascii") + _SOFT
    return quoted_printable(_crlf(value).encode("utf-8")) + _SOFT if value else b""


def _encoded(substitutions: Mapping[str, str]) -> dict[str, bytes]:
    """The values of both texts: "text %%tag%%" and "html %%tag%%"."""
    values = {}
    for tag, value in substitutions.items():
        values[f"text {tag}"] = values[f"html {tag}"] = encoded_value(value)
        if (escaped := html.escape(value)) != value:
            values[f"html {tag}"] = encoded_value(escaped)
    return values


def _laid_out(letter: Letter) -> bytes:
    """The whole message, with slots where a person's own values go."""
    kind, body = content(_text("plain", letter.text), _text("html", letter.html), letter.attachments)
    headers = [
        header("From", mailbox(letter.sender_name, letter.sender)),
        _slot("to"),
        header("Reply-To", mailbox("", letter.reply_to)),
        header("Subject", unstructured(letter.subject)),
        _slot("date"),
        _slot("own"),
        *(header(*line) for line in (*letter.headers.items(), ("MIME-Version", "1.0"), *kind)),
    ]
    return b"".join(headers) + b"\r\n" + body


def _text(subtype: str, text: str) -> Part:
    """A text with its slots: what stands between two merge tags is encoded by itself."""
    name = "text" if subtype == "plain" else "html"
    pieces = _TAG.split(_crlf(text.rstrip("\r\n") + "\n"))
    body = quoted_printable(pieces[0].encode("utf-8"))
    for tag, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        body += _SOFT + _slot(f"{name} {tag}") + quoted_printable(piece.encode("utf-8"))
    headers = [("Content-Type", f"text/{subtype}; charset=utf-8"), ("Content-Transfer-Encoding", "quoted-printable")]
    return headers, body


def _slot(name: str) -> bytes:
    return b"\0" + name.encode("ascii") + b"\0"


def _crlf(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


@functools.lru_cache(maxsize=4)
def _date(date: datetime) -> bytes:
    return header("Date", format_datetime(date))
