"""NL104: links that lead nowhere, as far as the network was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.answers import LinkResult, State, page_of
from newsletter.checks.links import host, is_private, split, target, within
from newsletter.checks.subject import Subject
from newsletter.checks.text import LinkUse, word_set
from newsletter.models.finding import Finding, Level

CODE = "NL104"
TITLE = "A link that leads nowhere"
LEVEL = Level.FIX
THRESHOLD = (
    "Only with --links. FIX: the page is gone (404, 410), or there is no such host. ADVICE: no clear answer (403, 429,"
    " 5xx, too slow, a certificate that cannot be trusted), a page that has moved for good, one that asks to sign in."
)
WHY = "A reader who follows a dead link has lost the way, and does not come back to tell."
SOURCE = "GOV.UK content design, links; RFC 9110 section 15 (status codes)"
EXAMPLE = "https://www.example.org/a-page-that-was-taken-down"
FIX = "Find the page's new address, or take the link out."

_SIGN_IN = word_set("login.microsoftonline.com accounts.google.com login.live.com auth.services.adobe.com")
_SIGN_IN_PATH = re.compile(r"/(?:log-?in|sign-?in|sso|saml2?|auth(?:orize|enticate)?)(?:[/.]|$)", re.I)


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each link whose answer was not plainly good."""
    if subject.link_results is None:
        return
    for piece in subject.pieces:
        for link in piece.links:
            result = subject.link_results.get(page_of(link.url))
            if result is not None and (verdict := _verdict(result)):
                yield _finding(link, *verdict)


def _verdict(result: LinkResult) -> tuple[Level, str, str] | None:
    """Level, message and fix; None if there is nothing to say."""
    if result.state is State.DEAD:
        return LEVEL, result.reason, FIX if result.status else "Check the spelling of the address, or take it out."
    if result.state is State.REFUSED and is_private(result.url):
        return None  # NL105 tells of it
    if result.state is not State.ALIVE:
        return Level.ADVICE, result.reason, "Open it in a browser. If it works there, leave it as it is."
    moved = _moved(result)
    return (Level.ADVICE, *moved) if moved else None


def _moved(result: LinkResult) -> tuple[str, str] | None:
    """What became of a page that sent us on and answers in the end."""
    if not result.hops:
        return None
    final = split(result.final)
    at_the_door = any(within(host(result.final), name) for name in _SIGN_IN) or bool(_SIGN_IN_PATH.search(final.path))
    if at_the_door and not _SIGN_IN_PATH.search(split(result.url).path):
        return "This page asks readers to sign in.", "Link to a page that everybody can open."
    same_site = host(result.final).removeprefix("www.") == host(result.url).removeprefix("www.")
    if same_site and final.path in ("", "/") and not final.query and split(result.url).path not in ("", "/"):
        return "This page is gone: it leads to the front page of the site.", FIX
    if all(hop.permanent for hop in result.hops) and target(result.url) != target(result.final):
        return "This page has moved for good.", f"Write {result.final[:200]}"
    return None


def _finding(link: LinkUse, level: Level, message: str, fix: str) -> Finding:
    return Finding(code=CODE, level=level, **link.spot, words=link.url[:120], message=message, fix=fix)
