"""What a message is written with: headers in ASCII and folded, mailboxes, parts, attached files; lines end with CRLF.

Written by hand rather than with `email.message`, which takes milliseconds for each message and rewrites long header
values (an address of 80 signs becomes an encoded word). The tests read the result back with the standard library.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from email.header import Header
from email.utils import encode_rfc2231

from newsletter.errors import Refused
from newsletter.models.addresses import ascii_domain
from newsletter.models.delivery import Attachment

LINE = 76  # RFC 2045 section 6.7, RFC 2047 section 2
_WORD = 60  # characters of one encoded word, so that it fits beside any header's name
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+( [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*")
_LOCAL = re.compile(r"[^\x00-\x20\x7f<>()\[\],;:\\\"@]+")
_NAME = re.compile(r"[!-9;-~]+")
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
Part = tuple[Sequence[tuple[str, str]], bytes]  # its headers, its body


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
    wire = check_mailbox(name, address)
    return f"{phrase(name)} <{wire}>" if name else wire


def check_mailbox(name: str, address: str) -> str:
    """Raises what `mailbox` would; gives the address with its domain in ASCII."""
    local, _, domain = address.rpartition("@")
    try:
        wire = f"{local}@{ascii_domain(domain)}"
    except ValueError:
        raise Refused("The domain of the address is not a domain name.") from None
    if not _LOCAL.fullmatch(local):
        raise Refused("The address holds signs that cannot stand in an address.")
    if not name.isprintable():  # of that kind are more signs than those, and to ask this costs nothing
        _refuse_controls(name)
    return wire


def unstructured(text: str) -> str:
    """A subject as it stands in its header: as it is, or as encoded words (RFC 2047)."""
    _refuse_controls(text)
    plain = text.isascii() and "=?" not in text and all(len(word) <= _WORD for word in text.split(" "))
    return text if plain else _encoded(text)


def _encoded(text: str) -> str:
    """Encoded words with blanks between them, each of whole characters (RFC 2047 section 5)."""
    return " ".join(Header(text, "utf-8", maxlinelen=_WORD).encode(linesep="\n").split("\n "))


def _refuse_controls(text: str) -> None:
    if _NOT_IN_A_HEADER.search(text):
        raise Refused("A header would hold a line break or another control sign, which could add headers of its own.")


def header(name: str, value: str) -> bytes:
    """One header, folded before blanks. UTF-8 only where an address needs it (RFC 6532).

    Raises:
        Refused: it holds a line break or another control sign.
    """
    _refuse_controls(value)
    if not _NAME.fullmatch(name):
        raise Refused("The name of a header holds a sign that cannot stand in it.")
    if len(name) + 2 + len(value) <= LINE:
        return f"{name}: {value}\r\n".encode()
    lines = [f"{name}:"]
    for place, word in enumerate(value.split(" ")):
        if place and word and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode("utf-8") + b"\r\n"


def content(text: Part, html: Part, attachments: Sequence[Attachment]) -> Part:
    """The alternatives, text first; around the HTML its pictures, around all of it the attached files."""
    inline = [attachment for attachment in attachments if attachment.content_id]
    files = [attachment for attachment in attachments if not attachment.content_id]
    if inline:
        html = _multipart('related; type="text/html"', [html, *map(_attached, inline)], 2)
    whole = _multipart("alternative", [text, html], 1)
    return _multipart("mixed", [whole, *map(_attached, files)], 0) if files else whole


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


def _multipart(subtype: str, parts: Sequence[Part], level: int) -> Part:
    """A boundary that starts with "=_" can stand in no quoted-printable or base64 line (RFC 2045 section 6.7)."""
    boundary = f"=_newsletter-{level}"
    rule = f"--{boundary}\r\n".encode("ascii")
    body = b"".join(
        rule + b"".join(header(*line) for line in headers) + b"\r\n" + data + b"\r\n" for headers, data in parts
    )
    end = f"--{boundary}--\r\n".encode("ascii")
    return [("Content-Type", f'multipart/{subtype}; boundary="{boundary}"')], body + end
