"""Makes renditions fit to be looked at: pictures from this machine, sample merge tags, links that open apart. Pure."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

from newsletter.models.edition import MERGE_TAGS, Edition

SAMPLES = {"unsubscribe_url": "#each-reader-has-their-own", "preferences_url": "#each-reader-has-their-own"}
_CID = re.compile(r"cid:([0-9a-f]{8})\.([^\"'()<>\s]+?)@newsletter\.invalid")


def shown_html(edition: Edition, name: str, audience: str, *, other: str = "", scrollbar: str = "thin") -> str:
    """The email or the web copy as a page below this preview.

    Addresses of its own pictures and files become relative, so that nothing is fetched from a site that does not have
    them yet; `other` is where a link to the web copy leads. Links open in a new window, and only when somebody clicks.
    `scrollbar` (CSS) says how much of the frame's width it may take.
    """
    html = _with_samples(edition.renditions[name].text, audience)
    if edition.web_url:
        for asset in edition.assets:
            address = quote(asset.path)
            html = html.replace(f"{edition.web_url}{address}", address)
        html = html.replace(f'"{edition.web_url}#', '"#')
        if other:
            html = html.replace(f'"{edition.web_url}"', f'"{other}"')
    html = _CID.sub(lambda found: _carried(edition, found[1], found[2]), html)
    html = re.sub(r'<a\b(?=[^>]*\shref="#)', '<a target="_self"', html)
    added = f'<base target="_blank"><style>html{{scrollbar-width:{scrollbar}}}</style>'
    return re.sub(r"<head\b[^>]*>", lambda found: found[0] + added, html, count=1)


def shown_text(edition: Edition, audience: str) -> str:
    """The plain text with samples in it."""
    return _with_samples(edition.renditions["text"].text, audience, web=False)


def source_lines(edition: Edition) -> list[str]:
    """The email's HTML, line by line."""
    return edition.renditions["email"].text.splitlines()


def _with_samples(text: str, audience: str, *, web: bool = True) -> str:
    """Merge tags as one reader might see them; their links lead nowhere."""
    text = text.replace(MERGE_TAGS["audience"], escape(audience) if web else audience)
    for name, sample in SAMPLES.items():
        text = text.replace(
            MERGE_TAGS[name], sample if web else f"[{name.removesuffix('_url')} link, different for each reader]"
        )
    return text


def _carried(edition: Edition, digest: str, stem: str) -> str:
    """The picture that a restricted issue carries inside its message."""
    for asset in edition.assets:
        if asset.path.rpartition("/")[2].startswith(f"{stem}-{digest}"):
            return quote(asset.path)
    return "about:blank"
