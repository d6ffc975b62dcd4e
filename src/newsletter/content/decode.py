"""Bytes of a Markdown file to text. Takes what Windows and word processors write; refuses what is not text."""

from __future__ import annotations

import codecs
from pathlib import Path

from newsletter.errors import ContentError, Problem

LIMIT = 1_000_000  # bytes of one Markdown file
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = {
    b"PK\x03\x04": 'This is a Word document or another zipped file, not Markdown. Run "newsletter import" on it.',
    b"\xd0\xcf\x11\xe0": 'This is an old Word document, not Markdown. Save it as .docx, then run "newsletter import".',
    b"{\\rtf": 'This is a rich text document, not Markdown. Save it as .docx and run "newsletter import" on it.',
    b"%PDF": "This is a PDF, not Markdown. Put it into files/ and link to it.",
}


def read_text(path: Path, file: str) -> str:
    """The file's text, line endings as they are. `file` is its name in messages.

    Raises:
        ContentError: it cannot be read, is too large, or is not text.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LIMIT + 1)
    except OSError as error:
        raise ContentError([Problem(file, 0, f"This file cannot be read: {error.strerror}.")]) from None
    if len(data) > LIMIT:
        message = "This file is larger than 1 MB, which no item needs."
        raise ContentError([Problem(file, 0, message, "Put pictures and documents into images/ and files/.")])
    return decode(data, file)


def decode(data: bytes, file: str) -> str:
    """UTF-8, with or without a byte order mark; else UTF-16 with one; else UTF-8 whose odd bytes are Windows-1252.

    Raises:
        ContentError: with the line on which it stops being text.
    """
    for signature, message in _SIGNATURES.items():
        if data.startswith(signature):
            raise ContentError([Problem(file, 0, message)])
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    try:
        text = data.decode(encoding, errors=_WINDOWS if encoding == "utf-8-sig" else "strict")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = "This line holds a byte that is no letter in UTF-8 or Windows-1252."
        raise ContentError([Problem(file, line, message, "Save the file as UTF-8.")]) from None
    if text.count("\0") > max(8, len(text) // 100):
        raise ContentError([Problem(file, 0, "This file is not text.", "Save it as plain text, UTF-8.")])
    return text


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Reads the bytes that are not UTF-8 as Windows-1252: pasted into a UTF-8 file, or the whole of an old one."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    try:
        return error.object[error.start : error.end].decode("cp1252"), error.end
    except UnicodeDecodeError:
        raise error from None


_WINDOWS = "newsletter.windows-1252"
codecs.register_error(_WINDOWS, _windows_1252)
