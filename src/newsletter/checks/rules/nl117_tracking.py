"""NL117: links that count clicks and pictures that count openings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.checks.links import host, split, within
from newsletter.checks.places import Spot, whole
from newsletter.checks.subject import Subject
from newsletter.checks.text import word_set
from newsletter.models.finding import Finding, Level

CODE = "NL117"
TITLE = "A tracking link or pixel"
LEVEL = Level.STOP
THRESHOLD = "Any, in the content or in the email as it is sent."
WHY = "Recording who opens or clicks needs consent, which readers of a partnership's newsletter have not given."
SOURCE = "PECR regulation 6; ICO guidance on storage and access technologies"
EXAMPLE = "https://example.us1.list-manage.com/track/click?u=1&id=2"
FIX = "Replace a tracking link by the address of the page itself; take a tracking picture out."

_CLICKS = word_set(
    "lnks.gd links.govdelivery.com sendgrid.net mandrillapp.com hubspotlinks.com hubspotemail.net cmail19.com"
    " cmail20.com createsend1.com mailtrack.io emltrk.com mlsend.com"
)
_CLICK_PATH = re.compile(r"^/(?:track/click|ls/click|wf/click|e/c/|CL0/|click/)|^/track/", re.I)
_OPEN_PATH = re.compile(r"/(?:track/open|wf/open|open\.(?:php|aspx|gif)|pixel\.(?:gif|png|php)|o\.gif|e/o/)", re.I)
_TINY = re.compile(r"\s*[01](?:px)?\s*")


def check(subject: Subject) -> Iterator[Finding]:
    """Tracking links and pixels of the content, then what the templates added."""
    seen: set[str] = set()
    for piece in subject.pieces:
        for link in piece.links:
            seen.add(link.url)
            if _counts_clicks(link.url):
                yield _finding(link.spot, link.url, "This link counts who clicks.")
        for image in piece.images:
            seen.add(image.src)
            if _counts_openings(image.src, image.width, image.height):
                yield _finding(image.spot, image.src, "This picture counts who opens the email.")
    tree = subject.tree("email")
    if tree is None:
        return
    for link in tree.iter("a"):
        if (url := link.get("href", "")) not in seen and _counts_clicks(url):
            yield _finding(whole("templates/email"), url, "A template has a link that counts who clicks.")
    for picture in tree.iter("img"):
        src, width, height = (picture.get(name, "") for name in ("src", "width", "height"))
        if src not in seen and _counts_openings(src, width, height):
            yield _finding(whole("templates/email"), src, "A template has a picture that counts who opens the email.")


def _counts_clicks(url: str) -> bool:
    name = host(url)
    return bool(name) and (any(within(name, domain) for domain in _CLICKS) or bool(_CLICK_PATH.search(split(url).path)))


def _counts_openings(src: str, width: str, height: str) -> bool:
    if not host(src):
        return False
    return bool(_OPEN_PATH.search(split(src).path)) or (bool(_TINY.fullmatch(width)) and bool(_TINY.fullmatch(height)))


def _finding(spot: Spot, words: str, message: str) -> Finding:
    return Finding(code=CODE, level=LEVEL, **spot, words=words[:120], message=message, fix=FIX)
