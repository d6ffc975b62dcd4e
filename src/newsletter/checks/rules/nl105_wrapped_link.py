"""NL105: links that are wrapped, private, shortened, unencrypted or carry somebody's token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.links import host, is_private, split, within
from newsletter.checks.subject import Subject
from newsletter.checks.text import word_set
from newsletter.checks.wrapped import is_wrapped, plain, tokens, without_tokens
from newsletter.models.finding import Finding, Level

CODE = "NL105"
TITLE = "A wrapped or private link"
LEVEL = Level.FIX
THRESHOLD = "Any link of the content."
WHY = (
    "A wrapped link hides where it goes, a private one opens for colleagues only, and a token in it tells on the "
    "person it was copied from."
)
SOURCE = "NCSC guidance on suspicious links; ICO storage and access guidance (link decoration)"
EXAMPLE = "https://mailchi.mp/example/news?e=b089fd370d"
FIX = (
    "Open the page in a private window, copy the address from there, and cut off everything from the question "
    "mark that the page does not need."
)

_INTO_FILES = "If it is a document, put it into the issue's files folder and link to it there."
_WRAPPED = "Another program wrapped this link: readers see its name, not where they go."
_SHORTENERS = word_set("bit.ly tinyurl.com goo.gl ow.ly t.co is.gd buff.ly rebrand.ly shorturl.at cutt.ly")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each link, the gravest reason first."""
    for piece in subject.pieces:
        for link in piece.links:
            if reason := _reason(link.url):
                message, fix = reason
                yield Finding(
                    code=CODE,
                    level=LEVEL,
                    **link.spot,
                    words=link.url[:120],
                    message=message,
                    fix=fix,
                )


def _reason(url: str) -> tuple[str, str] | None:
    """What is wrong with an address, and the fix; None if nothing is."""
    name = host(url)
    if split(url).scheme.lower() == "file" or re.match(r"[A-Za-z]:\\|\\\\", url):
        return "This is a file on somebody's computer or network drive: nobody else can open it.", _INTO_FILES
    if not name:
        return None
    if is_wrapped(url):
        inner = plain(url)
        return _WRAPPED, f"Write {inner} instead." if inner else FIX
    if is_private(url):
        return "This address opens only for people inside your organisation.", f"Link to a public page. {_INTO_FILES}"
    if any(within(name, short) for short in _SHORTENERS):
        return (
            "A shortened link hides where it goes, and gateways block many of them.",
            "Open it and copy the full address.",
        )
    if found := tokens(url):
        return f"This link carries a tracking token ({', '.join(found)}).", f"Write {without_tokens(url)} instead."
    if split(url).scheme.lower() == "http":
        secure = f"https:{url.strip()[5:]}"
        return "This link is not encrypted (http://): browsers warn of it.", f"Try {secure} and use it if it opens."
    return None
