"""Footnotes of a body: numbered as a reader meets them, and each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

Finding = tuple[str, str, str]  # words to find the line by, message, fix


def number_notes(root: HtmlElement) -> Iterator[Finding]:
    """Puts the notes into the order in which the text refers to them, and numbers both.

    Python-Markdown numbers them in the order in which they are written down, wherever that is.
    """
    for code in _left_over(root):
        yield code, f"There is no footnote {code}.", f"Write it on a line of its own: {code}: and its words."
    box = next((part for part in root.iterchildren("div") if "footnote" in (part.get("class") or "").split()), None)
    listed = box.find("ol") if box is not None else None
    if listed is None:
        return
    notes = {note.get("id") or "": note for note in listed}
    order = _order(root, listed, notes)
    for number, name in enumerate(order, 1):
        listed.append(notes[name])
        for link in notes[name].iter("a"):
            if link.get("class") == "footnote-backref":
                link.set("title", f"Back to note {number} in the text")
    for link in _references(root):
        target = (link.get("href") or "").removeprefix("#")
        if target in order:
            link.text = str(order.index(target) + 1)
    for name in notes:
        if name not in order:
            code = f"[^{name.removeprefix('fn:')}]"
            yield f"{code}:", f"Nothing in the text refers to the footnote {code}.", f"Write {code} where it belongs."


def _order(root: HtmlElement, listed: HtmlElement, notes: dict[str, HtmlElement]) -> list[str]:
    """Names of notes as they are met: in the text first, then in the notes themselves."""
    order: list[str] = []
    queue = [link for link in _references(root) if listed not in link.iterancestors()]
    while queue:
        target = (queue.pop(0).get("href") or "").removeprefix("#")
        if target in notes and target not in order:
            order.append(target)
            queue += _references(notes[target])
    return order


def _references(part: HtmlElement) -> list[HtmlElement]:
    return [link for link in part.iter("a") if link.get("class") == "footnote-ref"]


def _left_over(root: HtmlElement) -> list[str]:
    """Marks of notes that are written nowhere, and so stayed text."""
    found: dict[str, None] = {}
    for part in root.iter():
        if part.tag not in ("code", "pre"):
            found.update(dict.fromkeys(re.findall(r"\[\^[^\]\s]+\]", part.text or "")))
        found.update(dict.fromkeys(re.findall(r"\[\^[^\]\s]+\]", part.tail or "")))
    return list(found)
