"""A Markdown file's front matter and body, apart. Where each field stands is kept, for messages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.content.tidy import tidy_characters
from newsletter.content.yamltext import Value, read_fields
from newsletter.errors import ContentError, Problem

# Three hyphens, or the dash that a word processor made of them.
_FENCE = re.compile(r"(?:-{3,}|[–—]-?|—{2,}|-[–—])[ \t]*")
_LIKE_A_FIELD = re.compile(r"\s*(?:#.*)?$|\s|- |-$|[^\s:#][^:]*:(?:\s|$)")
_START = "Start the file with a line of three hyphens (---), then title: and its words, then --- again."


@dataclass(frozen=True)
class Source:
    """What one Markdown file says. Nothing is validated yet; every value is the text a person typed."""

    file: str  # below the project, with forward slashes
    fields: dict[str, Value]
    lines: dict[str, int]  # "links.0.url" -> 1-based line in the file
    body: str  # tidied Markdown
    body_line: int  # the file's line on which the body starts


def read_source(text: str, file: str) -> Source:
    """Tidies and splits the text of a file.

    Raises:
        ContentError: there is no front matter, it does not end, or it is not made of fields.
    """
    lines = tidy_characters(text).split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not _FENCE.fullmatch(lines[start]):
        raise ContentError([Problem(file, start + 1, "The front matter is missing.", _START)])
    end = next((number for number in range(start + 1, len(lines)) if _FENCE.fullmatch(lines[number])), None)
    if end is None:
        raise ContentError([_unclosed(lines, start, file)])
    fields, places = read_fields("\n".join(lines[start + 1 : end]), file, first_line=start + 2)
    return Source(file, fields, places, body="\n".join(lines[end + 1 :]), body_line=end + 2)


def _unclosed(lines: list[str], start: int, file: str) -> Problem:
    """Points at the first line that is no field: there the closing line was forgotten."""
    for number in range(start + 1, len(lines)):
        if not _LIKE_A_FIELD.match(lines[number]):
            message = "The front matter never ends; the words seem to start here."
            return Problem(file, number + 1, message, "Put a line of three hyphens (---) before this line.")
    message = "The front matter starts here and never ends."
    return Problem(file, start + 1, message, "Put a line of three hyphens (---) after its last field.")
