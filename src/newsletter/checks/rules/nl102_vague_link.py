"""NL102: link text that says nothing of where it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.contacts import EMAIL, WEB
from newsletter.checks.links import is_vague
from newsletter.checks.subject import Subject
from newsletter.checks.text import LinkUse
from newsletter.models.finding import Finding, Level

CODE = "NL102"
TITLE = "Link text that does not say where it goes"
LEVEL = Level.FIX
THRESHOLD = "The whole text of the link. A short address without https://, such as www.example.org/training, is ADVICE."
WHY = (
    "People who listen to a page move from link to link and hear only their words: ten times “here” tells them nothing."
)
SOURCE = "WCAG 2.2 SC 2.4.4 (link purpose), level A; Email Markup Consortium, accessible email rules"
EXAMPLE = "The new policy can be found [here](https://www.example.org/policy)."
FIX = (
    "Make the name of the page or document the link: The [child exploitation "
    "policy](https://www.example.org/policy) is new."
)

_SHORT_ADDRESS = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:/[\w-]+){0,2}/?", re.I)
_LONGEST_SHORT = 40  # characters that can be read out or copied by hand


def check(subject: Subject) -> Iterator[Finding]:
    """Every link of the body, and every title of links and files."""
    for piece in subject.pieces:
        for link in piece.links:
            if link.text and not link.pictured:
                yield from _judge(link)


def _judge(link: LinkUse) -> Iterator[Finding]:
    text = " ".join(link.text.split())
    if EMAIL.fullmatch(text):
        return
    if WEB.fullmatch(text):
        short = bool(_SHORT_ADDRESS.fullmatch(text)) and len(text) <= _LONGEST_SHORT
        yield _finding(
            link,
            Level.ADVICE if short else LEVEL,
            text,
            "A bare web address is read out letter by letter, and says little of what is there.",
            "Give the page's name as the link's text: [name of the page](the address).",
        )
    elif link.lang.lower().startswith("en") and is_vague(text):
        yield _finding(link, LEVEL, text, "These words do not say where the link goes.", _fix(link))


def _fix(link: LinkUse) -> str:
    if link.field:
        return "Write the name of the page or document as its title."
    return "Make the name of the page or document the link, such as [child exploitation policy](the address)."


def _finding(link: LinkUse, level: Level, words: str, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=level, **link.words_spot, words=words[:90], message=message, fix=fix)
