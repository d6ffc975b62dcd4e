"""What can be counted in an issue without rendering it: words and links."""

from __future__ import annotations

import re

from lxml import html as lxml_html

from newsletter.models.issue import Issue
from newsletter.models.items import ItemFront

_WORD = re.compile(r"[\w'’-]*\w", re.UNICODE)


def text_of(html: str) -> str:
    """The words of clean HTML, blocks apart by blanks."""
    if not html.strip():
        return ""
    return " ".join(part.strip() for part in lxml_html.fragment_fromstring(html, create_parent="div").itertext())


def words_of(issue: Issue) -> int:
    """Words a reader reads: titles, summaries and bodies, without addresses and the footer (check NL114)."""
    parts = [issue.front.title, issue.front.strapline, text_of(issue.body.html)]
    for item in issue.items:
        parts += [item.front.title, item.front.content_note, str(getattr(item.front, "what_to_do", ""))]
        parts += [*getattr(item.front, "questions", ()), text_of(item.body.html)]
    without_addresses = re.sub(r"\S+@\S+|https?://\S+", " ", " ".join(parts))
    return len(_WORD.findall(without_addresses))


def links_of(issue: Issue) -> tuple[str, ...]:
    """Every address of the content in the order of reading, each once. Anchors within the issue are left out."""
    found: list[str] = _hrefs(issue.body.html)
    for item in issue.items:
        found += _hrefs(item.body.html) + _front_links(item.front)
    return tuple(dict.fromkeys(link for link in found if link and not link.startswith("#")))


def _hrefs(html: str) -> list[str]:
    if not html.strip():
        return []
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    return [str(element.get("href")) for element in tree.iter("a") if element.get("href")]


def _front_links(front: ItemFront) -> list[str]:
    """Addresses of the front matter: links, and the fields that each kind has for one."""
    links = [link.url for link in front.links]
    booking, referral = getattr(front, "booking", None), getattr(front, "referral", None)
    links += [str(getattr(front, name, "") or "") for name in ("url", "report_url", "online")]
    links += [booking.url if booking else "", referral.url if referral else ""]
    links += [file.url for file in getattr(front, "files", ())]
    return links
