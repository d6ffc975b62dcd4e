"""NL009: marks that somebody meant to replace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from newsletter.checks.pieces import strings
from newsletter.checks.places import Spot
from newsletter.checks.subject import Subject
from newsletter.checks.text import around
from newsletter.models.finding import Finding, Level

CODE = "NL009"
TITLE = "A left-over mark"
LEVEL = Level.FIX
THRESHOLD = (
    "Any: TBC, TBA, XXX, TODO, ???, [insert ...], lorem ipsum, template marks, merge tags of other systems, a "
    "link to #."
)
WHY = "Readers see what was meant for the editor, and miss what should stand there."
SOURCE = "Seen in real newsletters"
EXAMPLE = "Time: TBC"
FIX = "Write what belongs here, or take it out. For an event whose date is not known: status: to-be-announced."

_TO_REPLACE = re.compile(
    r"(?i:\[\s*(?:(?:insert|add|enter|your|name|date|time|venue|link|url|number|email|phone|to follow|to be|tbc|xx)\b"
    r"[^\]\n]{0,60}|\.\.\.|…)\s*\])"
)
_FILLING = re.compile(
    r"(?i:\blorem ipsum\b|\bdolor sit amet\b|\byour text here\b"
    r"|\b(?:insert|enter|type|add) (?:text|link|image|title|name|date) here\b)"
)
_TEMPLATE = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}|\{%[^%\n]{0,80}%\}|<%[^%\n]{0,80}%>|\[\[[^\[\]\n]{1,80}\]\]|«[^«»\n]{1,40}»|<<[\w ]{1,40}>>"
    r"|\*\|[A-Z0-9_:]{1,60}\|\*|%%[a-z_]{1,60}%%|\[UNIQID\]|\$\{[^{}\n]{0,80}\}"
)
_MARKS = (
    (re.compile(r"\b(?:TBC|TBA|TBD)\b"), "This is not decided yet."),
    (re.compile(r"\b(?:TODO|FIXME|XXX+)\b|\?{3,}|\bXX[/ .-]XX\b"), "Somebody left a mark here to come back to."),
    (_TO_REPLACE, "Words in square brackets wait to be replaced."),
    (_FILLING, "This is text to fill a page."),
    (_TEMPLATE, "This is a mark of a template or a mailing system; nothing replaces it here."),
)
_EMPTY_LINK = re.compile(r"#?|https?:/*|(?:https?://)?(?:tbc|tba|todo|link|url|xxx+|example|insert.*)/?|mailto:", re.I)
_NEVER_PRINTED = frozenset({"ignore", "source", "kind", "status"})


def check(subject: Subject) -> Iterator[Finding]:
    """Marks in the text and in every field, then links to nowhere."""
    for piece in subject.pieces:
        printed = {passage.role for passage in piece.fields}
        for path, value in strings(piece.front):
            if path[0] not in _NEVER_PRINTED and ".".join(path) not in printed:
                yield from _marks(value, partial(_same_spot, piece.spot(*path)))
        for passage in piece.passages:
            yield from _marks(passage.text, passage.spot)
        for link in piece.links:
            if _EMPTY_LINK.fullmatch(link.url.strip()):
                spot = link.words_spot if link.text else link.spot
                yield _finding(spot, link.text or link.url, "This link leads nowhere.", "Put the address in.")


def _same_spot(spot: Spot, _: int) -> Spot:
    return spot


def _marks(text: str, spot_of: Callable[[int], Spot]) -> Iterator[Finding]:
    for pattern, message in _MARKS:
        for found in pattern.finditer(text):
            words = around(text, found.start(), found.end(), 20)
            yield _finding(spot_of(found.start()), words, message, FIX)


def _finding(spot: Spot, words: str, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=LEVEL, **spot, words=words[:120], message=message, fix=fix)
