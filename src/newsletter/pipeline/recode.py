"""Puts new words into the bytes of a text file: its encoding, its byte order mark and every other byte stay."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

Replaced = Sequence[tuple[int, int, str]]  # start and end in the decoded text, and the new words; in order
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def recode(data: bytes, replaced: Replaced) -> bytes:
    """The bytes of a file, as `content.decode` reads them, with parts of its text replaced."""
    for mark, codec in _UTF16.items():
        if data.startswith(mark):
            return mark + _spliced(data.removeprefix(mark).decode(codec), replaced).encode(codec)
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    written = data.removeprefix(mark)
    try:
        return mark + _spliced(written.decode("utf-8"), replaced).encode("utf-8")
    except UnicodeDecodeError:
        return mark + _spliced_by_letter(written, replaced)


def _spliced(text: str, replaced: Replaced) -> str:
    parts, reached = [], 0
    for start, end, new in replaced:
        parts += [text[reached:start], new]
        reached = end
    return "".join([*parts, text[reached:]])


def _spliced_by_letter(data: bytes, replaced: Replaced) -> bytes:
    """For a file whose odd bytes are Windows-1252: every letter keeps its own bytes."""
    letters = list(_letters(data))
    parts, reached = [], 0
    for start, end, new in replaced:
        parts += [*letters[reached:start], _in_windows_1252(new)]
        reached = end
    return b"".join([*parts, *letters[reached:]])


def _letters(data: bytes) -> Iterator[bytes]:
    """The bytes of each letter: UTF-8 where they are, else one byte."""
    place = 0
    while place < len(data):
        length = next((size for size in (1, 2, 3, 4) if _is_letter(data[place : place + size])), 1)
        yield data[place : place + length]
        place += length


def _is_letter(data: bytes) -> bool:
    try:
        return len(data.decode("utf-8")) == 1
    except UnicodeDecodeError:
        return False


def _in_windows_1252(words: str) -> bytes:
    try:
        return words.encode("cp1252")
    except UnicodeEncodeError:
        return words.encode("utf-8")
