"""Makes a rendition fit to stand inside a proof: whole by itself, asking the network for nothing, its tags inert. Pure.

What is replaced is replaced in place, so that a reviewer sees the very markup that is sent.
"""

from __future__ import annotations

import base64
import re
from html import escape, unescape
from urllib.parse import unquote

from newsletter.models.edition import MERGE_TAGS, NEIGHBOURS_MARK, Edition, EditionAsset

NOWHERE = "#not-in-a-proof"  # where a link leads that has no page yet
_LEFT_OUT = "data:,"  # a picture that would have to be fetched; its description is shown
_CID = re.compile(r"cid:([0-9a-f]{8})\.(.+?)@")
_ATTRIBUTE = re.compile(r"""(\s(?:src|href|background|poster|srcset)\s*=\s*)("[^"]*"|'[^']*')""", re.I)
_URL = re.compile(r"""url\(\s*(['"]?)([^'")]*)\1\s*\)""", re.I)
_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.I | re.S)
_LINK = re.compile(r"<link\b[^>]*>", re.I)
_FETCHING = re.compile(r"""@import[^;]*;|<meta\b[^>]*http-equiv=["']?refresh[^>]*>""", re.I)
_HEAD = re.compile(r"<head\b[^>]*>", re.I)
# An address that is only a fragment must stay inside the frame: about:srcdoc is the frame's own.
_ADDED = '<base href="about:srcdoc" target="_blank"><meta name="referrer" content="no-referrer">'


def framed(edition: Edition, name: str, audience: str) -> str:
    """The email or the web copy as a document for `<iframe srcdoc>`."""
    html = _SCRIPT.sub("", edition.renditions[name].text.replace(NEIGHBOURS_MARK, ""))
    html = html.replace(MERGE_TAGS["audience"], escape(audience))
    for tag in MERGE_TAGS.values():
        html = html.replace(tag, NOWHERE)
    html = _FETCHING.sub("", _LINK.sub("", html))
    pictures = {asset.path: asset for asset in edition.assets}
    html = _ATTRIBUTE.sub(lambda found: found[1] + _quoted(_attribute(edition, pictures, found)), html)
    html = _URL.sub(lambda found: f"url('{_picture(edition, pictures, found[2])}')", html)
    html = re.sub(r'<a\b(?=[^>]*\shref="#)', '<a target="_self"', html, flags=re.I)
    style = edition.stylesheet.data.decode() if edition.stylesheet and name == "web" else ""
    style = f"<style>{style}</style>" if style else ""
    return _HEAD.sub(lambda found: found[0] + _ADDED + style, html, count=1)


def plain(edition: Edition, audience: str) -> str:
    """The plain text, its tags inert."""
    text = edition.renditions["text"].text.replace(MERGE_TAGS["audience"], audience)
    for name, tag in MERGE_TAGS.items():
        text = text.replace(tag, f"[{name.removesuffix('_url')} link, different for each reader]")
    return text


def words_of(edition: Edition, audience: str) -> str:
    """Everything a reader is told in words: what is compared between two proofs."""
    head = f"Subject: {edition.subject}\n\nInboxes show after it: {edition.preheader or 'the first words'}"
    return f"{head}\n\n{plain(edition, audience)}"


def _attribute(edition: Edition, pictures: dict[str, EditionAsset], found: re.Match[str]) -> str:
    name = found[1].split("=")[0].strip().lower()
    value = unescape(found[2][1:-1])
    if name == "href":
        return _link(edition, value)
    if name == "srcset":
        return ", ".join(
            " ".join((_picture(edition, pictures, part.split()[0]), *part.split()[1:]))
            for part in value.split(", ")
            if part.strip()
        )
    return _picture(edition, pictures, value)


def _link(edition: Edition, address: str) -> str:
    """Addresses on the web stay; a page that is not published yet, or a place on the site, leads nowhere."""
    own = edition.web_url
    if own and address.startswith(own):
        fragment = address.removeprefix(own)
        return fragment if fragment.startswith("#") else NOWHERE
    if address.startswith("#") or re.match(r"(?i)(https?|mailto|tel):", address):
        return address
    return NOWHERE


def _picture(edition: Edition, pictures: dict[str, EditionAsset], address: str) -> str:
    """The picture itself, as a data: address (RFC 2397)."""
    if address.startswith("data:"):
        return address
    if found := _CID.match(address):
        carried = (
            one for path, one in pictures.items() if path.rpartition("/")[2].startswith(f"{found[2]}-{found[1]}")
        )
        asset = next(carried, None)
    else:
        path = address.removeprefix(edition.web_url) if edition.web_url else address
        asset = pictures.get(unquote(path))
    if asset is None:
        return _LEFT_OUT
    return f"data:{asset.media_type};base64,{base64.b64encode(asset.data).decode('ascii')}"


def _quoted(value: str) -> str:
    return f'"{escape(value)}"'
