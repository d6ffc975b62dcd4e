"""NL006: what every message must carry: a way out, who it is from and why it came."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsletter.checks.rendered import words_of
from newsletter.checks.subject import Subject
from newsletter.models.edition import MERGE_TAGS
from newsletter.models.finding import Finding, Level

CODE = "NL006"
TITLE = "Unsubscribe link, preferences, postal address and reason"
LEVEL = Level.STOP
THRESHOLD = "All four, in the email's HTML and in its plain text."
WHY = "Readers have a right to stop it with one click; mail services refuse senders who hide the way out."
SOURCE = "PECR regulation 23; RFC 8058; sender rules of Gmail, Yahoo and Microsoft"
EXAMPLE = "A house template of one's own whose footer has no unsubscribe link"
FIX = "Put it into the footer: see the template that ships."

_NAMES = {"unsubscribe_url": "unsubscribe link", "preferences_url": "link to update preferences"}


def check(subject: Subject) -> Iterator[Finding]:
    """What each of the two renditions lacks."""
    for name in ("email", "text"):
        content = subject.rendition(name)
        if content is not None:
            tree = subject.tree(name) if name == "email" else None
            for words in _missing(content, tree, subject.publication.partnership.postal_address):
                kind = "HTML" if name == "email" else "plain text"
                yield Finding(
                    code=CODE,
                    level=LEVEL,
                    file=f"templates/{name}",
                    words=words,
                    message=f"The email's {kind} has no {words}.",
                    fix=FIX,
                )


def _missing(content: str, tree: HtmlElement | None, postal_address: str) -> Iterator[str]:
    """What a rendition lacks. `tree`: of its HTML, None for plain text."""
    links = {str(link.get("href", "")) for link in tree.iter("a") if words_of(link)} if tree is not None else set()
    words = words_of(tree) if tree is not None else content
    for tag, name in _NAMES.items():
        if MERGE_TAGS[tag] not in (links if tree is not None else words):
            yield name
    if _flat(postal_address) not in _flat(words):
        yield "postal address"
    if MERGE_TAGS["audience"] not in words:
        yield "reason for receiving it"


def _flat(text: str) -> str:
    """An address as it is compared: lines, commas and case do not matter."""
    return " ".join(re.findall(r"\w+", text.casefold()))
