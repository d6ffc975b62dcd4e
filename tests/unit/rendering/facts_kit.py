"""What an item's block says, as the words and addresses that every rendition must hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.models.issue import Issue
from newsletter.rendering.blocks import Block, block_for
from newsletter.rendering.context import Context

_NOT_SAID = {"kind", "name", "tel", "url", "web_url", "about", "src", "weekday", "day", "month", "year", "until"}


def said_in(context: Context) -> list[str]:
    """Every piece of text of every block, squashed: labels, values, titles, contacts."""
    found = []
    for placed in context.outline.placed:
        found += [text for text in _texts(block_for(placed.item, context)) if text]
    return found


def _texts(block: Block) -> Iterator[str]:
    apart = {"when"} if block.date_box else set()
    dump = block.model_dump()
    dump["details"] = [row for row in dump["details"] if row["name"] not in apart]
    for row in dump["details"]:
        if row["name"] == "venue" and block.date_box:
            row["label"] = ""
    yield from _strings(dump)


def _strings(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, str) and name not in _NOT_SAID:
        yield squashed(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner, name)


def titles_of(issue: Issue) -> list[str]:
    """Every heading that readers see."""
    return [issue.front.title, *(item.front.title for item in issue.items if item.front.heading)]


def words_of(text: str) -> set[str]:
    """The words of a text, without punctuation."""
    return set(re.findall(r"\w+", text))


def squashed(text: str) -> str:
    """Blanks as one; without the sign that starts a line of a list."""
    return " ".join(re.sub(r"[\u00a0\u2007\u202f]", " ", text).split())
