"""NL101: a call to act with nothing to act on. The commonest real defect of newsletters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.contacts import has_address
from newsletter.checks.reading import sentences
from newsletter.checks.subject import Subject
from newsletter.checks.text import Passage, Piece, word_set
from newsletter.models.finding import Finding, Level

CODE = "NL101"
TITLE = "A call to act with nothing to act on"
LEVEL = Level.FIX
THRESHOLD = "Any, unless a link, an email address or a phone number stands in the sentence or right after it."
WHY = "A reader who is told to click, email or ring, and is not told where, gives up or rings the wrong place."
SOURCE = "WCAG 2.2 SC 2.4.4 (link purpose). Links get lost when text is pasted from an email or from Word."
EXAMPLE = "If you need further guidance you can email"
FIX = "Put the link, the address or the number where the sentence points to, or take the sentence out."

_HERE = re.compile(
    r"(?i:\b(?:click|tap|press)\s+(?:on\s+)?here)(?![a-z])"
    r"|(?i:\b(?:find|found|access|accessed|available|download|downloaded|view|viewed|see|read|book|booked|register|apply|visit|follow|"
    r"complete|completed|sign up)\s+(?:(?:it|them|this|these|more|out more)\s+)?here)(?=\s*(?:[.:;,!)]|\n|$)|[A-Z])"
)
_ENDS = re.compile(
    r"(?i:(?:\b(?P<who>[\w']+)[ ,]+)?\byou (?:can|may)(?: also)? (?:e-?mail|contact|ring|phone|telephone)"
    r"|\bplease (?:also )?(?:e-?mail|contact|ring|phone|telephone|visit|see|go to|click(?: on)?(?: to)?|follow)"
    r"|\b(?:more|information|info|details?|guidance|queries|enquiries|questions|support|advice|a place),? "
    r"(?:please )?(?:e-?mail|contact|ring|phone|visit|go to|via)"
    r"|\b(?:available|found|accessed|viewed|downloaded|booked|completed|contacted) (?:at|via|from)"
    r"|\b(?:contact|e-?mail|ring|call|phone) (?:us|me|the team) (?:at|on|via)|\bgo to|\bvia)$"
)
_COLON = re.compile(
    r"(?i:(?:\b(?P<who>[\w']+)[ ,]+)?\b(?:see|via|visit|contact|e-?mail|call|ring|telephone|phone|tel|website|link|"
    r"here|(?:available|found|accessed|viewed|downloaded|booked|us|team) at)\s*:)$"
)
# "people you can contact", "the home visit:", "what you may see:", "before you call:" are not calls to act.
_NOT_A_CALL = word_set(
    "a an the this that those your our their every each home first joint school site family of in who whom what you we"
    " they he she i supervised direct indirect might may will"
    " can could would should must not before after when during to no"
    " people person someone somebody anyone team teams adult adults services professional professionals"
)
_POINTS = re.compile(
    r"(?i:\b(?:the|this) links? (?:above|below)|\b(?:above|below|following) links?\b|\blinks? (?:above|below)\b)"
)
_WEBSITE = re.compile(
    r"(?i:(?<!will be )\b(?:visit|available on|found on|accessed (?:via|through|on)|download(?:ed)? from|go to)\s+"
    r"(?:(?!visit)[\w'’-]+\s+){1,6}?(?:website|web ?site|web ?page))(?=\s*(?:[.:;!)]|\n|$))"
)
_TRAILING = " .,:;!-\u2013\u2014\u2026"
_IN_A_LIST = frozenset({"li", "dt", "dd", "td", "th"})
_MESSAGES = {
    "here": "This tells readers to follow a link, and there is no link.",
    "ends": "This sentence breaks off: it does not say where to go, whom to write to or what number to ring.",
    "points": "This points to a web page or a link, and the item has no link.",
}
_FIXES = {
    "here": "Make the name of the page or document the link, such as [child exploitation policy](https://...).",
    "ends": FIX,
    "points": "Add the link in the sentence, or under links: in the front matter.",
}


def check(subject: Subject) -> Iterator[Finding]:
    """Every sentence of the issue that points to nothing."""
    for piece in subject.pieces:
        for place, passage in enumerate(piece.sentences):
            if passage.english:
                yield from _in_passage(piece, place, passage)


def _in_passage(piece: Piece, place: int, passage: Passage) -> Iterator[Finding]:
    parts = list(sentences(passage.text))
    for number, (start, end) in enumerate(parts):
        words = passage.text[start:end]
        if _acts(passage, start, end) or (fault := _fault(words)) is None:
            continue
        kind, at = fault
        if kind == "points":
            answered = bool(piece.links or piece.addresses)
        elif number + 1 < len(parts):
            answered = _acts(passage, *parts[number + 1])
        else:
            answered = _acts_below(piece, place) or (kind == "ends" and _details_follow(piece, place))
        if not answered:
            yield Finding(
                code=CODE,
                level=LEVEL,
                **passage.spot(start + at),
                words=_cut(words, at),
                message=_MESSAGES[kind],
                fix=_FIXES[kind],
            )


def _fault(sentence: str) -> tuple[str, int] | None:
    """What kind of dangling call a sentence is, and where it shows."""
    if found := _HERE.search(sentence):
        return "here", found.start()
    cut = sentence.rstrip(_TRAILING)
    for pattern, text in ((_ENDS, cut), (_COLON, sentence.rstrip())):
        found = pattern.search(text)
        if found and (found["who"] or "").lower() not in _NOT_A_CALL:
            return "ends", max(0, len(cut) - 1)
    if found := _POINTS.search(sentence) or _WEBSITE.search(sentence):
        return "points", found.start()
    return None


def _acts(passage: Passage, start: int, end: int) -> bool:
    return passage.linked(start, end) or has_address(passage.text[start:end])


def _acts_below(piece: Piece, place: int) -> bool:
    """Whether the next passage, or the list that follows, holds something to act on."""
    fields = len(piece.sentences) - len(piece.body)
    following = piece.body if place < fields else piece.sentences[place + 1 :]
    for number, after in enumerate(following):
        if after.heading or (number and after.role not in _IN_A_LIST):
            return False
        if _acts(after, 0, len(after.text)):
            return True
        if after.role not in _IN_A_LIST:
            return False
    return False


def _details_follow(piece: Piece, place: int) -> bool:
    """Whether the item's links, booking or contact are printed right after this passage: it is the last of the body."""
    last = place == len(piece.sentences) - 1
    return last and (bool(piece.addresses) or any(link.field for link in piece.links))


def _cut(words: str, at: int) -> str:
    """The part of a long sentence where the fault shows."""
    flat = " ".join(words.split())
    if len(flat) <= 90:
        return flat
    if at < 60:
        return flat[:89].rsplit(" ", 1)[0] + "…"
    return "…" + flat[max(0, at - 60) : at + 30].split(" ", 1)[-1]
